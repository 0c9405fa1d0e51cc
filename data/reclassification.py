"""Read documents again with the present classifier, and show beforehand what that would change.

`data` knows no classifier: a child `scopewatch read` does the reading, on a copy of the databases.
"""

from __future__ import annotations

import os
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from data import own_command
from data.config import Config, StoreSection
from data.errors import ScopewatchError
from data.store.connection import Store, open_store
from data.store.findings import mark_unread
from data.store.history import live_events
from data.store.ledger import update_ledger


class RereadFailed(ScopewatchError):
    """The classifier could not read the copy; nothing was changed."""


@dataclass(frozen=True, slots=True)
class Preview:
    """What reading again would do: documents to read, and events that appear, vanish or change."""

    documents: int
    appear: tuple[dict[str, Any], ...]
    vanish: tuple[dict[str, Any], ...]
    change: tuple[dict[str, Any], ...]


def preview(
    config: Config, since: datetime | None, words: tuple[str, ...] = ("-m", "scopewatch", "read")
) -> Preview:
    """Read the documents since a moment again in a temporary copy and compare the live events.

    Raises `RereadFailed` when the reading child fails. The databases themselves are not written.
    """
    with _copy(config) as there:
        with open_store(there) as store:
            update_ledger(store)
            before = _events(store)
            documents = mark_unread(store, since)
        child = own_command.call(
            [*words, "--json"],
            environment={**os.environ, "SCOPEWATCH_CONFIG": str(there.base / "scopewatch.toml")},
        )
        if child.returncode not in (0, 1):
            raise RereadFailed(f"`scopewatch read` ended with status {child.returncode}")
        with open_store(there) as store:
            update_ledger(store)
            after = _events(store)
    return Preview(
        documents=documents,
        appear=tuple(after[key] for key in after if key not in before),
        vanish=tuple(before[key] for key in before if key not in after),
        change=tuple(after[key] for key in after if key in before and after[key] != before[key]),
    )


def _events(store: Store) -> dict[str, dict[str, Any]]:
    return {row["id"]: row for row in live_events(store)}


@contextmanager
def _copy(config: Config) -> Iterator[Config]:
    """The two databases copied into a directory of their own that only this user can enter."""
    with tempfile.TemporaryDirectory(prefix="reclassify-", dir=config.directory) as folder:
        there = Config(base=Path(folder), store=StoreSection(directory=Path("var")))
        there.directory.mkdir()
        (there.base / "scopewatch.toml").write_text(
            '[store]\ndirectory = "var"\n', encoding="utf-8"
        )
        for source, target in (
            (config.watch_db, there.watch_db),
            (config.private_db, there.private_db),
        ):
            with closing(sqlite3.connect(source)) as one, closing(sqlite3.connect(target)) as other:
                one.backup(other)
        yield there
