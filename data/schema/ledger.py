"""The ledger: use cases, the events that moved them, promises, comparisons and deadlines."""

from __future__ import annotations

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

PUBLIC = Migrations("ledger")
PRIVATE = Migrations("ledger_private")


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
    db.execute("CREATE INDEX events_by_finding ON events(finding_id)")
    # Where a use case stood at the end of a day in Tokyo, so that a replay can begin after it.
    db.execute(
        """
        CREATE TABLE checkpoints (
            use_case_id TEXT NOT NULL,
            day TEXT NOT NULL,
            evidence INTEGER NOT NULL,
            position TEXT NOT NULL,
            PRIMARY KEY (use_case_id, day)
        )
        """
    )


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
            sector TEXT NOT NULL,
            identifier TEXT NOT NULL,
            sector_wide INTEGER NOT NULL,
            conditional INTEGER NOT NULL,
            verdict TEXT CHECK (verdict IN ('kept', 'superseded', 'broken', 'not comparable')),
            verdict_note TEXT
        )
        """
    )
    db.execute("CREATE INDEX promises_by_use_case ON promises(use_case_id, at)")
    db.execute("CREATE INDEX promises_by_finding ON promises(finding_id)")
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
    db.execute("CREATE INDEX comparisons_by_finding ON comparisons(finding_id)")


@PUBLIC()
def m0003_deadlines(db: Database) -> None:
    """Dates that lie ahead: the parts that read comments, bills and plans write them here."""
    db.execute(
        """
        CREATE TABLE deadlines (
            id TEXT PRIMARY KEY,
            kind TEXT NOT NULL CHECK (kind IN ('comment', 'bill', 'plan')),
            title_ja TEXT NOT NULL,
            title_en TEXT NOT NULL DEFAULT '',
            due TEXT NOT NULL,
            url TEXT NOT NULL,
            use_case_id TEXT,
            document_id TEXT REFERENCES documents(id),
            state TEXT NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'closed')),
            updated_at TEXT NOT NULL
        )
        """
    )
    db.execute("CREATE INDEX deadlines_by_day ON deadlines(due) WHERE state = 'open'")


@PUBLIC()
def m0004_deadline_time(db: Database) -> None:
    """`due` is a day in Tokyo and `time` its hour there: midnight in Tokyo is another day in UTC."""
    db.execute("ALTER TABLE deadlines ADD COLUMN time TEXT")
    db.execute(
        "UPDATE deadlines SET time = strftime('%H:%M', due, '+9 hours'), due = date(due, '+9 hours') "
        "WHERE length(due) > 10"
    )


@PUBLIC()
def m0005_flat(db: Database) -> None:
    """What an update asks for costs the same in the twentieth year (bench/ledger.py)."""
    db.execute(
        "CREATE INDEX promises_of_sectors ON promises(identifier, sector) WHERE sector_wide = 1"
    )
    db.execute(
        "CREATE INDEX events_that_are_news ON events(use_case_id, at) "
        "WHERE state = 'live' AND kind != 'repeat'"
    )
    db.execute("CREATE INDEX deadlines_by_use_case ON deadlines(use_case_id, kind)")


@PRIVATE()
def m0001_verdicts(db: Database) -> None:
    """Each verdict on a promise with its author; the public row shows the newest that still fits."""
    db.execute(
        """
        CREATE TABLE verdicts (
            id INTEGER PRIMARY KEY,
            promise_id TEXT NOT NULL,
            quotation_sha256 TEXT NOT NULL,
            verdict TEXT,
            note TEXT NOT NULL,
            author TEXT NOT NULL,
            at TEXT NOT NULL
        )
        """
    )
    db.execute("CREATE INDEX verdicts_by_promise ON verdicts(promise_id, id)")
