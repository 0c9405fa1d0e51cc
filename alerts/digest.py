"""What a digest says: the changes first, then what was only counted, then how much was read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from alerts.filters import wanted
from data.config import Subscriber
from data.store.events import Dropped, ToldEvent
from data.store.sources import Coverage
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One thing that changed: an event, with the other outlets of its story folded into it."""

    event: ToldEvent
    more_outlets: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """What one subscriber is told for one period, before it is put into words."""

    subscriber: Subscriber
    period: str
    composed_at: datetime
    late: bool
    changes: tuple[Change, ...]
    repeats: int
    """Coverage of uses that did not change: counted, linked, not listed."""
    history: int
    """Events about days long past, from documents that were found late."""
    filtered: int
    """Changes that the subscriber's own filter left out."""
    coverage: Coverage
    dropped: Dropped
    event_ids: tuple[str, ...]
    last_seq: int

    @property
    def empty(self) -> bool:
        return not self.changes


def compose(
    subscriber: Subscriber,
    events: list[ToldEvent],
    *,
    period: str,
    composed_at: datetime,
    late: bool,
    coverage: Coverage,
    dropped: Dropped,
    last_seq: int,
) -> Digest:
    """The digest of `events` (already those that the subscriber was not told) for `subscriber`."""
    passing = [event for event in events if wanted(subscriber.filter, event)]
    recent = [event for event in passing if composed_at - event.at <= HISTORY_AFTER]
    news = [event for event in recent if event.kind is not EventKind.REPEAT]
    if subscriber.cadence.every == "instant":
        news = [event for event in news if _instant(event)]
    return Digest(
        subscriber=subscriber,
        period=period,
        composed_at=composed_at,
        late=late,
        changes=fold(news),
        repeats=sum(1 for event in recent if event.kind is EventKind.REPEAT),
        history=len(passing) - len(recent),
        filtered=len(events) - len(passing),
        coverage=coverage,
        dropped=dropped,
        event_ids=tuple(event.id for event in events),
        last_seq=last_seq,
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
