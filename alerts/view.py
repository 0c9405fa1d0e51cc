"""What the ledger has to tell at one moment, read once for all subscribers of a pass."""

from __future__ import annotations

from datetime import datetime, timedelta

from data.store.connection import Store
from data.store.events import Dropped, ToldEvent, dropped_since, events_after
from data.store.sources import Coverage, coverage
from data.store.told import ToldComparison, ToldDeadline, comparisons_since, deadlines_within

COMPARISONS_WITHIN = timedelta(days=60)
"""A comparison that was opened longer ago is on its page; a new subscriber is not told of it."""
DEADLINES_WITHIN = 14


class LedgerView:
    """The ledger as of `at`. Each query runs once, however many subscribers share its answer."""

    def __init__(self, store: Store, at: datetime) -> None:
        self._store = store
        self.at = at
        self._events: dict[int, list[ToldEvent]] = {}
        self._coverage: dict[datetime, Coverage] = {}
        self._dropped: dict[datetime, Dropped] = {}
        self._comparisons: list[ToldComparison] | None = None
        self._deadlines: list[ToldDeadline] | None = None

    def events(self, seq: int) -> list[ToldEvent]:
        if seq not in self._events:
            self._events[seq] = events_after(self._store, seq)
        return self._events[seq]

    def coverage(self, since: datetime) -> Coverage:
        if since not in self._coverage:
            self._coverage[since] = coverage(self._store, since)
        return self._coverage[since]

    def dropped(self, since: datetime) -> Dropped:
        if since not in self._dropped:
            self._dropped[since] = dropped_since(self._store, since)
        return self._dropped[since]

    def comparisons(self) -> list[ToldComparison]:
        if self._comparisons is None:
            self._comparisons = comparisons_since(self._store, self.at - COMPARISONS_WITHIN)
        return self._comparisons

    def deadlines(self) -> list[ToldDeadline]:
        if self._deadlines is None:
            self._deadlines = deadlines_within(self._store, self.at, DEADLINES_WITHIN)
        return self._deadlines
