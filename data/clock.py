"""The time: aware, kept in UTC, shown in Asia/Tokyo.

`SCOPEWATCH_NOW` (ISO 8601 with zone) sets the clock of a process and of its children: to replay a
day, to repeat a run as of a date, and in tests.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from data.errors import ConfigError

TOKYO = ZoneInfo("Asia/Tokyo")
VARIABLE = "SCOPEWATCH_NOW"


def now() -> datetime:
    """The present moment in UTC, or the moment that `SCOPEWATCH_NOW` names."""
    pinned = os.environ.get(VARIABLE)
    if not pinned:
        return datetime.now(UTC)
    try:
        moment = datetime.fromisoformat(pinned)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise ConfigError(
            f"{VARIABLE}: found {pinned!r}, allowed is a time with its zone such as 2026-11-20T07:00+09:00"
        )
    return moment.astimezone(UTC)


def to_text(moment: datetime) -> str:
    """`moment` as the store keeps it: UTC, seconds, a Z, so that text order is time order."""
    if moment.tzinfo is None:
        raise ValueError(f"a naive time reached the store: {moment!r}")
    return moment.astimezone(UTC).isoformat(timespec="seconds")[:19] + "Z"


def from_text(text: str) -> datetime:
    """The aware UTC time of a stored text; the inverse of `to_text`. Raises ValueError on other forms."""
    if len(text) != len("2026-11-20T00:00:00Z") or text[-1] != "Z":
        raise ValueError(f"not a stored time: {text!r}")
    return datetime.fromisoformat(text)  # A tenth of the time that strptime takes.


def tokyo(moment: datetime) -> datetime:
    """`moment` as people in Japan read it."""
    return moment.astimezone(TOKYO)
