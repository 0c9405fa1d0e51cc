"""The ledger: use cases, the events that moved them, promises and comparisons."""

from __future__ import annotations

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

PUBLIC = Migrations("ledger")


@PUBLIC()
def m0001_use_cases(db: Database) -> None:
    db.execute(
        """
        CREATE TABLE use_cases (
            id TEXT PRIMARY KEY,
            subject TEXT NOT NULL,
            sector TEXT NOT NULL,
            identifier TEXT NOT NULL,
            name_ja TEXT NOT NULL,
            name_en TEXT NOT NULL,
            stage TEXT,
            standing TEXT CHECK (standing IN ('reported', 'official')),
            since TEXT,
            last_event_at TEXT,
            documents INTEGER NOT NULL DEFAULT 0,
            baseline TEXT
        )
        """
    )
    db.execute(
        """
        CREATE TABLE events (
            seq INTEGER PRIMARY KEY AUTOINCREMENT,
            id TEXT NOT NULL UNIQUE,
            use_case_id TEXT NOT NULL REFERENCES use_cases(id),
            kind TEXT NOT NULL,
            stage_before TEXT,
            stage_after TEXT NOT NULL,
            finding_id TEXT NOT NULL REFERENCES findings(id),
            against_finding_id TEXT REFERENCES findings(id),
            at TEXT NOT NULL,
            standing TEXT NOT NULL,
            recorded_at TEXT NOT NULL,
            state TEXT NOT NULL DEFAULT 'live' CHECK (state IN ('live', 'withdrawn'))
        )
        """
    )
    db.execute("CREATE INDEX events_by_use_case ON events(use_case_id, at)")
    db.execute("CREATE INDEX events_by_time ON events(at)")


@PUBLIC()
def m0002_promises(db: Database) -> None:
    db.execute(
        """
        CREATE TABLE promises (
            id TEXT PRIMARY KEY,
            use_case_id TEXT NOT NULL REFERENCES use_cases(id),
            finding_id TEXT REFERENCES findings(id),
            speaker TEXT,
            office TEXT,
            body TEXT,
            at TEXT NOT NULL,
            venue TEXT NOT NULL,
            quotation TEXT NOT NULL,
            sha256 TEXT NOT NULL,
            url TEXT NOT NULL,
            conditional INTEGER NOT NULL,
            verdict TEXT CHECK (verdict IN ('kept', 'superseded', 'broken', 'not comparable')),
            verdict_note TEXT
        )
        """
    )
    db.execute(
        """
        CREATE TABLE comparisons (
            promise_id TEXT NOT NULL REFERENCES promises(id),
            finding_id TEXT NOT NULL REFERENCES findings(id),
            opened_at TEXT NOT NULL,
            days INTEGER NOT NULL,
            PRIMARY KEY (promise_id, finding_id)
        )
        """
    )
