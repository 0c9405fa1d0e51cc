"""How long a server asks to be left alone: the header Retry-After (RFC 9110, 10.2.3)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

LONGEST_PAUSE = timedelta(days=7)
LONGEST_WAIT = 30.0
"""Seconds that a run waits itself; beyond, the host waits for a later run."""
UNSAID_WAIT = 15 * 60.0
"""Seconds for which a host is left alone that refused without a time, or a second time."""
_REFUSALS = frozenset({403, 413, 429})


def may_name_a_time(status: int) -> bool:
    """Redirects, refusals, failures: a good answer, or a page that is gone, asks nobody to wait."""
    return (300 <= status < 400 and status != 304) or status >= 500 or status in _REFUSALS


def seconds_to_wait(header: bytes | None, moment: datetime) -> float | None:
    """Seconds that a Retry-After header asks for: delta-seconds or an HTTP date; None if it says nothing."""
    if not header:
        return None
    text = header.decode("latin-1").strip()
    if text.isascii() and text.isdigit():
        return float(min(int(text[:12]), int(LONGEST_PAUSE.total_seconds())))
    try:
        when = parsedate_to_datetime(text)
    except (ValueError, OverflowError):  # a year of twenty digits is no year
        return None
    aware = when if when.tzinfo else when.replace(tzinfo=UTC)
    return max(0.0, (aware - moment).total_seconds())
