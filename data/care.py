"""Backups that can be restored: a whole copy of both databases, checked before it counts, rotated.

A copy of the main file alone would lack what still lies in the write-ahead log (traps.md 2.3), so
the copy is made by VACUUM INTO. watch.db is copied before private.db: a text without its document
does no harm, and a cursor ahead of the ledger is set back by `restore`.
"""

from __future__ import annotations

import os
import re
import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from data.clock import now, tokyo
from data.config import Config
from data.errors import InputError, ScopewatchError
from data.lock import run_lock
from data.store.connection import Store, open_store
from data.store.copies import copy_whole, integrity
from data.store.events import last_seq
from data.store.outbox_care import clamp_cursors
from data.store.told_before import carry_over

NAMES = ("watch.db", "private.db")
_BACKUP = re.compile(r"\d{4}-\d{2}-\d{2}T\d{6}")


@dataclass(frozen=True, slots=True)
class Backup:
    """Where a backup lies, how large it is, and which older ones made room for it."""

    path: Path
    bytes: int
    removed: tuple[str, ...]


def make_backup(config: Config, kept: int, at: datetime | None = None) -> Backup:
    """Write backups/<time>/ with both databases; it appears under its name only when it is good.

    Raises `ScopewatchError` when a copy is not sound or the disk is full; then nothing is removed.
    """
    folder = config.directory / "backups"
    name = f"{tokyo(at or now()):%Y-%m-%dT%H%M%S}"
    half = folder / f".{name}.half"
    shutil.rmtree(half, ignore_errors=True)
    try:
        half.mkdir(parents=True)
        for database in NAMES:
            copy_whole(config.directory / database, half / database)
            _sound(half / database)
        half.rename(folder / name)
        _flush(folder)
    except OSError as error:
        raise ScopewatchError(
            f"{folder}: the backup cannot be written: {error.strerror}"
        ) from error
    finally:
        shutil.rmtree(half, ignore_errors=True)
    done = folder / name
    size = sum(path.stat().st_size for path in done.iterdir())
    return Backup(done, size, tuple(_rotate(folder, kept)))


def _sound(path: Path) -> None:
    problem = integrity(path)
    if problem:
        raise ScopewatchError(f"{path}: the copy is not sound: {problem}")


def _flush(folder: Path) -> None:
    """Have the rename reach the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def backups(config: Config) -> list[Path]:
    """The finished backups, oldest first."""
    folder = config.directory / "backups"
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if _BACKUP.fullmatch(path.name))


def _rotate(folder: Path, kept: int) -> list[str]:
    found = sorted(path for path in folder.iterdir() if _BACKUP.fullmatch(path.name))
    for path in found[:-kept]:
        shutil.rmtree(path)
    return [path.name for path in found[:-kept]]


def restore(config: Config, source: Path) -> Path | None:
    """Put the databases of a backup in the place of the present ones, which are kept aside.

    What readers were told and wished since the backup is kept: a digest that went out stays sent, who has
    unsubscribed stays so. Gives the directory of those aside, or None when there were none. Raises `InputError` and touches
    nothing when the backup is not whole and sound, `LockedError` while a run is under way, and
    `DatabaseTooNew` (with the old databases back) when a newer scopewatch wrote it.
    """
    for name in NAMES:
        problem = integrity(source / name)
        if problem:
            raise InputError(f"{source / name}: is not restored: {problem}")
    config.directory.mkdir(parents=True, exist_ok=True)
    with run_lock(config.directory, "restore"), run_lock(config.directory, "restore", name="send"):
        incoming = config.directory / ".restore"
        shutil.rmtree(incoming, ignore_errors=True)
        incoming.mkdir()
        for name in NAMES:
            shutil.copyfile(source / name, incoming / name)
        aside = _put_aside(config)
        for name in NAMES:
            (incoming / name).rename(config.directory / name)
        try:
            with open_store(config) as store:
                if aside:
                    _carry_over(store, aside, incoming)
                _set_cursors_back(store)
        except ScopewatchError:
            _bring_back(config, aside)
            raise
        finally:
            shutil.rmtree(incoming, ignore_errors=True)
    return aside


def _carry_over(store: Store, aside: Path, scratch: Path) -> None:
    """What readers were told and wished since the backup, from a copy: what lies aside stays as it is."""
    for path in aside.glob("private.db*"):
        shutil.copyfile(path, scratch / path.name)
    if (scratch / "private.db").exists() and integrity(scratch / "private.db") is None:
        carry_over(store, scratch / "private.db")


def _put_aside(config: Config) -> Path | None:
    """Move the databases away, with their -wal and -shm: beside a restored file these would destroy it."""
    present = [
        path
        for name in NAMES
        for path in (config.directory / f"{name}{suffix}" for suffix in ("", "-wal", "-shm"))
        if path.exists()
    ]
    if not present:
        return None
    aside = config.directory / f"before-restore-{tokyo(now()):%Y-%m-%dT%H%M%S}"
    number = 1
    while aside.exists():
        number += 1
        aside = aside.with_name(f"{aside.name.partition('_')[0]}_{number}")
    aside.mkdir()
    for path in present:
        path.rename(aside / path.name)
    return aside


def _bring_back(config: Config, aside: Path | None) -> None:
    for name in NAMES:
        for suffix in ("", "-wal", "-shm"):
            (config.directory / f"{name}{suffix}").unlink(missing_ok=True)
    if aside is not None:
        for path in aside.iterdir():
            path.rename(config.directory / path.name)
        aside.rmdir()


def _set_cursors_back(store: Store) -> None:
    clamp_cursors(store, last_seq(store))


def database_problems(config: Config) -> dict[str, str]:
    """What SQLite's own check says about each database; empty when all is well."""
    found = {}
    for name in NAMES:
        path = config.directory / name
        if path.exists():
            problem = integrity(path)
            if problem:
                found[name] = problem
        else:
            found[name] = "there is no database yet; `scopewatch run` makes it"
    return found
