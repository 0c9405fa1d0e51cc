"""What the verb `statutes` shows of the kept laws: lists, states, uses over time, and what names mean."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from sqlite_utils import Database

from crawler.statutes.following import Stand, known_states, stand_at, stand_of
from crawler.text.dates import find_date
from data.clock import now, tokyo
from data.errors import InputError
from data.statute_report import revision_json, row_json
from data.statute_watch import law_id_of, watched, watched_sentences
from data.statutes import LawRevision, folded, parse_revision_id
from data.store.statute_changes import changes_of
from data.store.statutes import revisions_of, stored_laws, uses_of


def today() -> date:
    return tokyo(now()).date()


def law_of(db: Database, name: str) -> str:
    return law_id_of(name, ((row["law_id"], row["title"]) for row in stored_laws(db)))


def day_named(text: str) -> date:
    """The day that `text` names, ISO or Japanese; raises `InputError`."""
    plain = text.strip()
    try:
        return date.fromisoformat(plain)
    except ValueError:
        found = find_date(plain)
    if found is None or folded(found.raw) != folded(plain):
        raise InputError(f"{text!r}: is no date; write 2024-05-27 or 令和6年5月27日")
    return tokyo(found.at).date()


def stand_named(db: Database, law_id: str, name: str) -> Stand:
    """The state that a revision id or a day names."""
    if parse_revision_id(name.strip()):
        return stand_of(db, law_id, name.strip())
    return stand_at(db, law_id, day_named(name))


def kept_laws(db: Database) -> Iterator[dict[str, Any]]:
    for row in stored_laws(db):
        law = watched(row["law_id"])
        yield {"law": row.pop("law_id"), "short": law.short if law else None, **row}


def revision_lines(db: Database, law_id: str) -> Iterator[dict[str, Any]]:
    """The effective states of a law with what each changed; scheduled ones are `planned`."""
    changes = {row["to_revision"]: row for row in changes_of(db, law_id)}
    for state in known_states(db, law_id):
        line = revision_json(state.revision, today()) | {"text": state.has_text}
        change = changes.get(state.revision.revision_id)
        if change:
            skip = ("from_revision", "to_revision", "enforced_on")
            line["changes"] = {key: n for key, n in change.items() if key not in skip}
        yield line
    for revision in revisions_of(db, law_id):
        if not revision.confirmed:
            yield revision_json(revision, today()) | {"text": True}


def uses_over_time(db: Database, law: str | None) -> Iterator[dict[str, Any]]:
    """Permitted uses per law, effective state and sector: the rows that say who may use the identifier."""
    laws = [law_of(db, law)] if law else [row["law_id"] for row in stored_laws(db)]
    for law_id in laws:
        states = [s.revision for s in known_states(db, law_id) if s.has_text]
        sectors: dict[str, dict[str, int]] = {}
        for row in uses_of(db, law_id):
            sectors.setdefault(row["revision_id"], {})[row["sector"]] = row["uses"]
        for state in states:
            uses = sectors.get(state.revision_id, {})
            yield {
                "law": law_id,
                "date": state.enforced_on.isoformat(),
                "revision_id": state.revision_id,
                "stage": "planned" if state.scheduled(today()) else "adopted",
                "uses": uses,
                "total": sum(uses.values()),
            }


def state_json(stand: Stand, planned: list[LawRevision]) -> dict[str, Any]:
    text = stand.text
    return {
        **revision_json(text.revision, today()),
        "rows": [row_json(row) | {"deleted": row.deleted} for row in text.rows],
        "sentences": [
            {"article": s.article, "paragraph": s.paragraph, "item": s.item, "text": s.text}
            for s in watched_sentences(text.revision.law_id, text.sentences)[0]
        ],
        "scheduled": [revision_json(revision, today()) for revision in planned],
        "missing": [revision.revision_id for revision in stand.missing],
    }
