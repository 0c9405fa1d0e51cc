"""Registries: the bills of the Diet that touch an identifier, and the documents that tell of each."""

from __future__ import annotations

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

PUBLIC = Migrations("registries")


@PUBLIC()
def m0001_bills(db: Database) -> None:
    db.execute(
        """
        CREATE TABLE bills (
            key TEXT PRIMARY KEY,
            session INTEGER NOT NULL,
            origin TEXT NOT NULL,
            number INTEGER NOT NULL,
            title TEXT NOT NULL,
            proposer TEXT NOT NULL,
            outcome TEXT NOT NULL CHECK (outcome IN ('open', 'enacted', 'failed')),
            stage TEXT,
            submitted_on TEXT,
            last_on TEXT,
            law_number TEXT NOT NULL,
            law_id TEXT,
            url TEXT NOT NULL,
            steps TEXT NOT NULL
        )
        """
    )
    db.execute(
        """
        CREATE TABLE bill_documents (
            bill_key TEXT NOT NULL REFERENCES bills(key),
            document_id TEXT NOT NULL REFERENCES documents(id),
            PRIMARY KEY (bill_key, document_id)
        )
        """
    )
    db.execute("CREATE INDEX bill_documents_by_document ON bill_documents(document_id)")
