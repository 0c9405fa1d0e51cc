"""What stands at the head of a paper: its heading, when nobody gave the file a title."""

from __future__ import annotations

from crawler.text.dates import find_date

_LINES = 12
_SHORT_LINE = 40
_LEAST = 4
MAX_TITLE = 200


def heading_of(text: str) -> str:
    """The first line of `text` that is more than a date or a number; empty if there is none near its head."""
    for line in text.split("\n", _LINES)[:_LINES]:
        if len(line) >= _LEAST and not (len(line) <= _SHORT_LINE and find_date(line)):
            return line[:MAX_TITLE]
    return ""
