"""The way of one part: it waits, an attempt is counted, it is sent, fails or is dropped."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime

from data.clock import to_text
from data.store.connection import Store
from data.store.outbox import Part
from data.store.rows import stored_json


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
        db.execute(
            "UPDATE parts SET state = 'sent', receipt = ?, sent_at = ?, last_error = NULL WHERE id = ?",
            [receipt, to_text(at), part_id],
        )


def mark_failed(
    store: Store, part_id: str, error: str, *, next_attempt_at: datetime | None
) -> None:
    """Note a failed attempt; without a next attempt the part is dead. What a person dropped meanwhile stays so."""
    again = to_text(next_attempt_at) if next_attempt_at else None
    with store.writing_private() as db:
        db.execute(
            "UPDATE parts SET last_error = ?, next_attempt_at = coalesce(?, next_attempt_at), "
            "state = iif(? IS NULL, 'dead', state) WHERE id = ?",
            [error[:1000], again, again, part_id],
        )


def mark_dropped(store: Store, part_id: str, reason: str) -> None:
    """Give up a part that nobody wants any more (its subscriber or channel is gone)."""
    with store.writing_private() as db:
        db.execute(
            "UPDATE parts SET state = 'dropped', last_error = ? WHERE id = ?",
            [reason[:1000], part_id],
        )
