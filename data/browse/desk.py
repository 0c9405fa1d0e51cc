"""The reviewers' desk: who is signed in, and the one place from which the pages write, through the store.

The pages themselves read watch.db only; nothing here is reachable without a reviewer's cookie except
the check of a password. Each question opens private.db for itself and closes it again.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from typing import Any, TypeVar

from sqlite_utils import Database

from data.browse.rates import Rate
from data.config import Config
from data.store.connection import Store, open_reader, open_store
from data.store.reviewers import is_reviewer, signed_in

Answer = TypeVar("Answer")


class Busy(Exception):
    """Another writer held the database for too long; nothing was recorded."""


class Desk:
    """Reviewing over the databases of one configuration."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._turn = threading.Lock()
        open_store(config).close()
        self.attempts = Rate(10, 300)
        """Sign-ins per address: ten in five minutes."""
        self.attempts_of_all = Rate(60, 300)
        """Sign-ins of everybody: an attack from many addresses is slow too, and costs no more than this."""
        self.writes = Rate(60, 60)
        """Verdicts per reviewer: one a second is quicker than anybody reads."""

    @property
    def origin(self) -> str | None:
        """The operator's public address, where there is one."""
        public = self._config.browse.public_url
        return public.rstrip("/") if public else None

    @property
    def sign_in_path(self) -> str | None:
        """Where a plugin's way of signing in begins, where there is one."""
        return self._config.browse.sign_in_path

    @property
    def open_paths(self) -> tuple[str, ...]:
        """Addresses of the operator's plugins that may be reached."""
        own = self._config.browse.sign_in_path
        return (*self._config.browse.open_paths, *([own] if own else []))

    def reviewer(self, actor: dict[str, Any] | None) -> str | None:
        """The name of the actor when it may review at this moment, else None."""
        if not actor:
            return None
        return str(actor["id"]) if self._read(lambda db: is_reviewer(db, actor)) else None

    def sign_in(self, name: str, password: str) -> dict[str, str] | None:
        """The actor to put into the cookie, or None when name and password do not belong together."""
        return self._read(lambda db: signed_in(db, name, password))

    def acts(self, subject: str) -> list[dict[str, Any]]:
        """Who did what to `finding:ID`, `merge:USE_CASE`, newest first; for reviewers' eyes only."""
        return self._read(
            lambda db: list(
                db.query(
                    "SELECT author, act, at FROM review_authors WHERE subject = ? "
                    "ORDER BY rowid DESC LIMIT 50",
                    [subject],
                )
            )
        )

    def verdicts(self, promise_id: str) -> list[dict[str, Any]]:
        """Who gave which verdict on a promise, newest first; for reviewers' eyes only."""
        return self._read(
            lambda db: list(
                db.query(
                    "SELECT author, verdict, note, at FROM verdicts WHERE promise_id = ? "
                    "ORDER BY id DESC LIMIT 50",
                    [promise_id],
                )
            )
        )

    def write(self, act: Callable[[Store], Answer]) -> Answer:
        """Run `act` on the store, one at a time; raises `Busy` when the database stays locked."""
        with self._turn:
            try:
                with open_store(self._config) as store:
                    return act(store)
            except sqlite3.OperationalError as error:
                if "locked" in str(error) or "busy" in str(error):
                    raise Busy from error
                raise

    def _read(self, ask: Callable[[Database], Answer]) -> Answer:
        database = open_reader(self._config.private_db)
        try:
            return ask(database)
        finally:
            database.close()


def desk_of(datasette: Any) -> Desk | None:
    """The desk that `make_datasette` gave to this Datasette, or None where nobody reviews."""
    found: Desk | None = getattr(datasette, "scopewatch_desk", None)
    return found
