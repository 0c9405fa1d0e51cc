"""Days in a field that holds a date and nothing else: 11.29, 26/11/29, 29日, 更新 11・29.

Running text has versions, ratios and sections where a field has days; only `find_date(field=True)` asks here.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta

from crawler.text.date_signs import (
    SPACE,
    Found,
    day_of,
    names_version,
    nearest_month,
    nearest_year,
)
from data.clock import TOKYO

_REIWA, _HEISEI = 2018, 1988
_BEFORE = r"^[^\d%]{0,16}?(?<![A-Za-z.\d])"
_BEHIND = (
    rf"(?!\d|[./,・]\d|(?!up|new)[a-z]|{SPACE}(?:円|倍|名|人|件|版|号|頁|ページ|点|位|枚|株|回|の|以|前|間|時|分|歳|才|uhr|h\b))"
    rf"(?=[^\d%]{{0,16}}$|[^\d%]{{0,12}}\d{{1,2}}(?::\d|{SPACE}時).{{0,24}}$"
    rf"|{SPACE}[~-]{SPACE}\d{{1,2}}[./・]\d{{1,2}}[^\d%]{{0,12}}$)"
)
"""Words, a time of day or a range's end may follow, but no number else."""
_DAYS_BACK = {"本日": 0, "今日": 0, "きょう": 0, "昨日": 1, "きのう": 1, "一昨日": 2}
_UNITS = {"日": "days", "時間": "hours", "分": "minutes"}


def day_in_field(plain: str, near: datetime | None) -> Found | None:
    """The day that a field names in numbers alone; without `near` only one with a year."""
    for pattern, build in _PATTERNS:
        match = pattern.search(plain)
        if match is None or names_version(plain, match.start("at")):
            continue
        if day := build(match, near):
            return Found(match.start("at"), match.end("at"), day)
    return None


def _whole(match: re.Match[str], near: datetime | None) -> date | None:
    return day_of(int(match["y"]), int(match["m"]), int(match["d"]))


def _short_year(match: re.Match[str], near: datetime | None) -> date | None:
    """26.11.29, and the era's 8.11.29."""
    latest = near.year + 1 if near else 2069
    year = int(match["y"]) + (_REIWA if len(match["y"]) == 1 else 2000)
    return day_of(year if year <= latest else year - 100, int(match["m"]), int(match["d"]))


def _of_era(match: re.Match[str], near: datetime | None) -> date | None:
    """r8.11.29, 令和8年11/29."""
    start = _REIWA if match["era"].lower() in {"r", "令和"} else _HEISEI
    year = 1 if match["y"] == "元" else int(match["y"])
    return day_of(start + year, int(match["m"]), int(match["d"]))


def _year_last(match: re.Match[str], near: datetime | None) -> date | None:
    """11/29/2026 and 29.11.2026, where only one of the two orders is a day."""
    year, one, other = int(match["y"]), int(match["m"]), int(match["d"])
    days = {day for day in (day_of(year, one, other), day_of(year, other, one)) if day}
    return days.pop() if len(days) == 1 else None


def _without_year(match: re.Match[str], near: datetime | None) -> date | None:
    return nearest_year(int(match["m"]), int(match["d"]), near)


def _without_month(match: re.Match[str], near: datetime | None) -> date | None:
    return nearest_month(int(match["d"]), near)


def _ago(match: re.Match[str], near: datetime | None) -> date | None:
    """昨日, 3日前, 2時間前: as a day, for the hour would be another one at each look."""
    if near is None:
        return None
    if match["word"]:
        back = timedelta(days=_DAYS_BACK[match["word"]])
    else:
        back = timedelta(**{_UNITS[match["unit"]]: int(match["n"])})
    return (near - back).astimezone(TOKYO).date()


_Builder = Callable[[re.Match[str], datetime | None], date | None]
_PATTERNS: tuple[tuple[re.Pattern[str], _Builder], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), build)
    for pattern, build in (
        (
            rf"{_BEFORE}(?P<at>(?P<y>\d{{4}})(?:年|[./_ -]){SPACE}(?P<m>\d{{1,2}})(?:月|[./_ -]){SPACE}(?P<d>\d{{1,2}})日?){_BEHIND}",
            _whole,
        ),
        (r"^[ ]{0,9}(?P<at>(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2}))[ ]{0,9}$", _whole),
        (
            rf"{_BEFORE}(?P<at>(?P<y>\d{{1,2}})(?P<sep>[./・-]){SPACE}(?P<m>\d{{1,2}})(?P=sep){SPACE}(?P<d>\d{{1,2}})){_BEHIND}",
            _short_year,
        ),
        (
            rf"{_BEFORE}(?P<at>(?P<era>[rh]|令和|平成)(?P<y>元|\d{{1,2}})(?:年|[ ./・-])"
            rf"{SPACE}(?P<m>\d{{1,2}})[./・-]{SPACE}(?P<d>\d{{1,2}})){_BEHIND}",
            _of_era,
        ),
        (
            rf"{_BEFORE}(?P<at>(?P<y>\d{{1,2}})年{SPACE}(?P<m>\d{{1,2}})月{SPACE}(?P<d>\d{{1,2}})日){_BEHIND}",
            _short_year,
        ),
        (
            rf"{_BEFORE}(?P<at>(?P<m>\d{{1,2}})(?P<sep>[./-])(?P<d>\d{{1,2}})(?P=sep)(?P<y>\d{{4}})){_BEHIND}",
            _year_last,
        ),
        (
            rf"{_BEFORE}(?P<at>(?P<m>\d{{1,2}})(?:{SPACE}[./・-]|月){SPACE}(?P<d>\d{{1,2}})){_BEHIND}",
            _without_year,
        ),
        (rf"{_BEFORE}(?P<at>(?P<d>\d{{1,2}})日){_BEHIND}", _without_month),
        (
            rf"^[^\d]{{0,8}}?(?P<at>(?P<word>{'|'.join(_DAYS_BACK)})|(?P<n>\d{{1,3}}) ?(?P<unit>日|時間|分)前)",
            _ago,
        ),
    )
)
