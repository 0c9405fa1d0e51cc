"""Rules: what can propose or decide a finding, how often each fired, and which spoke for which finding."""

from __future__ import annotations

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

PUBLIC = Migrations("rules")


@PUBLIC()
def m0001_rules(db: Database) -> None:
    # `readings` counts the readings of documents in which the rule fired; a text that is read again counts again.
    db.execute(
        """
        CREATE TABLE rules (
            id TEXT PRIMARY KEY,
            kind TEXT NOT NULL,
            ja TEXT NOT NULL,
            en TEXT NOT NULL,
            version TEXT NOT NULL,
            first_seen TEXT NOT NULL,
            retired_at TEXT,
            readings INTEGER NOT NULL DEFAULT 0,
            first_fired TEXT,
            last_fired TEXT
        )
        """
    )
    db.execute(
        """
        CREATE TABLE finding_rules (
            finding_id TEXT NOT NULL REFERENCES findings(id),
            rule_id TEXT NOT NULL,
            PRIMARY KEY (finding_id, rule_id)
        ) WITHOUT ROWID
        """
    )
