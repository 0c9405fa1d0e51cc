"""Findings: what the classifier read in each document, with its evidence, score and reasons."""

from __future__ import annotations

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

PUBLIC = Migrations("findings")


@PUBLIC()
def m0001_findings(db: Database) -> None:
    db.execute(
        """
        CREATE TABLE findings (
            id TEXT PRIMARY KEY,
            document_id TEXT NOT NULL REFERENCES documents(id),
            version INTEGER NOT NULL,
            sector TEXT NOT NULL,
            domain TEXT,
            system TEXT,
            identifier TEXT NOT NULL,
            stage TEXT NOT NULL,
            unlawful INTEGER NOT NULL,
            actor TEXT,
            evidence TEXT NOT NULL,
            evidence_sha256 TEXT NOT NULL,
            start INTEGER NOT NULL,
            "end" INTEGER NOT NULL,
            score REAL NOT NULL,
            conflated_headline INTEGER NOT NULL,
            why TEXT NOT NULL,
            model TEXT NOT NULL,
            state TEXT NOT NULL CHECK (state IN ('kept', 'also_seen', 'quarantined', 'withdrawn')),
            reason TEXT,
            use_case_id TEXT NOT NULL,
            at TEXT NOT NULL,
            source_class TEXT NOT NULL,
            read_at TEXT NOT NULL,
            machine TEXT NOT NULL,
            edition INTEGER NOT NULL DEFAULT 0,
            review_id INTEGER
        )
        """
    )
    db.execute("CREATE INDEX findings_by_use_case ON findings(use_case_id, at)")
    db.execute("CREATE INDEX findings_by_document ON findings(document_id)")
    db.execute("CREATE INDEX findings_by_rung ON findings(use_case_id, stage, at, id)")
    db.execute("CREATE INDEX findings_by_sector ON findings(sector, identifier, stage, at, id)")
    db.execute("CREATE INDEX findings_by_evidence ON findings(evidence_sha256)")
    # Use cases whose findings have changed since the ledger last looked at them, and the oldest date
    # of a finding that came, went or changed: what happened before it need not be replayed.
    db.execute("CREATE TABLE ledger_queue (use_case_id TEXT PRIMARY KEY, since TEXT NOT NULL)")


@PUBLIC()
def m0002_speaker(db: Database) -> None:
    # In the Diet's minutes: whose words the evidence is, and whether they bind anybody (data/minutes.py).
    db.execute("ALTER TABLE findings ADD COLUMN speaker TEXT")
    db.execute("ALTER TABLE findings ADD COLUMN authority INTEGER")
    # The rules for halts changed with it: every use case is replayed once.
    db.execute(
        "INSERT INTO ledger_queue SELECT DISTINCT use_case_id, '' FROM findings WHERE true "
        "ON CONFLICT DO UPDATE SET since = ''"
    )
