"""After a restore: keep what readers were told, and wished, since the backup was made.

A restored outbox has forgotten the digests of the last hours: they would be composed and sent again, to
readers who had them, and to those who have unsubscribed since. What the old private.db still knows of
that is carried over, when it can be read.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path

from data.store.connection import Store

_STEPS = (
    "INSERT OR IGNORE INTO digests SELECT {digests} FROM old.digests",
    "INSERT OR IGNORE INTO parts SELECT {parts} FROM old.parts WHERE digest_id IN (SELECT id FROM digests)",
    "UPDATE parts SET state = (SELECT o.state FROM old.parts o WHERE o.id = parts.id), "
    "sent_at = (SELECT o.sent_at FROM old.parts o WHERE o.id = parts.id), "
    "receipt = (SELECT o.receipt FROM old.parts o WHERE o.id = parts.id) "
    "WHERE state = 'pending' AND id IN (SELECT id FROM old.parts WHERE state != 'pending')",
    "INSERT OR IGNORE INTO covered_events SELECT {covered_events} FROM old.covered_events "
    "WHERE digest_id IN (SELECT id FROM digests)",
    "INSERT OR IGNORE INTO suspensions SELECT {suspensions} FROM old.suspensions",
    "UPDATE cursors SET last_period_at = max(last_period_at, coalesce((SELECT o.last_period_at "
    "FROM old.cursors o WHERE o.subscriber = cursors.subscriber), last_period_at))",
    "INSERT OR IGNORE INTO cursors SELECT subscriber, 0, last_period_at FROM old.cursors",
)


def carry_over(store: Store, old: Path) -> bool:
    """Bring what `old`, a copy of a private.db, knows of digests and unsubscribing into the restored outbox.

    False, and nothing changed, when it cannot be read or is of another version.
    """
    connection = store.private.conn
    try:
        connection.execute("ATTACH DATABASE ? AS old", [str(old)])
    except sqlite3.DatabaseError:
        return False
    try:
        with store.writing_private():
            for step in _STEPS:
                connection.execute(step.format_map(_columns(connection)))
    except sqlite3.DatabaseError:
        return False
    finally:
        connection.execute("DETACH DATABASE old")
    return True


def _columns(connection: sqlite3.Connection) -> dict[str, str]:
    """The columns that both have, by table; names of our own schema."""
    tables = ("digests", "parts", "covered_events", "suspensions")
    return {
        table: ", ".join(row[1] for row in connection.execute(f"PRAGMA main.table_info({table})"))
        for table in tables
    }
