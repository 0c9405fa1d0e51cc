"""A filled fictional library, made once and copied for each test, and the pages over it."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from browsing import desk_at
from public_library import fill
from visiting import Pages, open_pages

from data.browse.desk import Desk
from data.config import Config, StoreSection
from data.store.connection import Store, open_store

# Datasette turns this on for the whole process when it is imported; other tests raise within callbacks.
sqlite3.enable_callback_tracebacks(False)


@pytest.fixture(scope="session")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The directory of a filled and closed store."""
    made = Config(base=tmp_path_factory.mktemp("shelf"), store=StoreSection(directory=Path("var")))
    with open_store(made) as store:
        fill(store)
    return made.directory


@pytest.fixture
def library(shelf: Path, config: Config) -> Iterator[Store]:
    shutil.copytree(shelf, config.directory)
    with open_store(config) as store:
        yield store


@pytest.fixture
def pages(library: Store, config: Config) -> Iterator[Pages]:
    yield from opened_pages(config, None)


@pytest.fixture
def desk(library: Store, config: Config) -> Desk:
    return desk_at(config.directory)


@pytest.fixture
def reviewed_pages(desk: Desk, config: Config) -> Iterator[Pages]:
    """The pages as `scopewatch browse --review` serves them."""
    yield from opened_pages(config, desk)


def opened_pages(config: Config, desk: Desk | None) -> Iterator[Pages]:
    with asyncio.Runner() as runner:
        opened = open_pages(config, runner, desk)
        yield opened
        for database in opened.datasette.databases.values():
            database.close()
        opened.datasette.executor.shutdown()
