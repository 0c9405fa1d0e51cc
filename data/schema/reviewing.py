"""Reviewing in the browser: comments and the order of the queue (public), who may sign in (private)."""

from __future__ import annotations

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

PUBLIC = Migrations("reviewing")
PRIVATE = Migrations("reviewing_private")


@PUBLIC()
def m0001_comments(db: Database) -> None:
    """What reviewers add to a finding beside a verdict; who said it is private, as with reviews."""
    db.execute(
        """
        CREATE TABLE comments (
            id INTEGER PRIMARY KEY,
            finding_id TEXT NOT NULL,
            evidence_sha256 TEXT NOT NULL,
            text TEXT NOT NULL,
            at TEXT NOT NULL,
            state TEXT NOT NULL DEFAULT 'live' CHECK (state IN ('live', 'withdrawn'))
        )
        """
    )
    db.execute("CREATE INDEX comments_by_finding ON comments(finding_id)")


@PUBLIC()
def m0002_queue(db: Database) -> None:
    """The most uncertain of the findings that nobody reviewed, without sorting all of them."""
    db.execute(
        "CREATE INDEX findings_unreviewed ON findings(abs(score - 0.5), at DESC, id) "
        "WHERE review_id IS NULL AND state IN ('kept', 'also_seen', 'quarantined')"
    )


@PRIVATE()
def m0001_reviewers(db: Database) -> None:
    db.execute(
        """
        CREATE TABLE reviewers (
            name TEXT PRIMARY KEY,
            password TEXT,
            since TEXT NOT NULL
        )
        """
    )
