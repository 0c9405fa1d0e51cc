"""Retry-After, as servers write it: seconds, or a date (RFC 9110, 10.2.3)."""

from __future__ import annotations

from collections.abc import Mapping
from email.utils import parsedate_to_datetime

from data.clock import now


def seconds_asked(headers: Mapping[str, str]) -> float | None:
    """Seconds that the other side asked to wait; None when it did not, or not in a form that exists."""
    wish = next((value for key, value in headers.items() if key.lower() == "retry-after"), None)
    if wish is None:
        return None
    text = str(wish).strip()
    if text.isascii() and text.isdigit() and len(text) < 10:
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    return max((moment - now()).total_seconds(), 0.0) if moment.tzinfo else None
