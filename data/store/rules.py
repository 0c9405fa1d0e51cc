"""The rules of the classifier: the inventory it keeps here, and how often each of them fired."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlite_utils import Database

from data.clock import now, to_text
from data.models import Rule
from data.store.connection import Store
from data.store.rows import stored_json


def rules_version(store: Store) -> str | None:
    """The version of the inventory that is kept, None before the first."""
    row = store.public.execute("SELECT version FROM rules WHERE retired_at IS NULL").fetchone()
    return str(row[0]) if row else None


def save_rules(store: Store, rules: Iterable[Rule], version: str) -> None:
    """Make `rules` the inventory: new ones begin to count, those that are gone retire and keep their counts."""
    at = to_text(now())
    with store.writing_public() as db:
        db.execute("UPDATE rules SET retired_at = ? WHERE retired_at IS NULL", [at])
        for rule in rules:
            db.execute(
                "INSERT INTO rules (id, kind, ja, en, version, first_seen) VALUES (?, ?, ?, ?, ?, ?) "
                "ON CONFLICT (id) DO UPDATE SET kind = excluded.kind, ja = excluded.ja, en = excluded.en, "
                "version = excluded.version, retired_at = NULL",
                [rule.id, rule.kind, rule.ja, rule.en, version, at],
            )


def count_fired(db: Database, rules: Iterable[str]) -> None:
    """Count one reading in which each of `rules` fired; part of the transaction that keeps the reading."""
    at = to_text(now())
    db.execute(
        "UPDATE rules SET readings = readings + 1, first_fired = coalesce(first_fired, ?), "
        "last_fired = ? WHERE id IN (SELECT value FROM json_each(?))",
        [at, at, stored_json(list(rules))],
    )


def put_finding_rules(db: Database, finding_id: str, rules: Iterable[str]) -> None:
    """Keep which rules spoke for a finding, in the place of what was kept before."""
    db.execute("DELETE FROM finding_rules WHERE finding_id = ?", [finding_id])
    db.execute(
        "INSERT INTO finding_rules SELECT ?, value FROM json_each(?)",
        [finding_id, stored_json(sorted(set(rules)))],
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleCounts:
    """The rules that an operator should look at; each row has `id`, `kind`, `ja` and `en`."""

    known: int
    since: str | None
    """When counting began: the day of the oldest rule."""
    never: list[dict[str, Any]]
    """Rules that have not fired since they exist."""
    silent: list[dict[str, Any]]
    """Rules that fired before and not in the span, the longest silent first, with `last_fired`."""
    verdicts: tuple[int, int]
    """How many findings persons judged, and how many of them they rejected."""
    rejected: list[dict[str, Any]]
    """Rules whose findings persons rejected, the noisiest first, with `judged` and `rejected`."""
    uncertain: list[dict[str, Any]]
    """Rules of findings that stayed below the threshold in the span, with `read` and `uncertain`."""


def rule_counts(store: Store, start: str, most: int) -> RuleCounts:
    """Counts of the rules that exist today, over a span that begins at `start` (stored text)."""
    known, since = store.public.execute(
        "SELECT count(*), min(first_seen) FROM rules WHERE retired_at IS NULL"
    ).fetchone()
    return RuleCounts(
        known=known,
        since=since,
        never=list(store.public.query(_NEVER)),
        silent=list(store.public.query(_SILENT, [start])),
        verdicts=store.public.execute(_VERDICTS).fetchone(),
        rejected=list(store.public.query(_REJECTED, [most])),
        uncertain=list(store.public.query(_UNCERTAIN, [start, most])),
    )


_NEVER = """
    SELECT id, kind, ja, en, first_seen FROM rules
    WHERE retired_at IS NULL AND last_fired IS NULL ORDER BY kind, id
"""
_SILENT = """
    SELECT id, kind, ja, en, last_fired FROM rules
    WHERE retired_at IS NULL AND last_fired < ? ORDER BY last_fired, kind, id
"""
_VERDICTS = """
    SELECT count(*), coalesce(sum(v.verdict = 'not a finding'), 0) FROM findings f
    JOIN reviews v ON v.id = f.review_id WHERE v.state = 'live'
"""
# One verdict weighs little: the share is taken as if two more had confirmed the rule.
_REJECTED = """
    SELECT r.id, r.kind, r.ja, r.en, count(*) AS judged, sum(v.verdict = 'not a finding') AS rejected
    FROM reviews v JOIN findings f ON f.review_id = v.id
    JOIN finding_rules s ON s.finding_id = f.id JOIN rules r ON r.id = s.rule_id
    WHERE v.state = 'live' AND r.retired_at IS NULL GROUP BY r.id HAVING rejected > 0
    ORDER BY rejected * 1.0 / (judged + 2) DESC, rejected DESC, r.kind, r.id LIMIT ?
"""
_UNCERTAIN = """
    SELECT r.id, r.kind, r.ja, r.en, count(*) AS read, sum(f.state = 'also_seen') AS uncertain
    FROM findings f JOIN finding_rules s ON s.finding_id = f.id JOIN rules r ON r.id = s.rule_id
    WHERE f.read_at >= ? AND r.retired_at IS NULL GROUP BY r.id HAVING uncertain > 0
    ORDER BY uncertain * 1.0 / (read + 2) DESC, uncertain DESC, r.kind, r.id LIMIT ?
"""
