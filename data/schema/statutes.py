"""Statutory scope: revisions of laws, the rows and sentences of their states, and the differences."""

from __future__ import annotations

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

PUBLIC = Migrations("statutes")


@PUBLIC()
def m0001_states(db: Database) -> None:
    """Rows, sentences and whole states are kept once, under the digest of their content."""
    db.execute(
        """
        CREATE TABLE law_states (
            id TEXT PRIMARY KEY,
            rows INTEGER NOT NULL,
            sentences INTEGER NOT NULL
        )
        """
    )
    db.execute(
        """
        CREATE TABLE law_revisions (
            revision_id TEXT PRIMARY KEY,
            law_id TEXT NOT NULL,
            law_num TEXT NOT NULL,
            title TEXT NOT NULL,
            enforced_on TEXT NOT NULL,
            promulgated_on TEXT,
            amending_law_id TEXT,
            amending_law_num TEXT NOT NULL,
            amending_law_title TEXT NOT NULL,
            status TEXT NOT NULL,
            comment TEXT NOT NULL,
            url TEXT NOT NULL,
            state_id TEXT REFERENCES law_states(id),
            first_seen_at TEXT NOT NULL
        )
        """
    )
    db.execute("CREATE INDEX law_revisions_by_law ON law_revisions(law_id, enforced_on)")
    db.execute(
        """
        CREATE TABLE law_rows (
            id TEXT PRIMARY KEY,
            table_name TEXT NOT NULL,
            number TEXT NOT NULL,
            body TEXT NOT NULL,
            task TEXT NOT NULL,
            lines TEXT NOT NULL,
            statutes TEXT NOT NULL,
            deleted INTEGER NOT NULL,
            sector TEXT,
            system TEXT,
            domain TEXT
        )
        """
    )
    db.execute(
        """
        CREATE TABLE law_state_rows (
            state_id TEXT NOT NULL REFERENCES law_states(id),
            position INTEGER NOT NULL,
            row_id TEXT NOT NULL REFERENCES law_rows(id),
            PRIMARY KEY (state_id, position)
        ) WITHOUT ROWID
        """
    )
    db.execute(
        """
        CREATE TABLE law_sentences (
            id TEXT PRIMARY KEY,
            article TEXT NOT NULL,
            paragraph TEXT NOT NULL,
            item TEXT NOT NULL,
            text TEXT NOT NULL
        )
        """
    )
    db.execute(
        """
        CREATE TABLE law_state_sentences (
            state_id TEXT NOT NULL REFERENCES law_states(id),
            position INTEGER NOT NULL,
            sentence_id TEXT NOT NULL REFERENCES law_sentences(id),
            PRIMARY KEY (state_id, position)
        ) WITHOUT ROWID
        """
    )
    db.execute(
        """
        CREATE TABLE law_changes (
            law_id TEXT NOT NULL,
            from_revision TEXT NOT NULL REFERENCES law_revisions(revision_id),
            to_revision TEXT NOT NULL REFERENCES law_revisions(revision_id),
            enforced_on TEXT NOT NULL,
            added INTEGER NOT NULL,
            removed INTEGER NOT NULL,
            amended INTEGER NOT NULL,
            renumbered INTEGER NOT NULL,
            moved INTEGER NOT NULL,
            changed_sentences INTEGER NOT NULL,
            detail TEXT NOT NULL,
            PRIMARY KEY (from_revision, to_revision)
        )
        """
    )
    db.execute("CREATE INDEX law_changes_by_law ON law_changes(law_id, enforced_on)")


@PUBLIC()
def m0002_uses(db: Database) -> None:
    """Permitted uses over time by sector, of the last revision of each day: what the chart reads."""
    db.execute(
        """
        CREATE VIEW law_uses AS
        SELECT v.law_id, v.enforced_on, v.revision_id, r.sector, count(*) AS uses
        FROM law_revisions v
        JOIN law_state_rows s ON s.state_id = v.state_id
        JOIN law_rows r ON r.id = s.row_id
        WHERE r.sector IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM law_revisions later
            WHERE later.law_id = v.law_id AND later.enforced_on = v.enforced_on
            AND coalesce(later.amending_law_id, '') > coalesce(v.amending_law_id, '')
        )
        GROUP BY v.revision_id, r.sector
        """
    )


@PUBLIC()
def m0003_gone(db: Database) -> None:
    """Scheduled revisions that e-Gov lists no more: a cabinet order fixed another day, or they were given up."""
    db.execute(
        """
        CREATE TABLE law_revisions_gone (
            revision_id TEXT PRIMARY KEY,
            law_id TEXT NOT NULL,
            enforced_on TEXT NOT NULL,
            amending_law_id TEXT,
            comment TEXT NOT NULL,
            state_id TEXT REFERENCES law_states(id),
            gone_at TEXT NOT NULL
        )
        """
    )


@PUBLIC()
def m0004_heard(db: Database) -> None:
    """Up to which day each law's changes are known, and when its own list of revisions was last asked for.

    An unconfirmed revision (the bulk download holds it, the API does not) is no state of the chart.
    """
    db.execute(
        """
        CREATE TABLE law_heard (
            law_id TEXT PRIMARY KEY,
            known_to TEXT NOT NULL,
            polled_at TEXT NOT NULL
        )
        """
    )
    db.execute("DROP VIEW law_uses")
    db.execute(
        """
        CREATE VIEW law_uses AS
        SELECT v.law_id, v.enforced_on, v.revision_id, r.sector, count(*) AS uses
        FROM law_revisions v
        JOIN law_state_rows s ON s.state_id = v.state_id
        JOIN law_rows r ON r.id = s.row_id
        WHERE r.sector IS NOT NULL AND v.status <> 'Unconfirmed' AND NOT EXISTS (
            SELECT 1 FROM law_revisions later
            WHERE later.law_id = v.law_id AND later.enforced_on = v.enforced_on
            AND later.status <> 'Unconfirmed'
            AND coalesce(later.amending_law_id, '') > coalesce(v.amending_law_id, '')
        )
        GROUP BY v.revision_id, r.sector
        """
    )
