"""The outbox (private): digests, the parts in which each channel sends them, and what each covered."""

from __future__ import annotations

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

PRIVATE = Migrations("outbox")


@PRIVATE()
def m0001_outbox(db: Database) -> None:
    db.execute(
        """
        CREATE TABLE digests (
            id TEXT PRIMARY KEY,
            subscriber TEXT NOT NULL,
            period TEXT NOT NULL,
            composed_at TEXT NOT NULL,
            subject TEXT NOT NULL,
            late INTEGER NOT NULL,
            UNIQUE (subscriber, period)
        )
        """
    )
    db.execute(
        """
        CREATE TABLE parts (
            id TEXT PRIMARY KEY,
            digest_id TEXT NOT NULL REFERENCES digests(id),
            channel TEXT NOT NULL,
            number INTEGER NOT NULL,
            payload TEXT NOT NULL,
            state TEXT NOT NULL CHECK (state IN ('pending', 'sent', 'dead', 'dropped')),
            attempts INTEGER NOT NULL DEFAULT 0,
            next_attempt_at TEXT NOT NULL,
            last_error TEXT,
            receipt TEXT,
            sent_at TEXT
        )
        """
    )
    db.execute("CREATE INDEX parts_waiting ON parts(next_attempt_at) WHERE state = 'pending'")
    db.execute("CREATE INDEX parts_by_digest ON parts(digest_id)")
    db.execute(
        """
        CREATE TABLE covered_events (
            subscriber TEXT NOT NULL,
            event_id TEXT NOT NULL,
            digest_id TEXT NOT NULL REFERENCES digests(id),
            PRIMARY KEY (subscriber, event_id)
        )
        """
    )
    db.execute(
        """
        CREATE TABLE cursors (
            subscriber TEXT PRIMARY KEY,
            last_seq INTEGER NOT NULL,
            last_period_at TEXT NOT NULL
        )
        """
    )


@PRIVATE()
def m0002_letters(db: Database) -> None:
    """Letters to the operator travel like digests; a channel that only fails is suspended."""
    db.execute("ALTER TABLE digests ADD COLUMN kind TEXT NOT NULL DEFAULT 'digest'")
    db.execute("ALTER TABLE parts ADD COLUMN noticed INTEGER NOT NULL DEFAULT 0")
    db.execute("CREATE INDEX parts_dead ON parts(noticed) WHERE state = 'dead'")
    db.execute(
        """
        CREATE TABLE suspensions (
            subscriber TEXT NOT NULL,
            channel TEXT NOT NULL,
            since TEXT NOT NULL,
            reason TEXT NOT NULL,
            PRIMARY KEY (subscriber, channel)
        )
        """
    )
