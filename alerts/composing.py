"""Write the digests that are due into the outbox, each in one transaction with the events it covers."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from alerts.cadence import LATE_AFTER, after_quiet_hours, due_moment, period_name
from alerts.channels.registry import channel
from alerts.digest import Digest, compose
from alerts.render import subject
from data.config import Config, Subscriber
from data.store.connection import Store
from data.store.events import ToldEvent, dropped_since, events_after, last_seq
from data.store.outbox import ComposedDigest, Part, covered_events, load_cursor, write_digest
from data.store.sources import coverage

FIRST_WINDOW = timedelta(days=1)
"""How far back the coverage of a subscriber's first digest looks."""


def compose_due(store: Store, config: Config, at: datetime) -> list[str]:
    """Compose what is due at `at` for every subscriber; gives the ids of the digests written now."""
    written = []
    for subscriber in config.subscribers:
        digest = due_digest(store, subscriber, at)
        if digest is not None and write_digest(store, _composed(config, digest, at)):
            written.append(digest_id(subscriber, digest.period))
    return written


def due_digest(store: Store, subscriber: Subscriber, at: datetime) -> Digest | None:
    """The digest that is due for one subscriber at `at`, or None when it was written already."""
    moment = due_moment(subscriber.cadence, at)
    cursor = load_cursor(store, subscriber.name)
    if cursor is not None and cursor.last_period_at >= moment:
        return None
    digest = preview(store, subscriber, at)
    if subscriber.cadence.every == "instant" and digest.empty:
        return None
    return digest


def preview(store: Store, subscriber: Subscriber, at: datetime) -> Digest:
    """What `subscriber` would be told at `at`; writes nothing."""
    moment = due_moment(subscriber.cadence, at)
    cursor = load_cursor(store, subscriber.name)
    since = cursor.last_period_at if cursor else at - FIRST_WINDOW
    return compose(
        subscriber,
        _untold(store, subscriber, cursor.last_seq if cursor else 0),
        period=period_name(subscriber.cadence, moment),
        composed_at=at,
        late=cursor is not None
        and subscriber.cadence.every != "instant"
        and at - moment > LATE_AFTER,
        coverage=coverage(store, since),
        dropped=dropped_since(store, since),
        last_seq=last_seq(store),
    )


def _untold(store: Store, subscriber: Subscriber, seq: int) -> list[ToldEvent]:
    events = events_after(store, seq)
    told = covered_events(store, subscriber.name, [event.id for event in events])
    return [event for event in events if event.id not in told]


def digest_id(subscriber: Subscriber, period: str) -> str:
    """The identity of a digest: the same subscriber and period never get a second one."""
    return f"{subscriber.name}|{period}"


def _composed(config: Config, digest: Digest, at: datetime) -> ComposedDigest:
    identity = digest_id(digest.subscriber, digest.period)
    return ComposedDigest(
        id=identity,
        subscriber=digest.subscriber.name,
        period=digest.period,
        period_at=due_moment(digest.subscriber.cadence, at),
        composed_at=at,
        subject=subject(digest),
        late=digest.late,
        last_seq=digest.last_seq,
        event_ids=digest.event_ids,
        parts=tuple(
            Part(
                id=part_id(identity, named, number),
                digest_id=identity,
                channel=named,
                number=number,
                payload=payload,
            )
            for named in digest.subscriber.channels
            for number, payload in enumerate(channel(config, named).parts(digest), 1)
        ),
        send_from=after_quiet_hours(digest.subscriber.cadence, at),
    )


def part_id(digest: str, named: str, number: int) -> str:
    """Stable over repeats; e-mail uses it in the Message-ID."""
    return hashlib.sha256(f"{digest}|{named}|{number}".encode()).hexdigest()[:24]
