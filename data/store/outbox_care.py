"""The outbox as a person looks after it: what lies in it, what died, what is to be tried again."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from data.clock import to_text
from data.store.connection import Store


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


def dead_unnoticed(store: Store) -> list[dict[str, Any]]:
    """Dead parts of digests of which the operator has not been told. Letters are never reported by letters."""
    return list(
        store.private.query(
            "SELECT p.id, p.channel, p.attempts, p.last_error, d.subscriber, d.period, d.subject "
            "FROM parts p JOIN digests d ON d.id = p.digest_id "
            "WHERE p.state = 'dead' AND NOT p.noticed AND d.kind = 'digest' ORDER BY p.id"
        )
    )


def clamp_cursors(store: Store, last_seq: int) -> None:
    """After a restore: no subscriber may be further than the ledger, or new events would be missed."""
    with store.writing_private() as db:
        db.execute("UPDATE cursors SET last_seq = ? WHERE last_seq > ?", [last_seq, last_seq])
