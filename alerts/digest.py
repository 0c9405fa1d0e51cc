"""What a digest says: the changes first, then what was only counted, then how much was read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from alerts.filters import comparison_wanted, deadline_wanted, wanted
from data.clock import tokyo
from data.store.events import Dropped, ToldEvent
from data.store.sources import Coverage
from data.store.told import ToldComparison, ToldDeadline
from data.subscribers import Subscriber
from data.vocabulary import EventKind, Stage

LOUDEST_FIRST = (
    EventKind.REVERSAL,
    EventKind.ADVANCE,
    EventKind.NEW,
    EventKind.HALT,
    EventKind.DENIAL,
)
INSTANT = frozenset({EventKind.REVERSAL})
HISTORY_AFTER = timedelta(days=60)
"""An event whose evidence is older than this completes the record; it is counted, not announced."""
LAST_CALL = 2
"""Days before a deadline from which it is told a second and last time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One thing that changed: an event, with the other outlets of its story folded into it."""

    event: ToldEvent
    more_outlets: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Untold:
    """What the ledger has and the subscriber was not told: events, comparisons, deadlines."""

    events: list[ToldEvent]
    comparisons: list[ToldComparison]
    deadlines: list[ToldDeadline]


class Same:
    """Equal to itself alone: stands in a key for an object that cannot be hashed."""

    def __init__(self, held: object) -> None:
        self._held = held

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Same) and self._held is other._held

    def __hash__(self) -> int:
        return id(self._held)


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """What one subscriber is told for one period, before it is put into words."""

    subscriber: Subscriber
    period: str
    composed_at: datetime
    late: bool
    changes: tuple[Change, ...]
    comparisons: tuple[ToldComparison, ...] = ()
    deadlines: tuple[ToldDeadline, ...] = ()
    repeats: int
    """Coverage of uses that did not change: counted, linked, not listed."""
    history: int
    """Events about days long past, from documents that were found late."""
    filtered: int
    """Changes that the subscriber's own filter left out."""
    coverage: Coverage
    dropped: Dropped
    covers: tuple[str, ...]
    """Ids of everything that this digest tells or counts, so that no later one does."""
    last_seq: int

    @property
    def empty(self) -> bool:
        return not (self.changes or self.comparisons or self.deadlines)

    @property
    def said(self) -> tuple[object, ...]:
        """Equal for two digests of one pass that say the same, whoever reads them."""
        return (
            self.subscriber.language,
            self.subscriber.cadence.every == "instant",
            self.period,
            self.composed_at,
            self.late,
            tuple(change.event.id for change in self.changes),
            tuple(comparison.id for comparison in self.comparisons),
            tuple(deadline.id for deadline in self.deadlines),
            (self.repeats, self.history, self.filtered),
            self.dropped,
            # One object per period in a pass (view.py), which is kept alive here.
            Same(self.coverage),
        )


def compose(
    subscriber: Subscriber,
    untold: Untold,
    *,
    period: str,
    composed_at: datetime,
    late: bool,
    coverage: Coverage,
    dropped: Dropped,
    last_seq: int,
) -> Digest:
    """The digest of what `subscriber` was not told yet."""
    instant = subscriber.cadence.every == "instant"
    passing = [event for event in untold.events if wanted(subscriber.filter, event)]
    recent = [event for event in passing if composed_at - event.at <= HISTORY_AFTER]
    news = [event for event in recent if event.kind is not EventKind.REPEAT]
    if instant:
        news = [event for event in news if _instant(event)]
    comparisons = [] if instant else untold.comparisons
    deadlines = [] if instant else untold.deadlines
    changes = fold(news)
    return Digest(
        subscriber=subscriber,
        period=period,
        composed_at=composed_at,
        late=late,
        changes=changes,
        comparisons=_beside(
            changes, [c for c in comparisons if comparison_wanted(subscriber.filter, c)]
        ),
        deadlines=tuple(d for d in deadlines if deadline_wanted(subscriber.filter, d)),
        repeats=sum(1 for event in recent if event.kind is EventKind.REPEAT),
        history=len(passing) - len(recent),
        filtered=len(untold.events) - len(passing),
        coverage=coverage,
        dropped=dropped,
        covers=(
            *(event.id for event in untold.events),
            *(comparison.id for comparison in comparisons),
            *(reminder(deadline, tokyo(composed_at).date()) for deadline in deadlines),
        ),
        last_seq=last_seq,
    )


def reminder(deadline: ToldDeadline, today: date) -> str:
    """The identity of one telling of a deadline: once when it comes near, once for the last call."""
    call = "last" if (deadline.due - today).days <= LAST_CALL else "first"
    return f"deadline:{deadline.id}:{deadline.due}:{call}"


def _beside(
    changes: tuple[Change, ...], comparisons: list[ToldComparison]
) -> tuple[ToldComparison, ...]:
    """The comparisons whose two sentences do not stand side by side already, as a reversal."""
    shown = {
        (change.event.against.finding_id, change.event.quotation.finding_id)
        for change in changes
        if change.event.against
    }
    return tuple(
        comparison
        for comparison in comparisons
        if (comparison.promised.finding_id, comparison.later.finding_id) not in shown
    )


def _instant(event: ToldEvent) -> bool:
    return event.kind in INSTANT or event.stage_after is Stage.ADOPTED


def fold(events: list[ToldEvent]) -> tuple[Change, ...]:
    """One change per (story, use case, kind), the loudest kinds first, within a kind the newest first."""
    heads: dict[tuple[str, str, str], ToldEvent] = {}
    for event in events:
        heads.setdefault((event.story_id, event.use_case_id, event.kind), event)
    ordered = sorted(
        heads.values(), key=lambda e: (LOUDEST_FIRST.index(e.kind), -e.at.timestamp(), e.id)
    )
    return tuple(Change(event=event, more_outlets=max(event.outlets - 1, 0)) for event in ordered)
