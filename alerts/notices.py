"""Letters to the operator: what died in the outbox goes out through another channel than the one that failed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime
from typing import Any

from alerts.channels.base import Letter
from alerts.channels.registry import OpenChannels, kind_of, target_of
from alerts.composing import numbered
from alerts.words import LANGUAGES, languages_of
from data.clock import to_text
from data.config import Config
from data.names import Language
from data.store.connection import Store
from data.store.outbox import ComposedLetter, Part, write_letter
from data.store.outbox_care import dead_unnoticed
from data.store.subscriptions import BOUNCES, bouncing, suspend

LAST_RESORT = "file"
"""Where a letter goes when every channel of the operator has failed: letters/ beside the digests."""
MOST_LINES = 40
Written = Callable[[tuple[Language, ...]], Letter]
"""Writes a letter in the languages that an operator reads."""


def write_notices(store: Store, config: Config, at: datetime, most_attempts: int) -> bool:
    """Suspend channels that only refuse, and write letters about parts that died; True when there are any."""
    refused = bouncing(store, most_attempts)
    for subscriber, named in refused:
        suspend(
            store,
            subscriber,
            named,
            f"the last {BOUNCES} digests were refused by the other side",
            at,
        )
    dead = dead_unnoticed(store)
    if not dead:
        return False
    letter = _notice(dead, refused)
    failed = {kind_of(row["channel"]) for row in dead}
    identity = hashlib.sha256("|".join(row["id"] for row in dead).encode()).hexdigest()[:16]
    return post(store, config, lambda _: letter, identity, at, avoid=failed, reports=dead)


def post(
    store: Store,
    config: Config,
    written: Written,
    identity: str,
    at: datetime,
    *,
    avoid: set[str] | None = None,
    reports: list[dict[str, Any]] | None = None,
) -> bool:
    """Put a letter into the outbox for every operator, on channels that are not of the kinds to `avoid`.

    Written once per `identity`; False when it was there already.
    """
    news = False
    spoken = {one.name: languages_of(one) for one in config.subscribers}
    with OpenChannels(config) as channels:
        for operator, ways in operators(config, avoid or set()).items():
            letter = written(spoken.get(operator, LANGUAGES))
            letter_id = f"letter|{operator}|{identity}"
            parts: list[Part] = []
            for named in ways:
                payloads = channels.of(named).letter(letter, target_of(named))
                parts += numbered(letter_id, named, payloads)
            composed = ComposedLetter(
                id=letter_id,
                subscriber=operator,
                # The table wants one period per subscriber; a digest's begins with a date.
                period=f"letter {to_text(at)} {identity}",
                composed_at=at,
                subject=letter.subject,
                parts=tuple(parts),
                reports=tuple(row["id"] for row in reports or []),
            )
            news |= write_letter(store, composed)
    return news


def operators(config: Config, avoid: set[str]) -> dict[str, tuple[str, ...]]:
    """Each operator's channels that may be used; without any, the letter becomes a file."""
    found = {
        subscriber.name: tuple(
            named
            for named in subscriber.channels
            if kind_of(named) not in avoid and kind_of(named) != "atom"
        )
        or (LAST_RESORT,)
        for subscriber in config.subscribers
        if subscriber.role == "operator"
    }
    return found or {"operator": (LAST_RESORT,)}


def _notice(dead: list[dict[str, Any]], refused: list[tuple[str, str]]) -> Letter:
    lines = [
        f"{row['subscriber']}, {row['channel']}, {row['period']}: {row['last_error']} "
        f"(part {row['id']}, {row['attempts']} attempts)"
        for row in dead[:MOST_LINES]
    ]
    if len(dead) > MOST_LINES:
        lines.append(f"… and {len(dead) - MOST_LINES} more: scopewatch outbox list --state dead")
    lines += [
        f"{subscriber}, {named}: suspended after {BOUNCES} refused digests, its digests wait; "
        f"after mending the address: scopewatch outbox resume {subscriber} {named}"
        for subscriber, named in refused
    ]
    return Letter(
        subject=f"scopewatch: {len(dead)} deliveries failed for good",
        lines=(
            "These deliveries were given up. After mending the cause: scopewatch outbox retry --dead",
            *lines,
        ),
    )
