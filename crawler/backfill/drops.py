"""Why a response in an archive is passed over unread, and how that is said."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

LARGEST = 8 << 20
"""Bytes of a page that is read."""


class Drop(StrEnum):
    """A reason; its value is the key in JSON."""

    NO_SUCCESS = "no_success"
    NO_WEB_ADDRESS = "no_web_address"
    TOO_LARGE = "too_large"
    NOT_UNPACKED = "not_unpacked"
    OTHER_KIND = "other_kind"
    UNREADABLE = "unreadable"


WORDS: dict[Drop, str] = {
    Drop.NO_SUCCESS: "answered with another status than 200 (errors, redirects)",
    Drop.NO_WEB_ADDRESS: "without an http(s) address (such as DNS records)",
    Drop.TOO_LARGE: f"larger than {LARGEST >> 20} MiB",
    Drop.NOT_UNPACKED: "whose gzip bytes are damaged or unpack to more than that",
    Drop.OTHER_KIND: "neither HTML, text nor PDF (pictures, feeds, Office files)",
    Drop.UNREADABLE: "whose text cannot be read (a scanned, locked or broken PDF)",
}


def told(dropped: Mapping[Drop, int]) -> str:
    """The counts in words, the largest first, as one line without an end; "" when nothing was dropped."""
    if not dropped:
        return ""
    parts = (
        f"{dropped[reason]:,} {WORDS[reason]}"
        for reason in sorted(dropped, key=lambda one: (-dropped[one], one))
    )
    return f"dropped unread: {sum(dropped.values()):,} of the pages: " + "; ".join(parts)
