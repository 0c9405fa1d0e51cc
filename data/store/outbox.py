"""The outbox: what was composed for whom, written whole or not at all."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

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


def load_cursors(store: Store) -> dict[str, Cursor]:
    """How far each subscriber has been told."""
    rows = store.private.query("SELECT subscriber, last_seq, last_period_at FROM cursors")
    return {r["subscriber"]: Cursor(r["last_seq"], from_text(r["last_period_at"])) for r in rows}


def load_cursor(store: Store, subscriber: str) -> Cursor | None:
    rows = store.private.query(
        "SELECT last_seq, last_period_at FROM cursors WHERE subscriber = ?", [subscriber]
    )
    return next((Cursor(r["last_seq"], from_text(r["last_period_at"])) for r in rows), None)


def covered_events(store: Store, subscriber: str, event_ids: Iterable[str]) -> set[str]:
    """Those of `event_ids` that a digest has told the subscriber already."""
    rows = store.private.execute(
        "SELECT event_id FROM covered_events WHERE subscriber = ? "
        "AND event_id IN (SELECT value FROM json_each(?))",
        [subscriber, stored_json(list(event_ids))],
    )
    return {row[0] for row in rows}


def digests_between(store: Store, since: datetime, until: datetime) -> dict[str, int]:
    """How many digests were composed for each subscriber in a span (the cap of an instant cadence).

    What a clock that ran ahead dated later than now does not count: it must not silence the subscriber.
    """
    rows = store.private.query(
        "SELECT subscriber, count(*) AS n FROM digests WHERE kind = 'digest' "
        "AND composed_at > ? AND composed_at <= ? GROUP BY subscriber",
        [to_text(since), to_text(until)],
    )
    return {row["subscriber"]: row["n"] for row in rows}


def write_digest(store: Store, digest: ComposedDigest) -> bool:
    """Write a digest, its parts and what it covers in one transaction.

    False, and nothing written, when it is there already, or when another process told the subscriber
    any of the same events meanwhile: the next call composes anew.
    """
    try:
        with store.writing_private() as db:
            _insert_digest(db, digest, "digest", late=digest.late)
            _insert_covered(db, digest)
            _insert_parts(db, digest.parts, digest.send_from)
            db.execute(
                "INSERT INTO cursors (subscriber, last_seq, last_period_at) VALUES (?, ?, ?) "
                "ON CONFLICT DO UPDATE SET last_seq = excluded.last_seq, "
                "last_period_at = excluded.last_period_at",
                [digest.subscriber, digest.last_seq, to_text(digest.period_at)],
            )
    except _ToldAlready:
        return False
    return True


class _ToldAlready(Exception):
    """Rolls the transaction back: another process told the subscriber meanwhile."""


def _insert_covered(db: Database, digest: ComposedDigest) -> None:
    events = set(digest.event_ids)
    done = db.execute(
        "INSERT INTO covered_events (subscriber, event_id, digest_id) SELECT ?, value, ? "
        "FROM json_each(?) WHERE true ON CONFLICT DO NOTHING",
        [digest.subscriber, digest.id, stored_json(sorted(events))],
    )
    if done.rowcount < len(events):
        raise _ToldAlready


def write_letter(store: Store, letter: ComposedLetter) -> bool:
    """Write a letter and mark the dead parts that it reports, in one transaction; False when it is there."""
    try:
        with store.writing_private() as db:
            _insert_digest(db, letter, "letter", late=False)
            _insert_parts(db, letter.parts, letter.composed_at)
            _mark_noticed(db, letter.reports)
    except _ToldAlready:
        return False
    return True


def _insert_digest(
    db: Database, digest: ComposedDigest | ComposedLetter, kind: DigestKind, *, late: bool
) -> None:
    done = db.execute(
        "INSERT INTO digests (id, subscriber, period, composed_at, subject, late, kind) "
        "VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING",
        [
            digest.id,
            digest.subscriber,
            digest.period,
            to_text(digest.composed_at),
            digest.subject,
            late,
            kind,
        ],
    )
    if not done.rowcount:
        raise _ToldAlready


def _insert_parts(db: Database, parts: Iterable[Part], send_from: datetime) -> None:
    db.conn.executemany(
        "INSERT INTO parts (id, digest_id, channel, number, payload, state, next_attempt_at) "
        "VALUES (?, ?, ?, ?, ?, 'pending', ?)",
        [
            (one.id, one.digest_id, one.channel, one.number, one.payload, to_text(send_from))
            for one in parts
        ],
    )


def _mark_noticed(db: Database, part_ids: Iterable[str]) -> None:
    db.execute(
        "UPDATE parts SET noticed = 1 WHERE id IN (SELECT value FROM json_each(?))",
        [stored_json(list(part_ids))],
    )
