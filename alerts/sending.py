"""Send what waits in the outbox: each part on its own, its state written at once after each attempt."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

from alerts.channels.base import Channel
from alerts.channels.registry import channel
from data.clock import now
from data.config import Config
from data.store.connection import Store
from data.store.outbox import Part, mark_failed, mark_sent, waiting_parts

FIRST_PAUSE = 60.0
LONGEST_PAUSE = 6 * 3600.0
MOST_ATTEMPTS = 12
"""With doubling pauses from one minute to six hours this is about a day and a half."""


@dataclass(frozen=True, slots=True)
class Sent:
    """How one pass over the outbox went."""

    sent: int
    failed: int
    dead: int


def send_waiting(store: Store, config: Config, at: datetime) -> Sent:
    """Try every part whose time has come, once. A later part of a digest waits for its earlier ones."""
    channels: dict[str, Channel] = {}
    sent = failed = dead = 0
    blocked: set[tuple[str, str]] = set()
    for part in waiting_parts(store, at):
        if (part.digest_id, part.channel) in blocked:
            continue
        if part.channel not in channels:
            channels[part.channel] = channel(config, part.channel)
        outcome = _attempt(store, channels[part.channel], part, at)
        sent += outcome == "sent"
        failed += outcome == "failed"
        dead += outcome == "dead"
        if outcome != "sent":
            blocked.add((part.digest_id, part.channel))
    return Sent(sent, failed, dead)


def _attempt(store: Store, way: Channel, part: Part, at: datetime) -> str:
    receipt = way.send(part)
    if receipt.state == "sent":
        mark_sent(store, part.id, receipt.detail, now())
        return "sent"
    attempts = part.attempts + 1
    if receipt.state == "permanent" or attempts >= MOST_ATTEMPTS:
        mark_failed(store, part.id, receipt.detail, attempts=attempts, next_attempt_at=None)
        return "dead"
    pause = timedelta(seconds=receipt.retry_after or pause_after(attempts))
    mark_failed(store, part.id, receipt.detail, attempts=attempts, next_attempt_at=at + pause)
    return "failed"


def pause_after(attempts: int) -> float:
    """Seconds until the next try: doubling, with a jitter of a quarter so that nobody is hit in step."""
    pause = min(FIRST_PAUSE * 2.0 ** (attempts - 1), LONGEST_PAUSE)
    return pause * random.uniform(0.75, 1.25)  # noqa: S311 - no secret
