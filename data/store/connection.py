"""Open the two databases, bring them up to date, and give writers their transactions."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from types import TracebackType

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

from data.config import Config
from data.errors import DatabaseTooNew, InputError, LockedError
from data.machine import HELD
from data.schema.catalogue import PRIVATE, PUBLIC

BUSY_SECONDS = 30.0
"""How long a writer waits for another one; a day's longest transaction is well under a second."""
SIGN_SECONDS = 2.0
"""How often a writer that is watched shows that it waits, and does not hang."""


def _silently() -> None:
    """Whoever is not watched waits without a word."""


@dataclass(frozen=True, slots=True)
class Store:
    """The open databases. `public` is watch.db, `private` is private.db."""

    public: Database
    private: Database
    waits: Callable[[], None] = _silently
    """Called again and again while a writer waits for another one."""

    @contextmanager
    def writing_public(self) -> Iterator[Database]:
        """One transaction on watch.db; commits at the end, rolls back on any error."""
        with immediate(self.public, self.waits):
            yield self.public

    @contextmanager
    def writing_private(self) -> Iterator[Database]:
        """One transaction on private.db; commits at the end, rolls back on any error."""
        with immediate(self.private, self.waits):
            yield self.private

    def close(self) -> None:
        self.public.close()
        self.private.close()

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def open_store(config: Config, *, waits: Callable[[], None] = _silently) -> Store:
    """Open both databases for writing, creating and migrating them as needed.

    Raises `DatabaseTooNew` when a database carries migrations of a newer scopewatch, `LockedError` when
    another program holds one for long, and `InputError` when a file is not an SQLite database or cannot
    be written. `waits` is called every two seconds while a writer waits for another one.
    """
    try:
        config.directory.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"{config.directory}: cannot be created: {error.strerror}") from error
    public = open_database(config.watch_db, PUBLIC, waits)
    try:
        return Store(public, open_database(config.private_db, PRIVATE, waits), waits)
    except BaseException:
        public.close()
        raise


def open_database(
    path: Path, migrations: tuple[Migrations, ...], waits: Callable[[], None] = _silently
) -> Database:
    """One database in WAL mode with foreign keys on, migrated to this version."""
    connection: sqlite3.Connection | None = None
    try:
        connection = sqlite3.connect(
            path,
            timeout=BUSY_SECONDS if waits is _silently else SIGN_SECONDS,
            isolation_level=None,
        )
        database = Database(connection)
        refuse_newer(database, migrations, path)
        connection.execute("PRAGMA journal_mode = WAL")
        # FULL: a document must not be forgotten by a power cut after its feed's ETag was kept.
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        with immediate(database, waits):
            for group in migrations:
                group.apply(database)
    except sqlite3.DatabaseError as error:
        if connection is not None:
            connection.close()
        if _is_locked(error):
            raise LockedError(f"{path}: {HELD}") from error
        raise InputError(f"{path}: cannot be used as a database: {error}") from error
    except BaseException:
        if connection is not None:
            connection.close()
        raise
    return database


def open_reader(path: Path) -> Database:
    """A read-only connection that may live beside writers; raises `InputError` where there is no database."""
    if not path.is_file():
        raise InputError(f"{path}: there is no database yet; `scopewatch run` makes it")
    try:
        connection = sqlite3.connect(
            f"{path.absolute().as_uri()}?mode=ro",
            uri=True,
            timeout=BUSY_SECONDS,
            isolation_level=None,
        )
        connection.execute("SELECT count(*) FROM sqlite_master")
    except sqlite3.DatabaseError as error:
        raise InputError(f"{path}: cannot be read as a database: {error}") from error
    return Database(connection)


def bring_up_to_date(path: Path) -> None:
    """Migrate a watch.db that an older scopewatch wrote, before somebody only reads it.

    Nothing is written to one that is of this version. Raises `InputError` where there is none or an
    old one cannot be written, `DatabaseTooNew` for one of a newer version.
    """
    database = open_reader(path)
    try:
        refuse_newer(database, PUBLIC, path)
        old = any(group.pending(database) for group in PUBLIC)
    finally:
        database.close()
    if not old:
        return
    try:
        open_database(path, PUBLIC).close()
    except InputError as error:
        raise InputError(
            f"{path}: was written by an older scopewatch and cannot be brought up to date here; "
            f"run `scopewatch doctor` where it is written ({error})"
        ) from error


def refuse_newer(database: Database, migrations: tuple[Migrations, ...], path: Path) -> None:
    """Raise `DatabaseTooNew` when the file names a migration that this version does not have."""
    if "_sqlite_migrations" not in database.table_names():
        return
    known = {
        (group.name, step.name)
        for group in migrations
        for step in group._migrations  # sqlite-utils has no public list of them
    }
    for row in database.query("SELECT migration_set, name FROM _sqlite_migrations ORDER BY id"):
        if (row["migration_set"], row["name"]) not in known:
            raise DatabaseTooNew(
                f"{path}: was written by a newer scopewatch (it has {row['migration_set']}/{row['name']}); "
                "update scopewatch, or restore a backup made by this version"
            )


@contextmanager
def immediate(database: Database, waits: Callable[[], None] = _silently) -> Iterator[None]:
    """A transaction that takes the write lock at its start, so that waiting works (traps.md 2.3)."""
    deadline = monotonic() + BUSY_SECONDS
    while True:
        try:
            database.conn.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            if not _is_locked(error) or waits is _silently or monotonic() > deadline:
                raise
            waits()
        else:
            break
    try:
        yield
    except BaseException:
        if database.conn.in_transaction:
            database.conn.execute("ROLLBACK")
        raise
    database.conn.execute("COMMIT")


def _is_locked(error: sqlite3.DatabaseError) -> bool:
    return error.sqlite_errorcode in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
