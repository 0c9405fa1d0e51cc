"""The outbox's tables: what was composed for whom, what is sent, and what waits."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from data.clock import from_text, to_text
from data.store.connection import Store
from data.store.rows import stored_json


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far a subscriber has been told: the ledger's sequence, and the moment of the last digest."""

    last_seq: int
    last_period_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One message of one digest on one channel; `id` never changes, so a repeat can be recognised."""

    id: str
    digest_id: str
    channel: str
    number: int
    payload: str
    attempts: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ComposedDigest:
    """A digest with its parts, ready to be written in one transaction."""

    id: str
    subscriber: str
    period: str
    period_at: datetime
    composed_at: datetime
    subject: str
    late: bool
    last_seq: int
    event_ids: tuple[str, ...]
    parts: tuple[Part, ...]
    send_from: datetime


def load_cursor(store: Store, subscriber: str) -> Cursor | None:
    rows = store.private.query(
        "SELECT last_seq, last_period_at FROM cursors WHERE subscriber = ?", [subscriber]
    )
    return next((Cursor(r["last_seq"], from_text(r["last_period_at"])) for r in rows), None)


def covered_events(store: Store, subscriber: str, event_ids: Iterable[str]) -> set[str]:
    """Those of `event_ids` that a digest has told the subscriber already."""
    rows = store.private.query(
        "SELECT event_id FROM covered_events WHERE subscriber = ? "
        "AND event_id IN (SELECT value FROM json_each(?))",
        [subscriber, stored_json(list(event_ids))],
    )
    return {row["event_id"] for row in rows}


def write_digest(store: Store, digest: ComposedDigest) -> bool:
    """Write a digest, its parts and what it covers in one transaction; False when it is there already."""
    with store.writing_private() as db:
        if db.execute("SELECT 1 FROM digests WHERE id = ?", [digest.id]).fetchone():
            return False
        db.table("digests").insert(
            {
                "id": digest.id,
                "subscriber": digest.subscriber,
                "period": digest.period,
                "composed_at": to_text(digest.composed_at),
                "subject": digest.subject,
                "late": digest.late,
            }
        )
        for part in digest.parts:
            db.table("parts").insert(
                {
                    "id": part.id,
                    "digest_id": digest.id,
                    "channel": part.channel,
                    "number": part.number,
                    "payload": part.payload,
                    "state": "pending",
                    "next_attempt_at": to_text(digest.send_from),
                }
            )
        db.table("covered_events").insert_all(
            [
                {"subscriber": digest.subscriber, "event_id": event, "digest_id": digest.id}
                for event in digest.event_ids
            ],
            pk=("subscriber", "event_id"),
            ignore=True,
        )
        db.table("cursors").upsert(
            {
                "subscriber": digest.subscriber,
                "last_seq": digest.last_seq,
                "last_period_at": to_text(digest.period_at),
            },
            pk="subscriber",
        )
    return True


def waiting_parts(store: Store, at: datetime) -> list[Part]:
    """Parts that may be sent at the moment `at`, oldest digest first, each digest's parts in order."""
    rows = store.private.query(
        "SELECT p.id, p.digest_id, p.channel, p.number, p.payload, p.attempts FROM parts p "
        "JOIN digests d ON d.id = p.digest_id WHERE p.state = 'pending' AND p.next_attempt_at <= ? "
        "ORDER BY d.composed_at, d.id, p.channel, p.number",
        [to_text(at)],
    )
    return [Part(**row) for row in rows]


def mark_sent(store: Store, part_id: str, receipt: str, at: datetime) -> None:
    with store.writing_private() as db:
        db.table("parts").update(
            part_id,
            {"state": "sent", "receipt": receipt, "sent_at": to_text(at), "last_error": None},
        )


def mark_failed(
    store: Store, part_id: str, error: str, *, attempts: int, next_attempt_at: datetime | None
) -> None:
    """Note a failed attempt; without a next attempt the part is dead."""
    change: dict[str, Any] = {"attempts": attempts, "last_error": error[:1000]}
    if next_attempt_at is None:
        change["state"] = "dead"
    else:
        change["next_attempt_at"] = to_text(next_attempt_at)
    with store.writing_private() as db:
        db.table("parts").update(part_id, change)


def list_parts(store: Store, state: str | None = None) -> list[dict[str, Any]]:
    """Parts with their digest, newest first, without payloads."""
    where = "WHERE p.state = ?" if state else ""
    return list(
        store.private.query(
            "SELECT p.id, p.channel, p.number, p.state, p.attempts, p.next_attempt_at, p.last_error, "  # noqa: S608
            "p.sent_at, d.subscriber, d.period, d.subject FROM parts p JOIN digests d ON d.id = p.digest_id "
            f"{where} ORDER BY d.composed_at DESC, p.id",
            [state] if state else [],
        )
    )


def set_part_state(store: Store, part_id: str, state: str, at: datetime) -> bool:
    """Put a part that is not sent to `pending` or `dropped` by a person's decision; False if there is none."""
    with store.writing_private() as db:
        done = db.execute(
            "UPDATE parts SET state = ?, attempts = 0, next_attempt_at = ? WHERE id = ? AND state != 'sent'",
            [state, to_text(at), part_id],
        )
        return bool(done.rowcount)
