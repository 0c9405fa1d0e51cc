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
