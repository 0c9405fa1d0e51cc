"""Which channels of which subscribers are switched off: by the reader's own wish, or because mail bounces."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from data.clock import to_text
from data.store.connection import Store

UNSUBSCRIBED = "unsubscribed by the reader"
BOUNCES = 3
"""Digests in a row that die on a channel before it is suspended."""


def unsubscribed(store: Store) -> set[tuple[str, str]]:
    """(subscriber, channel) that the reader has ended: nothing is composed for them any more."""
    rows = store.private.query(
        "SELECT subscriber, channel FROM suspensions WHERE reason = ?", [UNSUBSCRIBED]
    )
    return {(row["subscriber"], row["channel"]) for row in rows}


def list_suspensions(store: Store) -> list[dict[str, Any]]:
    return list(store.private.query("SELECT * FROM suspensions ORDER BY subscriber, channel"))


def suspend(store: Store, subscriber: str, channel: str, reason: str, at: datetime) -> None:
    """Switch a channel of a subscriber off; safe to repeat, and a reader's wish stands over a bounce.

    What waits is dropped when the reader wished so. Otherwise it is kept, and so is what comes, until
    a person mends the address and resumes the channel: a bounce must not lose news.
    """
    with store.writing_private() as db:
        db.execute(
            "INSERT INTO suspensions (subscriber, channel, since, reason) VALUES (?, ?, ?, ?) "
            "ON CONFLICT DO UPDATE SET since = excluded.since, reason = excluded.reason "
            "WHERE excluded.reason = ? AND suspensions.reason != ?",
            [subscriber, channel, to_text(at), reason, UNSUBSCRIBED, UNSUBSCRIBED],
        )
        if reason == UNSUBSCRIBED:
            db.execute(
                "UPDATE parts SET state = 'dropped', last_error = ? WHERE state = 'pending' AND channel = ? "
                "AND digest_id IN (SELECT id FROM digests WHERE subscriber = ? AND kind = 'digest')",
                [reason, channel, subscriber],
            )


def resume(store: Store, subscriber: str, channel: str) -> bool:
    """Switch a channel on again by a person's decision; False when it was not off."""
    with store.writing_private() as db:
        done = db.execute(
            "DELETE FROM suspensions WHERE subscriber = ? AND channel = ?", [subscriber, channel]
        )
        return bool(done.rowcount)


def bouncing(store: Store, most_attempts: int) -> list[tuple[str, str]]:
    """(subscriber, channel) pairs that are not suspended and whose last three digests were refused there.

    A part that died of `most_attempts` vain attempts was not refused: the way was down. Only a refusal
    of which the operator was not told yet counts as the third: a channel that was resumed stays so.
    """
    rows = store.private.query(
        "WITH recent AS (SELECT d.subscriber, p.channel, p.state = 'dead' AND p.attempts < ? AS refused, "
        "p.state = 'dead' AND NOT p.noticed AS fresh, row_number() OVER "
        "(PARTITION BY d.subscriber, p.channel ORDER BY d.composed_at DESC, p.number) AS place "
        "FROM parts p JOIN digests d ON d.id = p.digest_id "
        "WHERE d.kind = 'digest' AND p.number = 1 AND p.state IN ('sent', 'dead')) "
        "SELECT subscriber, channel FROM recent WHERE place <= ? AND NOT EXISTS (SELECT 1 FROM suspensions s "
        "WHERE s.subscriber = recent.subscriber AND s.channel = recent.channel) "
        "GROUP BY subscriber, channel HAVING sum(refused) = ? AND sum(fresh) > 0",
        [most_attempts, BOUNCES, BOUNCES],
    )
    return [(row["subscriber"], row["channel"]) for row in rows]
