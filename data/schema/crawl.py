"""Sources, their health, runs, and documents (public); full texts and HTTP validators (private)."""

from __future__ import annotations

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

PUBLIC = Migrations("crawl")
PRIVATE = Migrations("crawl_private")


@PUBLIC()
def m0001_sources(db: Database) -> None:
    db.execute(
        """
        CREATE TABLE sources (
            id TEXT PRIMARY KEY,
            publisher_ja TEXT NOT NULL,
            publisher_en TEXT NOT NULL,
            name_ja TEXT NOT NULL,
            name_en TEXT NOT NULL,
            source_group TEXT NOT NULL,
            source_class TEXT NOT NULL,
            kind TEXT NOT NULL,
            url TEXT NOT NULL,
            enabled INTEGER NOT NULL,
            disabled_reason TEXT,
            cadence_minutes INTEGER NOT NULL,
            silence_days REAL,
            terms TEXT NOT NULL
        )
        """
    )
    db.execute(
        """
        CREATE TABLE runs (
            id INTEGER PRIMARY KEY,
            verb TEXT NOT NULL,
            started_at TEXT NOT NULL,
            finished_at TEXT,
            exit_status INTEGER,
            pid INTEGER NOT NULL,
            host TEXT NOT NULL,
            summary TEXT NOT NULL DEFAULT '{}'
        )
        """
    )
    db.execute(
        """
        CREATE TABLE source_runs (
            id INTEGER PRIMARY KEY,
            source_id TEXT NOT NULL REFERENCES sources(id),
            run_id INTEGER REFERENCES runs(id),
            started_at TEXT NOT NULL,
            finished_at TEXT NOT NULL,
            outcome TEXT NOT NULL,
            requests INTEGER NOT NULL,
            bytes INTEGER NOT NULL,
            items_seen INTEGER NOT NULL,
            items_new INTEGER NOT NULL,
            items_changed INTEGER NOT NULL,
            dropped TEXT NOT NULL,
            dated_share REAL,
            detail TEXT NOT NULL,
            extra TEXT NOT NULL
        )
        """
    )
    db.execute("CREATE INDEX source_runs_by_source ON source_runs(source_id, started_at)")
    db.execute(
        """
        CREATE TABLE source_health (
            source_id TEXT PRIMARY KEY REFERENCES sources(id),
            state TEXT NOT NULL,
            since TEXT NOT NULL,
            last_attempt_at TEXT NOT NULL,
            last_success_at TEXT,
            last_new_item_at TEXT,
            consecutive_failures INTEGER NOT NULL,
            usual_items REAL,
            detail TEXT NOT NULL
        )
        """
    )
    db.execute(
        """
        CREATE TABLE issues (
            id INTEGER PRIMARY KEY,
            at TEXT NOT NULL,
            source_id TEXT REFERENCES sources(id),
            url TEXT,
            kind TEXT NOT NULL,
            detail TEXT NOT NULL
        )
        """
    )
    db.execute("CREATE INDEX issues_by_time ON issues(at)")


@PUBLIC()
def m0002_documents(db: Database) -> None:
    db.execute(
        """
        CREATE TABLE documents (
            id TEXT PRIMARY KEY,
            source_id TEXT NOT NULL REFERENCES sources(id),
            url TEXT NOT NULL,
            title TEXT NOT NULL,
            excerpt TEXT NOT NULL CHECK (length(excerpt) <= 200),
            outlet TEXT,
            published_at TEXT,
            published_precision TEXT CHECK (published_precision IN ('day', 'time')),
            published_raw TEXT,
            fetched_at TEXT NOT NULL,
            last_seen_at TEXT NOT NULL,
            encoding TEXT NOT NULL,
            kind TEXT NOT NULL,
            status TEXT NOT NULL,
            body_sha256 TEXT NOT NULL,
            text_sha256 TEXT NOT NULL,
            simhash TEXT NOT NULL CHECK (length(simhash) = 16),
            version INTEGER NOT NULL,
            story_id TEXT NOT NULL,
            warc_file TEXT,
            warc_record_id TEXT,
            read_version INTEGER,
            read_model TEXT,
            gated INTEGER,
            truncated INTEGER,
            read_error TEXT
        )
        """
    )
    db.execute("CREATE INDEX documents_by_source ON documents(source_id, fetched_at)")
    db.execute("CREATE INDEX documents_by_published ON documents(published_at)")
    db.execute("CREATE INDEX documents_by_story ON documents(story_id)")
    db.execute("CREATE INDEX documents_by_url ON documents(url)")
    db.execute("CREATE INDEX documents_unread ON documents(read_model, read_version, version)")
    db.execute(
        """
        CREATE TABLE document_versions (
            document_id TEXT NOT NULL REFERENCES documents(id),
            version INTEGER NOT NULL,
            title TEXT NOT NULL,
            fetched_at TEXT NOT NULL,
            body_sha256 TEXT NOT NULL,
            text_sha256 TEXT NOT NULL,
            warc_file TEXT,
            warc_record_id TEXT,
            PRIMARY KEY (document_id, version)
        )
        """
    )
    db.execute(
        """
        CREATE TABLE sightings (
            document_id TEXT NOT NULL REFERENCES documents(id),
            source_id TEXT NOT NULL REFERENCES sources(id),
            first_seen_at TEXT NOT NULL,
            PRIMARY KEY (document_id, source_id)
        )
        """
    )


@PRIVATE()
def m0001_texts(db: Database) -> None:
    db.execute(
        """
        CREATE TABLE texts (
            document_id TEXT NOT NULL,
            version INTEGER NOT NULL,
            text TEXT NOT NULL,
            PRIMARY KEY (document_id, version)
        )
        """
    )
    db.execute(
        """
        CREATE TABLE validators (
            url TEXT PRIMARY KEY,
            etag TEXT,
            last_modified TEXT,
            body_sha256 TEXT NOT NULL,
            checked_at TEXT NOT NULL
        )
        """
    )
