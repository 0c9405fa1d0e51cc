"""Make searchable what a crawl's readers store: once for all of them, in the process that waits for them.

The dictionary takes 70 MB and 0.3 s to load; each reader had its own.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from sqlite3 import OperationalError

from data.config import Config
from data.search import forget_dictionary
from data.store.connection import open_store
from data.store.search import index_missing

PAUSE_SECONDS = 0.5


class Searchable:
    """Index meanwhile what is stored; at the end nothing waits, unless the store cannot be written."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._over = threading.Event()
        self._resting = threading.Event()
        self._thread = threading.Thread(target=self._keep_up, daemon=True)

    @contextmanager
    def kept(self) -> Iterator[None]:
        """While it is open, and once more at its end."""
        self._thread.start()
        try:
            yield
        finally:
            self._over.set()
            self._thread.join()

    def rest(self) -> None:
        """Leave it to the end: a reader needs the memory that the dictionary takes."""
        self._resting.set()

    def _keep_up(self) -> None:
        with open_store(self._config) as store:
            ended = False
            while not ended:
                ended = self._over.wait(PAUSE_SECONDS)
                if self._resting.is_set() and not ended:
                    forget_dictionary()
                    ended = self._over.wait()
                try:
                    index_missing(store)
                except OperationalError:
                    # Full or locked: the sources tell it, and the next run goes on.
                    self._over.wait(PAUSE_SECONDS)
