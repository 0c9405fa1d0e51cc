"""Reviews: what persons said of findings (public), and who they are (private)."""

from __future__ import annotations

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

PUBLIC = Migrations("reviews")
PRIVATE = Migrations("reviews_private")


@PUBLIC()
def m0001_reviews(db: Database) -> None:
    # A review holds for the sentence that was shown, wherever it is found again: its key is the
    # evidence with what the machine said of it. `change` is a JSON object of corrected fields.
    db.execute(
        """
        CREATE TABLE reviews (
            id INTEGER PRIMARY KEY,
            evidence_sha256 TEXT NOT NULL,
            sector TEXT NOT NULL,
            identifier TEXT NOT NULL,
            document_id TEXT NOT NULL,
            machine TEXT NOT NULL,
            model TEXT NOT NULL,
            score REAL NOT NULL,
            verdict TEXT NOT NULL CHECK (verdict IN ('confirm', 'not a finding', 'change')),
            change TEXT NOT NULL,
            note TEXT NOT NULL,
            at TEXT NOT NULL,
            state TEXT NOT NULL DEFAULT 'live' CHECK (state IN ('live', 'replaced', 'undone'))
        )
        """
    )
    db.execute(
        "CREATE UNIQUE INDEX reviews_live ON reviews(evidence_sha256, sector, identifier) "
        "WHERE state = 'live'"
    )
    db.execute("CREATE INDEX reviews_by_document ON reviews(document_id, sector, identifier)")
    db.execute(
        """
        CREATE TABLE merged_use_cases (
            use_case_id TEXT PRIMARY KEY,
            into_id TEXT NOT NULL CHECK (into_id != use_case_id),
            note TEXT NOT NULL,
            at TEXT NOT NULL
        )
        """
    )


@PRIVATE()
def m0001_authors(db: Database) -> None:
    db.execute(
        """
        CREATE TABLE review_authors (
            subject TEXT NOT NULL,
            author TEXT NOT NULL,
            act TEXT NOT NULL,
            at TEXT NOT NULL
        )
        """
    )
    db.execute("CREATE INDEX review_authors_by_subject ON review_authors(subject)")
