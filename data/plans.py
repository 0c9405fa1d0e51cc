"""The day that a plan names: 「来年4月から」, 「令和9年度に」, 「2027年3月末までに」, as a date to count down to.

Pure. Where no day is named, the day is the first of a period that something starts from (「4月から」), else
its last: a plan for 「2027年度」 is late on 1 April 2028.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from datetime import date

from data.fingerprint import nfkc
from data.statute_numerals import integer

FURTHEST_YEARS = 15
"""A date further ahead is a misread number, not a plan."""

_ERAS = {"令和": 2018, "平成": 1988}
_AHEAD = {"今": 0, "本": 0, "来": 1, "翌": 1, "再来": 2}
_NUMERAL = r"(?:[0-9]{1,4}|元|[〇一二三四五六七八九十]{1,4})"
_DATE = re.compile(
    rf"(?:(?P<era>令和|平成)?(?P<year>{_NUMERAL})年(?P<fiscal>度)?|(?P<word>再来|今|本|来|翌)年(?P<next>度)?)"
    rf"(?:の?(?P<month>{_NUMERAL})月(?:(?P<day>{_NUMERAL})日)?)?"
    rf"|(?<![0-9年の])(?P<bare>{_NUMERAL})月(?:(?P<bare_day>{_NUMERAL})日)?(?=から|より|以降|開始|施行|スタート)"
)
_STARTS = re.compile(r"^(?:上旬|中旬|下旬|頭|初め|ごろ|頃)?(?:から|より|以降|開始|スタート|施行)")


def planned_day(words: str, published: date) -> date | None:
    """The first day after `published` that `words` name; None when they name none."""
    return next((day for day in _days(nfkc(words), published) if _ahead(day, published)), None)


def _ahead(day: date, published: date) -> bool:
    return published < day and day.year <= published.year + FURTHEST_YEARS


def _days(words: str, published: date) -> Iterator[date]:
    for match in _DATE.finditer(words):
        try:
            yield _day(match, published, starts=bool(_STARTS.match(words[match.end() :])))
        except ValueError:
            continue  # 2027年13月, 2月30日: a number that is no date.


def _day(match: re.Match[str], published: date, *, starts: bool) -> date:
    if match["bare"]:
        month = _number(match["bare"])
        year = published.year + (month < published.month)
        return _within(year, month, match["bare_day"], starts=True)
    fiscal = bool(match["fiscal"] or match["next"])
    if match["word"]:
        this = published.year - (1 if fiscal and published.month < 4 else 0)
        year = this + _AHEAD[match["word"]]
    else:
        year = _number(match["year"]) + _ERAS.get(match["era"] or "", 0)
    if match["month"]:
        month = _number(match["month"])
        year += 1 if fiscal and month < 4 else 0
        return _within(year, month, match["day"], starts=starts)
    if fiscal:
        return date(year, 4, 1) if starts else date(year + 1, 3, 31)
    return date(year, 1, 1) if starts else date(year, 12, 31)


def _within(year: int, month: int, day: str | None, *, starts: bool) -> date:
    if day:
        return date(year, month, _number(day))
    return date(year, month, 1 if starts else monthrange(year, month)[1])


def _number(text: str) -> int:
    if text == "元":
        return 1
    return int(text) if text.isdecimal() else integer(text)
