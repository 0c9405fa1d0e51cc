"""The full-text indexes over documents and findings, and the order in which pages read events."""

from __future__ import annotations

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

PUBLIC = Migrations("search")


@PUBLIC()
def m0001_indexes(db: Database) -> None:
    """Contentless FTS5 tables hold the units of data/search.py; `search_id` leads from a row to its entry.

    Not the table's rowid: VACUUM may renumber those of a table whose key is text. A row that changes
    gets a new entry; the old one stays behind and no row leads to it, because SQLite before 3.43
    cannot delete from a contentless table without the old text.
    """
    for table, columns in (
        ("documents", "title, quotation, excerpt, kanji"),
        ("findings", "evidence, actor, kanji"),
    ):
        db.execute(
            f"CREATE VIRTUAL TABLE {table}_search USING fts5("
            f"{columns}, content='', tokenize=\"unicode61 remove_diacritics 0\")"
        )
        db.execute(f"ALTER TABLE {table} ADD COLUMN search_id INTEGER")
        db.execute(f"CREATE UNIQUE INDEX {table}_by_search_id ON {table}(search_id)")


@PUBLIC()
def m0002_reading_order(db: Database) -> None:
    """Most events are repeats, which no list of news shows: the newest others without a scan."""
    db.execute("CREATE INDEX events_told ON events(at) WHERE state = 'live' AND kind != 'repeat'")


@PUBLIC()
def m0003_findings_by_time(db: Database) -> None:
    """The table page of findings shows the newest first."""
    db.execute("CREATE INDEX findings_by_time ON findings(at)")


@PUBLIC()
def m0004_evidence(db: Database) -> None:
    """What readers facet: each kept finding with its event, source and year, looked up only where asked.

    Scalar questions instead of joins: a count by sector reads the findings alone.
    """
    db.execute(
        """
        CREATE VIEW evidence AS
        SELECT f.at, f.id AS finding_id, f.sector, f.system, f.identifier, f.stage,
            (SELECT e.kind FROM events e WHERE e.finding_id = f.id AND e.state = 'live' LIMIT 1) AS event,
            f.evidence, f.actor,
            (SELECT s.publisher_ja FROM documents d JOIN sources s ON s.id = d.source_id
             WHERE d.id = f.document_id) AS publisher,
            (SELECT s.source_group FROM documents d JOIN sources s ON s.id = d.source_id
             WHERE d.id = f.document_id) AS source_group,
            f.source_class, strftime('%Y', f.at, '+9 hours') AS year,
            (SELECT d.title FROM documents d WHERE d.id = f.document_id) AS title,
            (SELECT d.url FROM documents d WHERE d.id = f.document_id) AS url,
            f.score, f.unlawful, f.use_case_id, f.document_id, f.search_id
        FROM findings f WHERE f.state = 'kept'
        """
    )


@PUBLIC()
def m0005_runs_by_time(db: Database) -> None:
    """The chart of coverage reads the runs of the last days, not those of twenty years."""
    db.execute("CREATE INDEX source_runs_by_time ON source_runs(started_at, source_id, outcome)")


@PUBLIC()
def m0006_facets(db: Database) -> None:
    """Count fifty thousand findings by any facet from narrow indexes, not from a million wide rows."""
    db.execute(
        "CREATE INDEX findings_facets ON findings(sector, identifier, stage, system, source_class, "
        "at, id, document_id) WHERE state = 'kept'"
    )
    db.execute("CREATE INDEX documents_source_of ON documents(id, source_id)")
    db.execute("CREATE INDEX events_kind_of ON events(finding_id, state, kind)")
    db.execute(
        "CREATE INDEX events_reversals ON events(at) WHERE state = 'live' AND kind = 'reversal'"
    )
    db.execute("CREATE INDEX findings_by_review ON findings(review_id) WHERE review_id IS NOT NULL")


@PUBLIC()
def m0007_years(db: Database) -> None:
    """Findings by year, as the view `evidence` computes it, without computing fifty thousand dates."""
    db.execute(
        "CREATE INDEX findings_by_year ON findings(strftime('%Y', at, '+9 hours')) "
        "WHERE state = 'kept'"
    )
