"""A use case's history in the store: its checkpoints and its events, brought in line with a replay."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlite_utils import Database

from data.clock import TOKYO, from_text, now, to_text
from data.ledger import Checkpoint, Position, day_of
from data.models import Event
from data.store.connection import Store
from data.store.rows import stored_json, stored_time
from data.vocabulary import EventKind, Stage


def last_checkpoint(db: Database, use_case_id: str, since: str) -> Checkpoint | None:
    """The newest checkpoint of a day before that of `since`; later ones are dropped as no longer true."""
    day = day_of(from_text(since)) if since else ""
    db.execute("DELETE FROM checkpoints WHERE use_case_id = ? AND day >= ?", [use_case_id, day])
    row = db.execute(
        "SELECT day, evidence, position FROM checkpoints WHERE use_case_id = ? "
        "ORDER BY day DESC LIMIT 1",
        [use_case_id],
    ).fetchone()
    return None if row is None else Checkpoint(row[0], row[1], _read_position(row[2]))


def put_checkpoints(db: Database, use_case_id: str, checkpoints: list[Checkpoint]) -> None:
    """Keep the checkpoints of a replay."""
    db.conn.executemany(
        "INSERT OR REPLACE INTO checkpoints (use_case_id, day, evidence, position) "
        "VALUES (?, ?, ?, ?)",
        [
            (use_case_id, point.day, point.evidence, _position_text(point.position))
            for point in checkpoints
        ],
    )


def opening_of(start: Checkpoint | None) -> str:
    """The stored moment at which the day after a checkpoint begins; empty without one."""
    if start is None:
        return ""
    after = date.fromisoformat(start.day) + timedelta(days=1)
    return to_text(datetime.combine(after, time(), TOKYO).astimezone(UTC))


def _position_text(position: Position) -> str:
    return stored_json(
        {
            "stage": position.stage,
            "official": position.official,
            "since": stored_time(position.since),
            "against": position.against,
            "local_words": sorted(position.local_words),
            "trial": position.trial,
            "rested": position.rested,
        }
    )


def _read_position(text: str) -> Position:
    kept = json.loads(text)
    return Position(
        stage=Stage(kept["stage"]) if kept["stage"] else None,
        official=kept["official"],
        since=from_text(kept["since"]) if kept["since"] else None,
        against=kept["against"],
        local_words=frozenset(map(Stage, kept["local_words"])),
        trial=kept.get("trial", False),
        rested=kept["rested"],
    )


def put_events(
    db: Database, use_case_id: str, events: list[Event], opening: str
) -> tuple[int, int, int]:
    """Make `events` the live ones from the moment `opening` on: how many are new, changed, withdrawn."""
    before = {
        row["id"]: row
        for row in db.query(
            "SELECT * FROM events WHERE use_case_id = ? AND at >= ?", [use_case_id, opening]
        )
    }
    recorded_at = to_text(now())
    fresh: list[dict[str, Any]] = []
    changed = 0
    for event in events:
        row = _event_row(event, recorded_at)
        known = before.pop(event.id, None)
        if known is None:
            fresh.append(row)
        elif any(known[key] != row[key] for key in row if key != "recorded_at"):
            _replace(db, known, row)
            changed += 1
    new = len(fresh)
    _insert(db, fresh)
    gone = [row["seq"] for row in before.values() if row["state"] == "live"]
    db.conn.executemany(
        "UPDATE events SET state = 'withdrawn' WHERE seq = ?", [(seq,) for seq in gone]
    )
    return new, changed, len(gone)


def _replace(db: Database, known: dict[str, Any], row: dict[str, Any]) -> None:
    """A repeat that turns into news must reach the digests: it takes a new place at the end."""
    if known["kind"] == EventKind.REPEAT and row["kind"] != EventKind.REPEAT:
        db.execute("DELETE FROM events WHERE seq = ?", [known["seq"]])
        _insert(db, [row])
        return
    kept = {key: value for key, value in row.items() if key not in ("id", "recorded_at")}
    db.execute(
        f"UPDATE events SET {', '.join(f'{name} = ?' for name in kept)} WHERE seq = ?",  # noqa: S608
        [*kept.values(), known["seq"]],
    )


def _insert(db: Database, rows: list[dict[str, Any]]) -> None:
    if rows:
        names = list(rows[0])
        db.conn.executemany(
            f"INSERT INTO events ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})",  # noqa: S608
            [list(row.values()) for row in rows],
        )


def _event_row(event: Event, recorded_at: str) -> dict[str, Any]:
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
        "recorded_at": recorded_at,
        "state": "live",
    }


def live_events(store: Store) -> list[dict[str, Any]]:
    """The live events that are news, oldest first, without the moments at which they were written."""
    return list(
        store.public.query(
            "SELECT e.id, e.use_case_id, e.kind, e.stage_before, e.stage_after, e.standing, e.at, "
            "f.evidence, d.url, d.title FROM events e JOIN findings f ON f.id = e.finding_id "
            "JOIN documents d ON d.id = f.document_id "
            "WHERE e.state = 'live' AND e.kind != 'repeat' ORDER BY e.at, e.id"
        )
    )
