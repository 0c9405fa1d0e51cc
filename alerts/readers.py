"""How far each subscriber has been told when a pass begins, and what each has ended: read once for all."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cached_property

from data.store.connection import Store
from data.store.outbox import Cursor, digests_between, load_cursors
from data.store.subscriptions import unsubscribed
from data.subscribers import Subscriber

HOUR = timedelta(hours=1)


class Readers:
    """The outbox as of `at`. Whatever another process adds meanwhile is seen when a digest is written."""

    def __init__(self, store: Store, at: datetime) -> None:
        self._store = store
        self._at = at

    def cursor(self, subscriber: Subscriber) -> Cursor | None:
        return self._cursors.get(subscriber.name)

    def has_ended(self, subscriber: Subscriber, channel: str) -> bool:
        return (subscriber.name, channel) in self._ended

    def told_within_the_hour(self, subscriber: Subscriber) -> int:
        return self._lately.get(subscriber.name, 0)

    @cached_property
    def _cursors(self) -> dict[str, Cursor]:
        return load_cursors(self._store)

    @cached_property
    def _ended(self) -> set[tuple[str, str]]:
        return unsubscribed(self._store)

    @cached_property
    def _lately(self) -> dict[str, int]:
        return digests_between(self._store, self._at - HOUR, self._at)
