"""The ledger's tables: recompute the use cases whose findings changed, and read what they say."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlite_utils import Database

from data.authority import decides_for_system
from data.baseline import BaselineEntry, load_baseline
from data.clock import from_text, now, to_text
from data.ledger import Position, replay
from data.models import Event, Evidence, UseCaseKey
from data.names import subject_name
from data.store.connection import Store
from data.store.rows import stored_json, stored_time
from data.systems import load_systems
from data.vocabulary import EventKind, Identifier, Sector, SourceClass, Stage

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
    from `repeat` into news gets a new place in the sequence that digests read.
    """
    total = LedgerUpdate(0, 0, 0, 0)
    while True:
        with store.writing_public() as db:
            batch = [
                row["use_case_id"]
                for row in db.query(
                    "SELECT use_case_id FROM ledger_queue ORDER BY 1 LIMIT ?", [BATCH]
                )
            ]
            for identity in batch:
                total = _add(total, _recompute(db, identity))
                db.table("ledger_queue").delete(identity)
        if not batch:
            return total


def rebuild_ledger(store: Store) -> LedgerUpdate:
    """Replay all use cases, also those whose findings did not change (after new rules)."""
    with store.writing_public() as db:
        db.execute("INSERT OR IGNORE INTO ledger_queue SELECT DISTINCT use_case_id FROM findings")
    return update_ledger(store)


def save_baseline(store: Store) -> None:
    """Show the baseline's uses in the ledger before any evidence arrives; safe to repeat."""
    with store.writing_public() as db:
        for identity, entry in load_baseline().items():
            known = db.execute("SELECT baseline FROM use_cases WHERE id = ?", [identity]).fetchone()
            if known is None or known[0] != _baseline_text(entry):
                _recompute(db, identity)


def _add(total: LedgerUpdate, one: LedgerUpdate) -> LedgerUpdate:
    return LedgerUpdate(
        total.use_cases + one.use_cases,
        total.events_new + one.events_new,
        total.events_changed + one.events_changed,
        total.events_withdrawn + one.events_withdrawn,
    )


def _recompute(db: Database, identity: str) -> LedgerUpdate:
    use_case = UseCaseKey.parse(identity)
    entry = load_baseline().get(identity)
    evidence = list(_evidence(db, use_case))
    position, events = replay(use_case, evidence, entry.use if entry else None)
    if position.stage is None and not _known(db, identity):
        return LedgerUpdate(1, 0, 0, 0)
    _put_use_case(db, use_case, position, events, entry)
    return _put_events(db, identity, events)


def _known(db: Database, identity: str) -> bool:
    return db.execute("SELECT 1 FROM use_cases WHERE id = ?", [identity]).fetchone() is not None


def _evidence(db: Database, use_case: UseCaseKey) -> Iterator[Evidence]:
    for row in db.query(
        "SELECT id, document_id, stage, at, source_class, actor FROM findings "
        "WHERE use_case_id = ? AND state = 'kept'",
        [str(use_case)],
    ):
        source_class = SourceClass(row["source_class"])
        yield Evidence(
            finding_id=row["id"],
            document_id=row["document_id"],
            use_case=use_case,
            stage=Stage(row["stage"]),
            at=from_text(row["at"]),
            source_class=source_class,
            decides=decides_for_system(row["actor"], source_class),
        )


def _put_use_case(
    db: Database,
    use_case: UseCaseKey,
    position: Position,
    events: list[Event],
    entry: BaselineEntry | None,
) -> None:
    told = [event for event in events if event.kind is not EventKind.REPEAT]
    db.table("use_cases").upsert(
        {
            "id": str(use_case),
            "subject": use_case.subject,
            "sector": sector_of(use_case.subject),
            "identifier": use_case.identifier,
            "name_ja": subject_name(use_case.subject, "ja"),
            "name_en": subject_name(use_case.subject, "en"),
            "stage": position.stage,
            "standing": position.standing if position.stage else None,
            "since": stored_time(position.since),
            "last_event_at": stored_time(told[-1].at) if told else None,
            "documents": len({event.finding_id for event in events}),
            "baseline": _baseline_text(entry),
        },
        pk="id",
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


def _put_events(db: Database, identity: str, events: list[Event]) -> LedgerUpdate:
    before = {
        row["id"]: row for row in db.query("SELECT * FROM events WHERE use_case_id = ?", [identity])
    }
    new = changed = 0
    for event in events:
        row = _event_row(event)
        known = before.pop(event.id, None)
        if known is None:
            db.table("events").insert(row)
            new += 1
        elif known["state"] != "live" or any(
            known[key] != row[key] for key in row if key != "recorded_at"
        ):
            _replace_event(db, known, row)
            changed += 1
    gone = [row for row in before.values() if row["state"] == "live"]
    for row in gone:
        db.table("events").update(row["seq"], {"state": "withdrawn"})
    return LedgerUpdate(1, new, changed, len(gone))


def _replace_event(db: Database, known: dict[str, Any], row: dict[str, Any]) -> None:
    """A repeat that turns into news must reach the digests: it takes a new place at the end."""
    if known["kind"] == EventKind.REPEAT and row["kind"] != EventKind.REPEAT:
        db.table("events").delete(known["seq"])
        db.table("events").insert(row)
    else:
        kept = {key: value for key, value in row.items() if key != "recorded_at"}
        db.table("events").update(known["seq"], {**kept, "state": "live"})


def _event_row(event: Event) -> dict[str, Any]:
    return {
        "id": event.id,
        "use_case_id": str(event.use_case),
        "kind": event.kind,
        "stage_before": event.stage_before,
        "stage_after": event.stage_after,
        "finding_id": event.finding_id,
        "against_finding_id": event.against_finding_id,
        "at": to_text(event.at),
        "standing": event.standing,
        "recorded_at": to_text(now()),
        "state": "live",
    }


def use_case_of(row: dict[str, Any]) -> UseCaseKey:
    """The key of a row of `use_cases`."""
    return UseCaseKey(row["subject"], Identifier(row["identifier"]))
