"""Whole copies of a database that others may be writing, and SQLite's own check of a file."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from data.errors import InputError, ScopewatchError
from data.store.connection import BUSY_SECONDS


def copy_whole(source: Path, target: Path) -> None:
    """Copy a database with all that is committed, also what lies in its write-ahead log; flushed to disk.

    Raises `InputError` when `source` is missing or no database, `ScopewatchError` when the disk is full.
    """
    if not source.is_file():
        raise InputError(f"{source}: there is no database yet; `scopewatch run` makes it")
    try:
        with closing(_reader(source)) as connection:
            connection.execute("VACUUM INTO ?", [str(target)])
    except sqlite3.DatabaseError as error:
        raise ScopewatchError(f"{source}: cannot be copied: {error}") from error
    handle = os.open(target, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def integrity(path: Path) -> str | None:
    """What is wrong with a database file, in one line; None when SQLite finds nothing."""
    if not path.is_file():
        return "there is no such file"
    if path.stat().st_size == 0:
        return "the file is empty"
    try:
        with closing(_reader(path)) as connection:
            found = [row[0] for row in connection.execute("PRAGMA integrity_check(3)")]
            tables = connection.execute(
                "SELECT count(*) FROM sqlite_master WHERE name = '_sqlite_migrations'"
            ).fetchone()[0]
    except sqlite3.DatabaseError as error:
        return str(error)
    if found != ["ok"]:
        return "; ".join(found)[:500]
    return None if tables else "it is not a database of scopewatch"


def _reader(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(
        f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=BUSY_SECONDS, isolation_level=None
    )
