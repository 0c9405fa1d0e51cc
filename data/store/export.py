"""The public tables as records, read at one moment, for exports that leave this machine."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from data.store.connection import open_reader

TABLES: dict[str, str] = {
    "sources": "id",
    "source_health": "source_id",
    "documents": "id",
    "document_versions": "document_id, version",
    "findings": "id",
    "use_cases": "id",
    "events": "seq",
    "promises": "id",
    "comparisons": "promise_id, finding_id",
    "deadlines": "id",
    "stories": "id",
    "reviews": "id",
    "comments": "id",
    "merged_use_cases": "use_case_id",
    "bills": "key",
    "bill_documents": "bill_key, document_id",
    "law_revisions": "revision_id",
    "law_changes": "from_revision, to_revision",
    "law_state_rows": "state_id, position",
    "law_rows": "id",
}
"""What an export holds, and the order of each table's rows, so that equal contents give equal bytes."""

INTERNAL = frozenset({"search_id", "simhash", "read_version", "read_model", "read_error"})
"""Columns that serve this database only."""


@contextmanager
def one_moment(path: Path) -> Iterator[Database]:
    """A read-only connection on which everything is read as of one moment, whatever is written meanwhile."""
    database = open_reader(path)
    try:
        database.conn.execute("BEGIN")
        yield database
    finally:
        database.close()


def records(database: Database, table: str) -> Iterator[dict[str, Any]]:
    """The rows of one of `TABLES` in its order."""
    for row in database.query(f'SELECT * FROM "{table}" ORDER BY {TABLES[table]}'):  # noqa: S608  # our own names
        yield {key: value for key, value in row.items() if key not in INTERNAL}
