"""What the pages ask about statutes: laws, their effective states, the rows that open a use, differences."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlite_utils import Database

from data.browse.rows import Row, row, rows
from data.statute_diff import diff_states
from data.statute_report import diff_json
from data.statute_watch import watch_list
from data.statutes import LawRevision, effective_states, parse_revision_id
from data.store.statute_changes import changes_of
from data.store.statutes import revisions_of, stored_laws, text_of, uses_of


@dataclass(frozen=True, slots=True)
class State:
    """An effective state of a law and whether its text is kept."""

    revision: LawRevision
    has_text: bool
    changes: Row | None = None
    """How many rows changed against the kept state before it."""


def laws(connection: sqlite3.Connection) -> list[Row]:
    return stored_laws(Database(connection))


def states_of(connection: sqlite3.Connection, law_id: str) -> list[State]:
    """The states of a law in the order in which they take effect; empty for a law that is not known."""
    database = Database(connection)
    texts = {r.revision_id for r in revisions_of(database, law_id, with_text=True)}
    changes = {each["to_revision"]: each for each in changes_of(database, law_id)}
    return [
        State(revision, revision.revision_id in texts, changes.get(revision.revision_id))
        for revision in effective_states(revisions_of(database, law_id))
    ]


def uses_by_revision(connection: sqlite3.Connection, law_id: str) -> dict[str, dict[str, int]]:
    """Permitted uses of each state by sector."""
    found: dict[str, dict[str, int]] = {}
    for each in uses_of(Database(connection), law_id):
        found.setdefault(each["revision_id"], {})[each["sector"]] = each["uses"]
    return found


def named(states: list[State], name: str) -> State | None:
    """The state with text that a revision id names, or that stood at the end of a day; None if there is none."""
    kept = [state for state in states if state.has_text]
    if parse_revision_id(name):
        return next((state for state in kept if state.revision.revision_id == name), None)
    try:
        day = date.fromisoformat(name)
    except ValueError:
        return None
    return next((s for s in reversed(kept) if s.revision.enforced_on <= day), None)


def difference(connection: sqlite3.Connection, old: State, new: State) -> dict[str, Any]:
    """What separates two states: the kept difference of neighbours, else compared now."""
    pair = [old.revision.revision_id, new.revision.revision_id]
    kept = row(
        connection,
        "SELECT detail FROM law_changes WHERE from_revision = ? AND to_revision = ?",
        pair,
    )
    if kept:
        found: dict[str, Any] = json.loads(kept["detail"])
        return found
    database = Database(connection)
    before, after = text_of(database, old.revision), text_of(database, new.revision)
    return diff_json(diff_states(before, after)) if before and after else {}


_STAND = """
    SELECT revision_id, law_id, title, state_id, enforced_on FROM law_revisions
    WHERE law_id = ? AND enforced_on <= ? AND state_id IS NOT NULL AND status <> 'Unconfirmed'
    ORDER BY enforced_on DESC, coalesce(amending_law_id, '') DESC LIMIT 1
"""


def rows_opening(
    connection: sqlite3.Connection, subject: str, identifier: str, today: str, limit: int
) -> list[Row]:
    """The rows in force today of the tables of an identifier's laws that open a use of a system or sector."""
    found: list[Row] = []
    for law in watch_list().laws:
        stand = row(connection, _STAND, [law.id, today]) if law.identifier == identifier else None
        if stand is None:
            continue
        found += [
            {**each, "law_id": law.id, "law": law.short, "law_en": law.english}
            for each in rows(
                connection,
                """SELECT r.table_name, r.number, r.body, r.task FROM law_state_rows s
                   JOIN law_rows r ON r.id = s.row_id
                   WHERE s.state_id = ? AND r.sector IS NOT NULL
                   AND coalesce(r.system, r.sector) = ? ORDER BY s.position LIMIT ?""",
                [stand["state_id"], subject, limit],
            )
        ]
    return found[:limit]
