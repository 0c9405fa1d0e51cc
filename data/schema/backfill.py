"""How far the backfill has read each archive file (private: file names are the operator's)."""

from __future__ import annotations

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

PRIVATE = Migrations("backfill_private")


@PRIVATE()
def m0001_backfill_files(db: Database) -> None:
    db.execute(
        """
        CREATE TABLE backfill_files (
            id TEXT PRIMARY KEY,
            name TEXT NOT NULL,
            offset INTEGER NOT NULL,
            done INTEGER NOT NULL,
            records INTEGER NOT NULL,
            kept INTEGER NOT NULL,
            fault TEXT,
            updated_at TEXT NOT NULL
        )
        """
    )
