"""What the operator's weekly report counts: noise, deaths and silence."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from data.clock import to_text
from data.store.connection import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekCounts:
    """One week of the monitor, for its operator."""

    noisy_sources: list[dict[str, Any]]
    """Sources by findings that were too uncertain or set aside, the noisiest first."""
    noisy_rules: list[dict[str, Any]]
    """Reasons of findings below the threshold, the most frequent first."""
    silent_rules: list[str]
    """Reasons that fired before and not in this week."""
    named_systems: set[str]
    """Systems of the lexicon that any finding ever named."""
    failing_sources: list[dict[str, Any]]
    dead_parts: list[dict[str, Any]]
    suspensions: list[dict[str, Any]]
    runs: list[dict[str, Any]]
    quarantined: int


def week_counts(store: Store, since: datetime, most: int = 10) -> WeekCounts:
    """Counts since a moment: one query each."""
    start = to_text(since)
    return WeekCounts(
        noisy_sources=list(store.public.query(_NOISY_SOURCES, [start, most])),
        noisy_rules=list(store.public.query(_NOISY_RULES, [start, most])),
        silent_rules=[row["rule"] for row in store.public.query(_SILENT_RULES, [start, most])],
        named_systems={
            row["system"]
            for row in store.public.query(
                "SELECT DISTINCT system FROM findings WHERE system IS NOT NULL"
            )
        },
        failing_sources=list(store.public.query(_FAILING)),
        dead_parts=list(store.private.query(_DEAD, [start])),
        suspensions=list(
            store.private.query("SELECT subscriber, channel, reason FROM suspensions ORDER BY 1, 2")
        ),
        runs=list(store.public.query(_RUNS, [start])),
        quarantined=store.public.execute(
            "SELECT count(*) FROM findings WHERE state = 'quarantined'"
        ).fetchone()[0],
    )


_NOISY_SOURCES = """
    SELECT d.source_id, s.name_ja, count(*) AS uncertain FROM findings f
    JOIN documents d ON d.id = f.document_id JOIN sources s ON s.id = d.source_id
    WHERE f.read_at >= ? AND f.state IN ('also_seen', 'quarantined')
    GROUP BY d.source_id ORDER BY uncertain DESC, d.source_id LIMIT ?
"""
# A reason is a rule's name and its weight in that text ("kind:news +0.31"); the weight is cut off.
_RULE = (
    "CASE WHEN rule.value GLOB '* [+-]*.[0-9][0-9]' "
    "THEN rtrim(rtrim(rule.value, '0123456789.'), '+- ') ELSE rule.value END"
)
_NOISY_RULES = f"""
    SELECT {_RULE} AS rule, count(*) AS uncertain FROM findings f, json_each(f.why) AS rule
    WHERE f.read_at >= ? AND f.state = 'also_seen'
    GROUP BY 1 ORDER BY uncertain DESC, 1 LIMIT ?
"""  # noqa: S608 - the text above, no input
_SILENT_RULES = f"""
    SELECT {_RULE} AS rule FROM findings f, json_each(f.why) AS rule
    GROUP BY 1 HAVING max(f.read_at) < ? ORDER BY max(f.read_at), 1 LIMIT ?
"""  # noqa: S608 - the text above, no input
_FAILING = """
    SELECT s.id, h.state, h.since, h.consecutive_failures, h.detail FROM source_health h
    JOIN sources s ON s.id = h.source_id WHERE s.enabled AND h.state != 'ok' ORDER BY h.since
"""
_DEAD = """
    SELECT d.subscriber, p.channel, count(*) AS parts, max(p.last_error) AS last_error FROM parts p
    JOIN digests d ON d.id = p.digest_id WHERE p.state = 'dead' AND d.composed_at >= ?
    GROUP BY d.subscriber, p.channel ORDER BY parts DESC
"""
_RUNS = """
    SELECT verb, count(*) AS times, sum(coalesce(exit_status, 99) > 1) AS failed FROM runs
    WHERE started_at >= ? GROUP BY verb ORDER BY verb
"""
