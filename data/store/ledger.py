"""The ledger's tables: recompute the use cases whose findings changed, and read what they say."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlite_utils import Database

from data.authority import concerns_trial, decides_for_system
from data.baseline import BaselineEntry, load_baseline
from data.clock import from_text
from data.ledger import Position, replay_from
from data.models import Evidence, UseCaseKey
from data.names import subject_name
from data.store.connection import Store
from data.store.deadlines import put_plans
from data.store.history import last_checkpoint, opening_of, put_checkpoints, put_events
from data.store.promises import compare_promises, put_promises, show_verdicts
from data.store.rows import stored_json, stored_time
from data.systems import load_systems
from data.vocabulary import Identifier, Sector, SourceClass, Stage

BATCH = 50
"""Use cases recomputed in one transaction: short enough that readers and crawlers do not wait."""


@dataclass(frozen=True, slots=True)
class LedgerUpdate:
    """What one update of the ledger did."""

    use_cases: int
    events_new: int
    events_changed: int
    events_withdrawn: int


def update_ledger(store: Store) -> LedgerUpdate:
    """Replay every use case whose findings changed. Killed anywhere, the next call goes on.

    Events that no longer follow from the evidence are withdrawn, not deleted; one whose kind turns
    from `repeat` into news gets a new place in the sequence that digests read. Promises and their
    comparisons are written in the same transaction as the events.
    """
    total = LedgerUpdate(0, 0, 0, 0)
    while True:
        with store.writing_public() as db:
            batch = [
                (row["use_case_id"], row["since"])
                for row in db.query("SELECT * FROM ledger_queue ORDER BY 1 LIMIT ?", [BATCH])
            ]
            for identity, since in batch:
                total = _add(total, _recompute(db, identity, since))
                db.execute("DELETE FROM ledger_queue WHERE use_case_id = ?", [identity])
        if not batch:
            show_verdicts(store)
            return total


def rebuild_ledger(store: Store) -> LedgerUpdate:
    """Replay all use cases from their first day, also those whose findings did not change."""
    with store.writing_public() as db:
        db.execute(
            "INSERT INTO ledger_queue SELECT DISTINCT use_case_id, '' FROM findings WHERE true "
            "ON CONFLICT DO UPDATE SET since = ''"
        )
    return update_ledger(store)


def save_baseline(store: Store) -> None:
    """Show the baseline's uses in the ledger before any evidence arrives; safe to repeat.

    A use that has left the baseline is replayed without it.
    """
    baseline = load_baseline()
    with store.writing_public() as db:
        known = dict(db.execute("SELECT id, baseline FROM use_cases").fetchall())
        for identity, shown in known.items():
            if shown is not None and identity not in baseline:
                _recompute(db, identity, "")
        for identity, entry in baseline.items():
            if known.get(identity) != _baseline_text(entry):
                _recompute(db, identity, "")


def _add(total: LedgerUpdate, one: LedgerUpdate) -> LedgerUpdate:
    return LedgerUpdate(
        total.use_cases + one.use_cases,
        total.events_new + one.events_new,
        total.events_changed + one.events_changed,
        total.events_withdrawn + one.events_withdrawn,
    )


def _recompute(db: Database, identity: str, since: str) -> LedgerUpdate:
    """Replay a use case from the checkpoint before the day of `since`; an empty `since` is its first day."""
    use_case = UseCaseKey.parse(identity)
    entry = load_baseline().get(identity)
    start = last_checkpoint(db, identity, since)
    opening = opening_of(start)
    evidence = list(_evidence(db, use_case, opening))
    position, events, checkpoints = replay_from(
        start, use_case, evidence, entry.use if entry else None
    )
    if position.stage is None and not events and not _known(db, identity):
        return LedgerUpdate(1, 0, 0, 0)
    put_checkpoints(db, identity, checkpoints)
    count = (start.evidence if start else 0) + len(events)
    _put_use_case(db, use_case, position, count, entry)
    new, changed, withdrawn = put_events(db, identity, events, opening)
    db.execute(
        "UPDATE use_cases SET last_event_at = (SELECT at FROM events WHERE use_case_id = :id AND "
        "state = 'live' AND kind != 'repeat' ORDER BY at DESC LIMIT 1) WHERE id = :id",
        {"id": identity},
    )
    put_promises(db, use_case, opening)
    put_plans(db, use_case, opening)
    compare_promises(db, use_case, sector_of(use_case.subject), since)
    return LedgerUpdate(1, new, changed, withdrawn)


def _known(db: Database, identity: str) -> bool:
    return db.execute("SELECT 1 FROM use_cases WHERE id = ?", [identity]).fetchone() is not None


def _evidence(db: Database, use_case: UseCaseKey, opening: str) -> Iterator[Evidence]:
    rows = db.execute(
        "SELECT id, document_id, stage, at, source_class, actor, edition, authority, evidence "
        "FROM findings "
        "WHERE use_case_id = ? AND at >= ? AND state = 'kept'",
        [str(use_case), opening],
    )
    for identity, document_id, stage, at, source_class, actor, edition, authority, words in rows:
        # 0 and 1 in the Diet's minutes, else NULL. Only an answer is official; a question confirms nothing.
        speaks = None if authority is None else bool(authority)
        source = SourceClass.NEWS if speaks is False else SourceClass(source_class)
        yield Evidence(
            finding_id=identity,
            document_id=document_id,
            use_case=use_case,
            stage=Stage(stage),
            at=from_text(at),
            source_class=source,
            decides=decides_for_system(actor, source, speaks),
            trial=concerns_trial(words),
            edition=edition,
        )


def _put_use_case(
    db: Database,
    use_case: UseCaseKey,
    position: Position,
    documents: int,
    entry: BaselineEntry | None,
) -> None:
    row = {
        "id": str(use_case),
        "subject": use_case.subject,
        "sector": sector_of(use_case.subject),
        "identifier": use_case.identifier,
        "name_ja": subject_name(use_case.subject, "ja"),
        "name_en": subject_name(use_case.subject, "en"),
        "stage": position.stage,
        "standing": position.standing if position.stage else None,
        "since": stored_time(position.since),
        "documents": documents,
        "baseline": _baseline_text(entry),
    }
    db.execute(
        f"INSERT INTO use_cases ({', '.join(row)}) VALUES ({', '.join('?' * len(row))}) "  # noqa: S608
        "ON CONFLICT (id) DO UPDATE SET "
        + ", ".join(f"{name} = excluded.{name}" for name in row if name != "id"),
        list(row.values()),
    )


def sector_of(subject: str) -> Sector:
    """The sector of a use case's subject; a subject that nobody named yet is `other`."""
    system = load_systems().get(subject)
    if system is not None:
        return system.sector
    return Sector(subject) if subject in set(Sector) else Sector.OTHER


def _baseline_text(entry: BaselineEntry | None) -> str | None:
    if entry is None:
        return None
    return stored_json(
        {
            "stage": entry.use.stage,
            "since": f"{entry.use.since:%Y-%m-%d}",
            "law": entry.law,
            "article": entry.article,
            "url": entry.url,
            "title_ja": entry.title_ja,
            "title_en": entry.title_en,
            "verified_by": entry.verified_by,
        }
    )


def use_case_of(row: dict[str, Any]) -> UseCaseKey:
    """The key of a row of `use_cases`."""
    return UseCaseKey(row["subject"], Identifier(row["identifier"]))


def uses_in_force(db: Database, identifier: Identifier) -> list[dict[str, Any]]:
    """The use cases of an identifier that are adopted, by id."""
    return list(
        db.query(
            "SELECT id, subject, name_ja FROM use_cases WHERE stage = ? AND identifier = ? ORDER BY id",
            [Stage.ADOPTED, identifier],
        )
    )
