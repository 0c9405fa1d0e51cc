"""Send what waits in the outbox: each part on its own, its state written at once after each attempt."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from alerts.cadence import is_quiet
from alerts.channels.base import Receipt
from alerts.channels.registry import CHANNELS, OpenChannels, kind_of, target_of
from alerts.notices import write_notices
from data.clock import now
from data.config import Config
from data.errors import LockedError
from data.lock import run_lock
from data.patience import at_most
from data.store.connection import Store
from data.store.deliveries import (
    claim_part,
    mark_dropped,
    mark_failed,
    mark_sent,
    waiting_parts,
)
from data.store.outbox import Part

FIRST_PAUSE = 60.0
LONGEST_PAUSE = 6 * 3600.0
MOST_ATTEMPTS = 12
"""With doubling pauses from one minute to six hours this is about a day and a half."""
LONGEST_WISH = 24 * 3600.0
"""A Retry-After beyond a day is not believed."""
LONGEST_TALK = 300.0
"""Seconds for one part, however slowly the other side answers."""
PATIENCE = 120.0
"""Seconds that a sender waits for another one to finish before it gives up."""


@dataclass(frozen=True, slots=True)
class Sent:
    """How one pass over the outbox went. `failed` is tried again, `dead` is not."""

    sent: int = 0
    failed: int = 0
    dead: int = 0
    dropped: int = 0

    def __add__(self, other: Sent) -> Sent:
        return Sent(
            self.sent + other.sent,
            self.failed + other.failed,
            self.dead + other.dead,
            self.dropped + other.dropped,
        )


@contextmanager
def only_sender(config: Config, patience: float = PATIENCE) -> Iterator[None]:
    """Be the only process that sends; waits up to `patience` seconds, then raises `LockedError`."""
    give_up = time.monotonic() + patience
    with ExitStack() as stack:
        while True:
            try:
                stack.enter_context(run_lock(config.directory, "outbox send", name="send"))
                break
            except LockedError:
                if time.monotonic() >= give_up:
                    raise
                time.sleep(0.2)
        yield


def send_waiting(store: Store, config: Config, at: datetime, *, patience: float = PATIENCE) -> Sent:
    """Try every part whose time has come, once; then tell the operator of what died, and send that too."""
    with only_sender(config, patience):
        done = _send_pass(store, config, at)
        if write_notices(store, config, at, MOST_ATTEMPTS):
            done += _send_pass(store, config, at)
    return done


def _send_pass(store: Store, config: Config, at: datetime) -> Sent:
    """One pass. A channel that fails holds back its later parts, a way that is down all of its kind."""
    done = Sent()
    held: set[str] = set()
    quiet = [reader.name for reader in config.subscribers if is_quiet(reader.cadence, at)]
    with OpenChannels(config) as channels:
        for part_id, named in waiting_parts(store, at, quiet):
            if named in held or kind_of(named) in held:
                continue
            part = claim_part(store, part_id)
            if part is None:
                continue
            if not _still_wanted(config, part):
                mark_dropped(store, part.id, "the subscriber or the channel is not configured now")
                done += Sent(dropped=1)
                continue
            receipt = hand_over(channels, part)
            if receipt.state == "temporary":
                held.add(kind_of(named) if receipt.down else named)
            done += _record(store, part, receipt, at)
    return done


def hand_over(channels: OpenChannels, part: Part) -> Receipt:
    """One attempt; it ends after five minutes, however slowly the other side answers."""
    if kind_of(part.channel) not in CHANNELS:
        return Receipt("permanent", f"there is no channel {kind_of(part.channel)!r}")
    try:
        with at_most(LONGEST_TALK):
            return channels.of(part.channel).send(part, target_of(part.channel))
    except TimeoutError as error:
        return Receipt("temporary", str(error), down=True)


def _still_wanted(config: Config, part: Part) -> bool:
    """A digest is for those who are subscribed now; a letter goes where it was addressed."""
    return part.kind == "letter" or any(
        subscriber.name == part.subscriber and part.channel in subscriber.channels
        for subscriber in config.subscribers
    )


def _record(store: Store, part: Part, receipt: Receipt, at: datetime) -> Sent:
    if receipt.state == "sent":
        mark_sent(store, part.id, receipt.detail, now())
        return Sent(sent=1)
    if receipt.state == "permanent" or part.attempts >= MOST_ATTEMPTS:
        mark_failed(store, part.id, receipt.detail, next_attempt_at=None)
        return Sent(dead=1)
    wish = min(receipt.retry_after or 0.0, LONGEST_WISH)
    pause = timedelta(seconds=max(wish, 0.0) or pause_after(part.attempts))
    mark_failed(store, part.id, receipt.detail, next_attempt_at=at + pause)
    return Sent(failed=1)


def pause_after(attempts: int) -> float:
    """Seconds until the next try: doubling, with a jitter of a quarter so that nobody is hit in step."""
    pause = min(FIRST_PAUSE * 2.0 ** (attempts - 1), LONGEST_PAUSE)
    return pause * random.uniform(0.75, 1.25)  # noqa: S311 - no secret
