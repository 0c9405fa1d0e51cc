"""Stories: which documents report one thing, by which pairs, and what stands first."""

from __future__ import annotations

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

PUBLIC = Migrations("stories")


@PUBLIC()
def m0001_stories(db: Database) -> None:
    db.execute(
        """
        CREATE TABLE stories (
            id TEXT PRIMARY KEY,
            head_document_id TEXT NOT NULL REFERENCES documents(id),
            documents INTEGER NOT NULL,
            outlets INTEGER NOT NULL,
            first_at TEXT NOT NULL,
            official_at TEXT
        )
        """
    )
    db.execute(
        """
        CREATE TABLE story_pairs (
            one TEXT NOT NULL REFERENCES documents(id),
            other TEXT NOT NULL REFERENCES documents(id),
            kind TEXT NOT NULL CHECK (kind IN ('copy', 'rewrite', 'release')),
            PRIMARY KEY (one, other)
        )
        """
    )
    db.execute("CREATE INDEX story_pairs_back ON story_pairs(other)")
    # The version of a document that was last compared with its neighbours.
    db.execute(
        """
        CREATE TABLE story_done (
            document_id TEXT PRIMARY KEY REFERENCES documents(id),
            version INTEGER NOT NULL,
            read_model TEXT
        )
        """
    )
