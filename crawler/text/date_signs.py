"""What all patterns of dates share: signs folded in their place, weekdays, and what is a day at all."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from data.clock import TOKYO

_FIRST_YEAR, _LAST_YEAR = 1600, 2199

_TWINS = {
    " ": "\u3000\u00a0\t\n\r\u2002\u2003\u2009\u200b\u202f\ufeff",
    "~": "〜～∼",
    "-": "－−–—‐\u2011",
    "・": "･·•‧∙⋅",
    "[": "【〔〈《≪",
    "]": "】〕〉》≫",
    "'": "’‘´′",
    # What a PDF's fonts have for signs of everyday use: radicals and compatibility ideographs.
    **dict(zip("日月火水木金土", "\u2f47\u2f49\u2f55\u2f54\u2f4a\u2fa6\u2f1f", strict=True)),
    **dict(zip("一二八十大令年", "\u2f00\u2f06\u2f0b\u2f17\u2f24\uf9a8\uf98e", strict=True)),
}
PLAIN = str.maketrans(
    {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
    | {ord(sign): plain for plain, signs in _TWINS.items() for sign in signs}
)
SPACE = r"[ ]{0,3}"
_ENGLISH_DAY = r"(?i:sun|mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?)(?i:day)?\.?(?![A-Za-z])"
WEEKDAY_IN_BRACKETS = (
    rf"[(\[][ ]{{0,2}}(?:[月火水木金土日祝休・]{{1,4}}(?:曜日?)?|{_ENGLISH_DAY})[ ]{{0,2}}[)\]]"
)
WEEKDAY = rf"(?:{WEEKDAY_IN_BRACKETS}|[月火水木金土日]曜日?|(?<=[ \d]){_ENGLISH_DAY})"
_VERSION = re.compile(r"(?:(?<![a-z])v|ver|version|build|バージョン)[.: ]{0,3}$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Found:
    start: int
    end: int
    day: date


def day_of(year: int | None, month: int | None, day: int | None) -> date | None:
    """That day if the calendar has it and a publication can bear it, else None."""
    if year is None or month is None or day is None or not _FIRST_YEAR <= year <= _LAST_YEAR:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


def nearest_year(month: int | None, day: int | None, near: datetime | None) -> date | None:
    """That day of the year that brings it nearest to `near`; 29 February may be four years away."""
    if near is None:
        return None
    today = near.astimezone(TOKYO).date()
    nearby = [one for shift in range(-4, 5) if (one := day_of(today.year + shift, month, day))]
    return min(nearby, key=lambda one: abs(one - today), default=None)


def nearest_month(day: int | None, near: datetime | None) -> date | None:
    """That day of the month that brings it nearest to `near`."""
    if near is None:
        return None
    today = near.astimezone(TOKYO).date()
    first = today.replace(day=1)
    months = (first - timedelta(days=1), first, first + timedelta(days=31))
    nearby = [one for month in months if (one := day_of(month.year, month.month, day))]
    return min(nearby, key=lambda one: abs(one - today), default=None)


def names_version(text: str, start: int) -> bool:
    """Whether what begins at `start` stands behind a word such as `ver.`: a program's version, no day."""
    return _VERSION.search(text[max(0, start - 12) : start]) is not None
