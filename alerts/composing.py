"""Write the digests that are due into the outbox, each in one transaction with the events it covers."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from alerts.cadence import LATE_AFTER, after_quiet_hours, due_moment, is_quiet, period_name
from alerts.channels.registry import OpenChannels, target_of
from alerts.digest import Digest, Untold, compose, reminder
from alerts.readers import Readers
from alerts.render import subject
from alerts.view import LedgerView
from data.clock import tokyo
from data.config import Config
from data.store.connection import Store
from data.store.outbox import (
    ComposedDigest,
    Cursor,
    Part,
    covered_events,
    load_cursor,
    write_digest,
)
from data.subscribers import Subscriber

FIRST_WINDOW = timedelta(days=1)
"""How far back the coverage of a subscriber's first digest looks."""
CLOCK_SLIP = timedelta(days=1)
"""A cursor further ahead than this was written under a wrong clock and must not silence a subscriber."""


def compose_due(store: Store, config: Config, at: datetime) -> list[str]:
    """Compose what is due at `at` for every subscriber; gives the ids of the digests written now.

    A digest that cannot be put into words is a fault of ours: it keeps nobody else from theirs, and
    ends in an `ExceptionGroup` when all are done.
    """
    written: list[str] = []
    failed: list[Exception] = []
    view, readers = LedgerView(store, at), Readers(store, at)
    with OpenChannels(config) as channels:
        for subscriber in config.subscribers:
            try:
                written += _compose_for(store, channels, view, readers, subscriber)
            except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
                error.add_note(f"in the digest of {subscriber.name}")
                failed.append(error)
    if failed:
        raise ExceptionGroup("digests that could not be composed", failed)
    return written


def _compose_for(
    store: Store,
    channels: OpenChannels,
    view: LedgerView,
    readers: Readers,
    subscriber: Subscriber,
) -> list[str]:
    """Read what is due, put it into words and write it: one query and one transaction per subscriber."""
    digest = _due(store, view, readers, subscriber)
    if digest is None:
        return []
    wanted = [one for one in subscriber.channels if not readers.has_ended(subscriber, one)]
    done = write_digest(store, _composed(channels, digest, wanted))
    return [digest_id(subscriber, digest.period)] if done else []


def _due(store: Store, view: LedgerView, readers: Readers, subscriber: Subscriber) -> Digest | None:
    """The digest that is due for one subscriber, or None: told already, over the hourly cap, or quiet.

    What happens in the quiet hours of an instant subscriber is one digest after them, not a pile.
    """
    at, cursor = view.at, readers.cursor(subscriber)
    if subscriber.cadence.every == "instant":
        if is_quiet(subscriber.cadence, at):
            return None
        if readers.told_within_the_hour(subscriber) >= subscriber.cadence.max_per_hour:
            return None
        digest = _digest(store, view, subscriber, cursor)
        return None if digest.empty else digest
    told_until = cursor.last_period_at if cursor else None
    if told_until and due_moment(subscriber.cadence, at) <= told_until <= at + CLOCK_SLIP:
        return None
    return _digest(store, view, subscriber, cursor)


def preview(store: Store, subscriber: Subscriber, at: datetime) -> Digest:
    """What `subscriber` would be told at `at`; writes nothing."""
    cursor = load_cursor(store, subscriber.name)
    return _digest(store, LedgerView(store, at), subscriber, cursor)


def _digest(
    store: Store, view: LedgerView, subscriber: Subscriber, cursor: Cursor | None
) -> Digest:
    at = view.at
    moment = due_moment(subscriber.cadence, at)
    since = min(cursor.last_period_at, at) if cursor else at - FIRST_WINDOW
    seq = cursor.last_seq if cursor else 0
    events = view.events(seq)
    return compose(
        subscriber,
        _untold(store, view, subscriber, seq),
        period=period_name(subscriber.cadence, moment),
        composed_at=at,
        late=cursor is not None
        and subscriber.cadence.every != "instant"
        and at - moment > LATE_AFTER,
        coverage=view.coverage(since),
        dropped=view.dropped(since),
        # Of the events that were read, not the ledger's newest: one that is recorded meanwhile
        # belongs to the next digest.
        last_seq=max((event.seq for event in events), default=seq),
    )


def _untold(store: Store, view: LedgerView, subscriber: Subscriber, seq: int) -> Untold:
    events, comparisons, deadlines = view.events(seq), view.comparisons(), view.deadlines()
    today = tokyo(view.at).date()
    told = covered_events(
        store,
        subscriber.name,
        [
            *(event.id for event in events),
            *(comparison.id for comparison in comparisons),
            *(reminder(deadline, today) for deadline in deadlines),
        ],
    )
    return Untold(
        events=[event for event in events if event.id not in told],
        comparisons=[comparison for comparison in comparisons if comparison.id not in told],
        deadlines=[d for d in deadlines if reminder(d, today) not in told],
    )


def digest_id(subscriber: Subscriber, period: str) -> str:
    """The identity of a digest: the same subscriber and period never get a second one."""
    return f"{subscriber.name}|{period}"


def _composed(channels: OpenChannels, digest: Digest, wanted: list[str]) -> ComposedDigest:
    at = digest.composed_at
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
        event_ids=digest.covers,
        parts=tuple(
            part
            for named in wanted
            for part in numbered(
                identity, named, channels.of(named).parts(digest, target_of(named))
            )
        ),
        send_from=after_quiet_hours(digest.subscriber.cadence, at),
    )


def numbered(digest: str, named: str, payloads: list[str]) -> list[Part]:
    """The payloads of one channel as parts of the digest with that id."""
    return [
        Part(
            id=part_id(digest, named, number),
            digest_id=digest,
            channel=named,
            number=number,
            payload=payload,
        )
        for number, payload in enumerate(payloads, 1)
    ]


def part_id(digest: str, named: str, number: int) -> str:
    """Stable over repeats; e-mail uses it in the Message-ID."""
    return hashlib.sha256(f"{digest}|{named}|{number}".encode()).hexdigest()[:24]
