"""Find dates in Japanese text and in the date fields of feeds, as aware moments with their precision.

A time without a zone is Japan's. `Moment.raw` is verbatim. No date is refused for lying in the
future; that is the caller's to clamp.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

from crawler.text.date_field import day_in_field
from crawler.text.date_grammar import (
    MONTH_ALONE,
    MONTHS,
    RANGE_DAY,
    RANGE_DAY_IN_NUMBERS,
    RANGE_MARK,
    TIME,
    TIME_ALONE,
    YEAR_ALONE,
    days,
    last_day,
    time_of,
    year_of,
)
from crawler.text.date_signs import PLAIN, Found, day_of
from crawler.text.numerals import number
from crawler.text.zones import KNOWN_ZONE, ZONE, zone_offset
from data.clock import TOKYO
from data.models import Moment

_LONGEST = 120
_FIELD = 60
_CLOCK = r"(?P<H>\d{1,2}):(?P<M>\d{1,2})(?::(?P<S>\d{1,2})?(?:[.,]\d{1,9})?)?"
_ZONE = rf"(?: ?[(\[](?={KNOWN_ZONE})| ?)(?P<zone>{ZONE})"
_MON = r"(?P<mon>[A-Za-z]{3})[a-z]{0,6}\.?"
_RFC822 = re.compile(
    rf"(?:[A-Za-z]{{2,9}}\.?,? ?)?(?P<d>\d{{1,2}})[ /-]{_MON}[ /-](?P<y>\d{{2,4}})"
    rf"(?:(?:,? |:)(?:{_CLOCK})(?:{_ZONE})?)?",
    re.IGNORECASE,
)
_ASCTIME = re.compile(
    rf"[A-Za-z]{{3,9}},? {_MON} (?P<d>\d{{1,2}}),? {_CLOCK}(?: (?P<zone>{ZONE}))? (?P<y>\d{{4}})",
    re.IGNORECASE,
)
_IN_URL = (
    re.compile(r"(?<!\d)(?P<y>20\d{2})(?P<sep>[/_-]?)(?P<m>[01]\d)(?P=sep)(?P<d>[0-3]\d)"),
    # The bar associations' /2026/260115_2.html, the fair trade commission's /2026/jan/260115.html.
    re.compile(
        r"/20(?P<c>\d{2})/(?:[a-z]{3,9}/)?(?P<y>(?P=c))(?P<m>[01]\d)(?P<d>[0-3]\d)(?!\d)",
        re.IGNORECASE,
    ),
    # The bankers' association's /news/2026/n011501/.
    re.compile(r"/(?P<y>20\d{2})/n(?P<m>[01]\d)(?P<d>[0-3]\d)\d{2}(?!\d)"),
)
_W3C = re.compile(
    rf"(?P<y>\d{{4}})-(?P<m>\d{{1,2}})-(?P<d>\d{{1,2}})(?:[T ]{{1,2}}{_CLOCK}(?:{_ZONE})?)?",
    re.IGNORECASE,
)
_RFC822_JA = re.compile(
    rf"(?:[日月火水木金土](?:曜日?)?|[A-Za-z]{{2,9}}),? (?P<d>\d{{1,2}}) (?P<m>\d{{1,2}})月? (?P<y>\d{{4}}) {_CLOCK}(?:{_ZONE})?"
)
"""What a Japanese locale makes of RFC 822."""
_EPOCH = re.compile(r"(?P<s>1[0-8]\d{8})(?:\d{3})?$")
"""Seconds or milliseconds since 1970, from 2001 to 2030, as APIs write them."""
_W3C_MONTH = re.compile(r"(?P<y>\d{4})-(?P<m>\d{2})$")
_BASIC = re.compile(
    rf"(?P<y>\d{{4}})(?P<m>\d{{2}})(?P<d>\d{{2}})(?:T?(?P<H>\d{{2}})(?P<M>\d{{2}})(?P<S>\d{{2}})?(?P<zone>{ZONE})?)?$"
)


def find_date(text: str, *, near: datetime | None = None, field: bool = False) -> Moment | None:
    """The first date in `text`, of a range its first day; None if there is none.

    `near` (aware) is when the text was read: a date without a year is taken nearest to it, and
    without `near` such a date is not found. `field` says that `text` is where a date stands: there
    11.29 is a day, which in running text is a number.
    """
    if found := next(_days(text, near), None):
        return found
    plain = text.translate(PLAIN) if field else ""
    if len(plain.strip()) <= _FIELD and (in_field := day_in_field(plain, near)):
        return _moment(text, plain, in_field)
    return _hour(text, near)


def find_dates(text: str, *, near: datetime | None = None) -> list[Moment]:
    """All dates in `text` in their order; a range gives its first day, and its last where it is whole."""
    found = list(_days(text, near))
    return found or [at for at in (_hour(text, near),) if at]


def find_range(text: str, *, near: datetime | None = None) -> tuple[Moment, Moment] | None:
    """The first range of days (1月15日から2月3日まで, 15日～17日), both ends; None if there is none."""
    plain = text.translate(PLAIN)
    for found in days(plain, near):
        if last := _end_of_range(plain, found):
            return _moment(text, plain, found), _moment(text, plain, last)
    return None


def _end_of_range(plain: str, first: Found) -> Found | None:
    """The day behind a dash (or から, より) that follows `first` or its time of day."""
    clock = _clock_at(plain, first)
    mark = RANGE_MARK.match(plain, clock[2] if clock else first.end)
    if mark is None:
        return None
    # Some signs before it too: a day behind a dash is one only where a day stands before the dash.
    cut = max(first.start, mark.end() - 16)
    for whole in days(plain[cut : mark.end() + 40], None):
        start = cut + whole.start
        if start >= mark.end():
            if plain[mark.end() : start].strip() == "":
                return Found(start, cut + whole.end, whole.day)
            break
    short = RANGE_DAY.match(plain, mark.end())
    if short is None and plain[first.end - 1].isdigit():
        short = RANGE_DAY_IN_NUMBERS.match(plain, mark.end())
    day = last_day(first.day, short) if short else None
    return Found(short.start(), short.end(), day) if short and day else None


def find_year(text: str) -> int | None:
    """The first year that `text` names with 年, such as the heading 令和8年; None if there is none."""
    match = YEAR_ALONE.search(text.translate(PLAIN))
    return year_of(match) if match else None


def find_month(text: str) -> tuple[int, int] | None:
    """The first (year, month) that `text` names, such as the heading of a month page 令和8年1月."""
    plain = text.translate(PLAIN)
    for match in YEAR_ALONE.finditer(plain):
        year, month = year_of(match), MONTH_ALONE.match(plain, match.end())
        value = number(month["m"]) if month else None
        if year and value and 1 <= value <= 12:
            return year, value
    return None


def parse_feed_date(text: str, *, near: datetime | None = None) -> Moment | None:
    """The moment that a feed's date field names, else None; without a zone it is Japan's.

    Covers "JST", seconds since 1970, a missing weekday, `+0900` and `+09:00`, `T15:00:Z` (seconds left out), and whatever
    `find_date` reads. Of a month alone, as W3C-DTF allows (2026-11), it is the first day.
    """
    line = " ".join(text[: _LONGEST * 4].split())[:_LONGEST]
    for pattern in (_W3C, _BASIC, _RFC822, _ASCTIME, _RFC822_JA):
        match = pattern.match(line)
        if match and (found := _from_match(match, line)):
            return found
    if match := _EPOCH.match(line):
        return Moment(at=datetime.fromtimestamp(int(match["s"]), UTC), precision="time", raw=line)
    if match := _W3C_MONTH.match(line):
        first = day_of(int(match["y"]), int(match["m"]), 1)
        return moment(first, None, None, line) if first else None
    return find_date(text.strip()[:_LONGEST], near=near, field=True)


def date_in_url(url: str) -> Moment | None:
    """The day that a URL writes as /2026/01/15/, 20260115, 2026-01-15 or /2026/260115; else None."""
    for pattern in _IN_URL:
        for match in pattern.finditer(url[:2000]):
            year = int(match["y"])
            if found := day_of(
                year if year > 99 else 2000 + year, int(match["m"]), int(match["d"])
            ):
                return moment(found, None, None, match[0])
    return None


def moment(day: date, time: timedelta | None, offset: timedelta | None, raw: str) -> Moment | None:
    """`day` and a time since its midnight (25 hours is the next day's 1 o'clock), zone offset or Japan."""
    try:
        at = datetime(day.year, day.month, day.day) + (time or timedelta())  # noqa: DTZ001 - zone follows
        aware = at.replace(tzinfo=TOKYO) if offset is None else at.replace(tzinfo=UTC) - offset
        return Moment(
            at=aware.astimezone(UTC), precision="day" if time is None else "time", raw=raw
        )
    except (ValueError, OverflowError):
        return None


def _days(text: str, near: datetime | None) -> Iterator[Moment]:
    plain = text.translate(PLAIN)
    for found in days(plain, near):
        yield _moment(text, plain, found)


def _hour(text: str, near: datetime | None) -> Moment | None:
    alone = None if near is None or len(text) > 40 else TIME_ALONE.match(text.translate(PLAIN))
    return _time_only(text, alone, near) if near is not None and alone else None


def _moment(text: str, plain: str, found: Found) -> Moment:
    if clock := _clock_at(plain, found):
        time, zone, end = clock
        raw = text[found.start : end].strip()
        with_time = moment(found.day, time, zone_offset(zone) if zone else None, raw)
        if with_time:
            return with_time
    at = datetime(found.day.year, found.day.month, found.day.day, tzinfo=TOKYO)
    return Moment(at=at.astimezone(UTC), precision="day", raw=text[found.start : found.end].strip())


def _clock_at(plain: str, found: Found) -> tuple[timedelta, str | None, int] | None:
    """The time of day behind `found`, its zone, and where they end."""
    match = TIME.match(plain, found.end)
    time = time_of(match) if match else None
    if match is None or time is None:
        return None
    zone, end = match["zone"], match.end()
    if zone and zone.startswith("-") and not match["Sec"] and "T" not in plain[found.end : end]:
        zone, end = None, match.start("zone")  # 10:00-12:00 are hours, not twelve west of Greenwich
    return time, zone, end


def _time_only(text: str, match: re.Match[str], near: datetime) -> Moment | None:
    """A list that shows only the hour of recent items: the day that brings it nearest to `near`."""
    time = time_of(match)
    if time is None:
        return None
    today = near.astimezone(TOKYO).date()
    nearby = [today + timedelta(days=shift) for shift in (-1, 0, 1)]
    raw = text[match.start("alone") : match.end("alone")].strip()
    moments = [one for day in nearby if (one := moment(day, time, None, raw))]
    return min(moments, key=lambda one: abs(one.at - near), default=None)


def _from_match(match: re.Match[str], line: str) -> Moment | None:
    groups = match.groupdict()
    year = int(groups["y"])
    if len(groups["y"]) <= 3:  # RFC 5322, 4.3: 00 to 49 are 2000 to 2049
        year += 2000 if year < 50 else 1900
    day = day_of(year, _month(groups), int(groups["d"]))
    if day is None:
        return None
    if groups["H"] is None:
        return moment(day, None, None, line)
    hour, minute, second = int(groups["H"]), int(groups["M"]), int(groups["S"] or 0)
    if hour > 24 or minute > 59 or second > 60:
        return moment(day, None, None, line)
    offset = zone_offset(groups["zone"]) if groups["zone"] else None
    return moment(day, timedelta(hours=hour, minutes=minute, seconds=min(second, 59)), offset, line)


def _month(groups: dict[str, str | None]) -> int | None:
    name = (groups.get("mon") or "").lower()
    if name:
        return MONTHS.index(name) + 1 if name in MONTHS else None
    return int(groups.get("m") or 0)
