"""Deadlines as an iCalendar feed (RFC 5545), one all-day event each."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from icalendar import Calendar, Event

from data.clock import from_text

KINDS = {"comment": "意見募集の締切", "bill": "法案", "plan": "実施予定"}


def deadlines_calendar(rows: Iterable[dict[str, Any]]) -> bytes:
    """UTF-8 of a calendar of `open_deadlines` rows; a deadline keeps its UID, so readers replace it."""
    calendar = Calendar()
    calendar.add("prodid", "-//scopewatch//deadlines//JA")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", "scopewatch")
    for row in rows:
        day = date.fromisoformat(row["due"])
        event = Event()
        event.add("uid", f"{row['id']}@scopewatch")
        event.add("dtstamp", from_text(row["updated_at"]))
        event.add("dtstart", day)
        event.add("dtend", day + timedelta(days=1))
        event.add("summary", f"{KINDS[row['kind']]}: {row['title_ja']}")
        event.add("url", row["url"])
        if row["name_ja"]:
            event.add("description", row["name_ja"])
        calendar.add_component(event)
    feed: bytes = calendar.to_ical()
    return feed
