"""Zone designations in dates: offsets, and the names that feeds use although RFC 5322 dropped them."""

from __future__ import annotations

import re
from datetime import timedelta

NAMES = {
    "JST": 9, "ASIA/TOKYO": 9,
    "KST": 9, "Z": 0, "UT": 0, "UTC": 0, "GMT": 0, "WET": 0, "BST": 1, "CET": 1, "WEST": 1,
    "MET": 1, "CEST": 2, "MEST": 2, "EET": 2, "EEST": 3, "MSK": 3, "IST": 5.5, "HKT": 8, "SGT": 8,
    "AEST": 10, "AEDT": 11, "NZST": 12, "NZDT": 13, "EST": -5, "EDT": -4, "CST": -6, "CDT": -5,
    "MST": -7, "MDT": -6, "PST": -8, "PDT": -7, "AKST": -9, "HST": -10,
}  # fmt: skip
"""Hours east of UTC. JST is missing from RFC 822 and from feedparser 6.0.14, which reads it as UTC."""

_SHIFT = r"(?:GMT|UTC)?[+-]\d{1,2}(?::?\d{2})?(?!:?\d)"
_PLACE = "[Aa]sia/[Tt]okyo"
ZONE = rf"(?:{_SHIFT}|{_PLACE}|[A-Z]{{1,4}}(?![A-Za-z]))"
KNOWN_ZONE = (
    rf"(?:{_SHIFT}|{_PLACE}|(?:{'|'.join(name for name in NAMES if name.isalpha())})(?![A-Za-z]))"
)
"""For running text, where capitals after a time (10:30 NHK) are more often no zone at all."""
_OFFSET = re.compile(r"(?:GMT|UTC)?([+-])(\d{1,2}):?(\d{2})?$")


def zone_offset(text: str) -> timedelta:
    """Offset of a zone designation; an unknown name counts as UTC (RFC 5322, 4.3)."""
    match = _OFFSET.match(text.strip())
    if match is None:
        return timedelta(hours=NAMES.get(text.strip().upper(), 0))
    hours, minutes = int(match[2]), int(match[3] or 0)
    if hours > 15 or minutes > 59:
        return timedelta()
    offset = timedelta(hours=hours, minutes=minutes)
    return -offset if match[1] == "-" else offset
