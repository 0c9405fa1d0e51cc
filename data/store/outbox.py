"""The outbox's tables: what was composed for whom, what is sent, and what waits."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlite_utils import Database

from data.clock import from_text, to_text
from data.store.connection import Store
from data.store.rows import stored_json

DigestKind = Literal["digest", "letter"]
"""A letter is a message to the operator that travels the same way."""


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
    composed_at: str = ""
    subscriber: str = ""
    kind: DigestKind = "digest"


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
    """Whatever must not be told again: ids of events, comparisons and reminders."""
    parts: tuple[Part, ...]
    send_from: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ComposedLetter:
    """A letter to the operator with its parts, and the dead parts that it reports."""

    id: str
    subscriber: str
    period: str
    composed_at: datetime
    subject: str
    parts: tuple[Part, ...]
    reports: tuple[str, ...] = ()


def load_cursor(store: Store, subscriber: str) -> Cursor | None:
    rows = store.private.query(
        "SELECT last_seq, last_period_at FROM cursors WHERE subscriber = ?", [subscriber]
    )
    return next((Cursor(r["last_seq"], from_text(r["last_period_at"])) for r in rows), None)


def clamp_cursors(store: Store, last_seq: int) -> None:
    """After a restore: no subscriber may be further than the ledger, or new events would be missed."""
    with store.writing_private() as db:
        db.execute("UPDATE cursors SET last_seq = ? WHERE last_seq > ?", [last_seq, last_seq])


def covered_events(store: Store, subscriber: str, event_ids: Iterable[str]) -> set[str]:
    """Those of `event_ids` that a digest has told the subscriber already."""
    rows = store.private.query(
        "SELECT event_id FROM covered_events WHERE subscriber = ? "
        "AND event_id IN (SELECT value FROM json_each(?))",
        [subscriber, stored_json(list(event_ids))],
    )
    return {row["event_id"] for row in rows}


def digests_between(store: Store, subscriber: str, since: datetime, until: datetime) -> int:
    """How many digests were composed for a subscriber in a span (the cap of an instant cadence).

    What a clock that ran ahead dated later than now does not count: it must not silence the subscriber.
    """
    row: tuple[int] = store.private.execute(
        "SELECT count(*) FROM digests WHERE subscriber = ? AND kind = 'digest' "
        "AND composed_at > ? AND composed_at <= ?",
        [subscriber, to_text(since), to_text(until)],
    ).fetchone()
    return row[0]


def write_digest(store: Store, digest: ComposedDigest) -> bool:
    """Write a digest, its parts and what it covers in one transaction.

    False, and nothing written, when it is there already, or when another process told the subscriber
    any of the same events meanwhile: the next call composes anew.
    """
    with store.writing_private() as db:
        if _overtaken(db, digest):
            return False
        _insert_digest(db, digest, "digest", late=digest.late)
        _insert_parts(db, digest.parts, digest.send_from)
        db.table("covered_events").insert_all(
            [
                {"subscriber": digest.subscriber, "event_id": event, "digest_id": digest.id}
                for event in digest.event_ids
            ],
            pk=("subscriber", "event_id"),
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


def _overtaken(db: Database, digest: ComposedDigest) -> bool:
    found = db.execute(
        "SELECT 1 FROM digests WHERE id = ? UNION ALL SELECT 1 FROM covered_events "
        "WHERE subscriber = ? AND event_id IN (SELECT value FROM json_each(?)) LIMIT 1",
        [digest.id, digest.subscriber, stored_json(list(digest.event_ids))],
    ).fetchone()
    return found is not None


def write_letter(store: Store, letter: ComposedLetter) -> bool:
    """Write a letter and mark the dead parts that it reports, in one transaction; False when it is there."""
    with store.writing_private() as db:
        if db.execute("SELECT 1 FROM digests WHERE id = ?", [letter.id]).fetchone():
            return False
        _insert_digest(db, letter, "letter", late=False)
        _insert_parts(db, letter.parts, letter.composed_at)
        _mark_noticed(db, letter.reports)
    return True


def _insert_digest(
    db: Database, digest: ComposedDigest | ComposedLetter, kind: DigestKind, *, late: bool
) -> None:
    db.table("digests").insert(
        {
            "id": digest.id,
            "subscriber": digest.subscriber,
            "period": digest.period,
            "composed_at": to_text(digest.composed_at),
            "subject": digest.subject,
            "late": late,
            "kind": kind,
        }
    )


def _insert_parts(db: Database, parts: Iterable[Part], send_from: datetime) -> None:
    for part in parts:
        db.table("parts").insert(
            {
                "id": part.id,
                "digest_id": part.digest_id,
                "channel": part.channel,
                "number": part.number,
                "payload": part.payload,
                "state": "pending",
                "next_attempt_at": to_text(send_from),
            }
        )


def waiting_parts(store: Store, at: datetime, quiet: Iterable[str] = ()) -> list[tuple[str, str]]:
    """Id and channel of the parts that may be sent at the moment `at`: oldest digest first, its parts in order.

    A part waits while an earlier part of its digest on the same channel waits for a later moment, while
    its channel is switched off, and a digest's while its subscriber is among the `quiet`.
    """
    rows = store.private.query(
        "SELECT p.id, p.channel FROM parts p JOIN digests d ON d.id = p.digest_id "
        "WHERE p.state = 'pending' AND p.next_attempt_at <= ? AND NOT EXISTS (SELECT 1 FROM parts e "
        "WHERE e.digest_id = p.digest_id AND e.channel = p.channel AND e.number < p.number "
        "AND e.state = 'pending' AND e.next_attempt_at > ?) "
        "AND (d.kind != 'digest' OR (d.subscriber NOT IN (SELECT value FROM json_each(?)) "
        "AND NOT EXISTS (SELECT 1 FROM suspensions s "
        "WHERE s.subscriber = d.subscriber AND s.channel = p.channel))) "
        "ORDER BY d.composed_at, d.id, p.channel, p.number",
        [to_text(at), to_text(at), stored_json(list(quiet))],
    )
    return [(row["id"], row["channel"]) for row in rows]


def claim_part(store: Store, part_id: str) -> Part | None:
    """Count an attempt before it is made and give the part; None when it waits no more.

    The count is committed first, so that a full disk stops the sending before the message, not
    between the message and its record. It is not flushed: a power cut may forget an attempt, but
    what was sent is.
    """
    with _unflushed(store), store.writing_private() as db:
        done = db.execute(
            "UPDATE parts SET attempts = attempts + 1 WHERE id = ? AND state = 'pending'", [part_id]
        )
        if not done.rowcount:
            return None
        rows = db.query(
            "SELECT p.id, p.digest_id, p.channel, p.number, p.payload, p.attempts, d.composed_at, "
            "d.subscriber, d.kind FROM parts p JOIN digests d ON d.id = p.digest_id WHERE p.id = ?",
            [part_id],
        )
        return Part(**next(iter(rows)))


@contextmanager
def _unflushed(store: Store) -> Iterator[None]:
    store.private.execute("PRAGMA synchronous = NORMAL")
    try:
        yield
    finally:
        store.private.execute("PRAGMA synchronous = FULL")


def mark_sent(store: Store, part_id: str, receipt: str, at: datetime) -> None:
    with store.writing_private() as db:
        db.table("parts").update(
            part_id,
            {"state": "sent", "receipt": receipt, "sent_at": to_text(at), "last_error": None},
        )


def mark_failed(
    store: Store, part_id: str, error: str, *, next_attempt_at: datetime | None
) -> None:
    """Note a failed attempt; without a next attempt the part is dead."""
    change: dict[str, Any] = {"last_error": error[:1000]}
    if next_attempt_at is None:
        change["state"] = "dead"
    else:
        change["next_attempt_at"] = to_text(next_attempt_at)
    with store.writing_private() as db:
        db.table("parts").update(part_id, change)


def mark_dropped(store: Store, part_id: str, reason: str) -> None:
    """Give up a part that nobody wants any more (its subscriber or channel is gone)."""
    with store.writing_private() as db:
        db.table("parts").update(part_id, {"state": "dropped", "last_error": reason[:1000]})


def dead_unnoticed(store: Store) -> list[dict[str, Any]]:
    """Dead parts of digests of which the operator has not been told. Letters are never reported by letters."""
    return list(
        store.private.query(
            "SELECT p.id, p.channel, p.attempts, p.last_error, d.subscriber, d.period, d.subject "
            "FROM parts p JOIN digests d ON d.id = p.digest_id "
            "WHERE p.state = 'dead' AND NOT p.noticed AND d.kind = 'digest' ORDER BY p.id"
        )
    )


def _mark_noticed(db: Database, part_ids: Iterable[str]) -> None:
    db.execute(
        "UPDATE parts SET noticed = 1 WHERE id IN (SELECT value FROM json_each(?))",
        [stored_json(list(part_ids))],
    )


def list_parts(store: Store, state: str | None = None) -> list[dict[str, Any]]:
    """Parts with their digest, newest first, without payloads."""
    where = "WHERE p.state = ?" if state else ""
    return list(
        store.private.query(
            "SELECT p.id, p.channel, p.number, p.state, p.attempts, p.next_attempt_at, p.last_error, "  # noqa: S608
            "p.sent_at, d.subscriber, d.period, d.kind, d.subject FROM parts p "
            f"JOIN digests d ON d.id = p.digest_id {where} ORDER BY d.composed_at DESC, p.id",
            [state] if state else [],
        )
    )


def count_parts(store: Store) -> dict[str, int]:
    """How many parts are in each state."""
    rows = store.private.query("SELECT state, count(*) AS n FROM parts GROUP BY state")
    return {row["state"]: row["n"] for row in rows}


def set_part_state(store: Store, part_id: str, state: str, at: datetime) -> bool:
    """Put a part that is not sent to `pending` or `dropped` by a person's decision; False if there is none."""
    with store.writing_private() as db:
        done = db.execute(
            "UPDATE parts SET state = ?, attempts = 0, noticed = 0, next_attempt_at = ? "
            "WHERE id = ? AND state != 'sent'",
            [state, to_text(at), part_id],
        )
        return bool(done.rowcount)


def retry_dead(store: Store, at: datetime) -> int:
    """Let every dead part be tried again; gives how many there are."""
    with store.writing_private() as db:
        done = db.execute(
            "UPDATE parts SET state = 'pending', attempts = 0, noticed = 0, next_attempt_at = ? "
            "WHERE state = 'dead'",
            [to_text(at)],
        )
        return done.rowcount


def last_composed(store: Store) -> str | None:
    """When the newest digest was composed, as stored text."""
    row: tuple[str | None] = store.private.execute(
        "SELECT max(composed_at) FROM digests"
    ).fetchone()
    return row[0]
