"""Deadlines as an iCalendar feed (RFC 5545)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from icalendar import Calendar, Event

from data.clock import TOKYO, from_text

KINDS = {
    "comment": "意見募集の締切",
    "bill": "法案",
    "plan": "実施予定",
    "sleeper": "検討のまま",
}


def deadlines_calendar(rows: Iterable[dict[str, Any]]) -> bytes:
    """UTF-8 of a calendar of `open_deadlines` rows; a deadline keeps its UID, so readers replace it."""
    calendar = Calendar()
    calendar.add("prodid", "-//scopewatch//deadlines//JA")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", "scopewatch")
    for row in rows:
        calendar.add_component(_event(row))
    feed: bytes = calendar.to_ical()
    return feed


def _event(row: dict[str, Any]) -> Event:
    """All day, or the minute at which it ends where one is given (in UTC, which every reader knows)."""
    day = date.fromisoformat(row["due"])
    event = Event()
    event.add("uid", f"{row['id']}@scopewatch")
    event.add("dtstamp", from_text(row["updated_at"]))
    if row["time"]:
        at = datetime.combine(day, time.fromisoformat(row["time"]), TOKYO).astimezone(UTC)
        event.add("dtstart", at)
        event.add("dtend", at)
    else:
        event.add("dtstart", day)
        event.add("dtend", day + timedelta(days=1))
    event.add("summary", f"{KINDS[row['kind']]}: {row['title_ja']}")
    if row["url"]:
        event.add("url", row["url"])
    if row["name_ja"]:
        event.add("description", row["name_ja"])
    return event
