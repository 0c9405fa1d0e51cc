"""A filled fictional library and the pages over it."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterator

import pytest
from public_library import fill
from visiting import Pages, open_pages

from data.config import Config
from data.store.connection import Store

# Datasette turns this on for the whole process when it is imported; other tests raise within callbacks.
sqlite3.enable_callback_tracebacks(False)


@pytest.fixture
def library(store: Store) -> Store:
    fill(store)
    return store


@pytest.fixture
def pages(library: Store, config: Config) -> Iterator[Pages]:
    with asyncio.Runner() as runner:
        opened = open_pages(config, runner)
        yield opened
        for database in opened.datasette.databases.values():
            database.close()
        opened.datasette.executor.shutdown()
