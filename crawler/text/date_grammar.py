"""The grammar of Japanese dates: patterns, and what a match of each means as a day.

Patterns run over a copy of the text that keeps every character in its place (`PLAIN`). Every
repetition is bounded, so the search is linear, on junk too.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from crawler.text.numerals import KANJI, number
from crawler.text.zones import KNOWN_ZONE
from data.clock import TOKYO

ERAS = {"明治": 1867, "大正": 1911, "昭和": 1925, "平成": 1988, "令和": 2018}
"""The year before each era's first. An era's count is accepted past its end: the ministry of justice
writes 平成38年 for 2026 (format-traps.md, 21)."""
_SHORT = dict(zip("MTSHR㍾㍽㍼㍻㋿明大昭平令", [*ERAS] * 3, strict=True))
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_RELATIVE = {
    "昨年": -1,
    "去年": -1,
    "前年": -1,
    "今年": 0,
    "本年": 0,
    "来年": 1,
    "明年": 1,
    "翌年": 1,
}
_FIRST_YEAR, _LAST_YEAR = 1600, 2199

PLAIN = str.maketrans(
    {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
    | {ord(sign): " " for sign in "\u3000\u00a0\t\n\r"}
    | {ord(sign): "~" for sign in "〜～∼"}
    | {ord(sign): "-" for sign in "－−–—‐\u2011"}
)
_S = r"[ ]{0,3}"
_N = rf"(?:\d{{1,2}}|[{KANJI}]{{1,4}})"
_ERA = rf"(?:{'|'.join(ERAS)}|[㍾㍽㍼㍻㋿]|(?<![A-Za-z0-9])[MTSHR]\.?|[明大昭平令](?=\d))"
_COUNT = rf"(?:元|\d{{1,3}}|[{KANJI}]{{1,5}})"
_YEAR = rf"(?<![\d{KANJI}])(?:\d{{4}}|[{KANJI}]{{4,9}})"
_ASIDE = rf"(?:\([^()]{{1,12}}\){_S})?"
_MONTH_DAY = rf"(?P<m>{_N}){_S}月{_S}(?P<d>{_N}){_S}日(?!間)"
_MON = r"(?P<mon>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.?"
_WEEKDAY = r"\([ ]{0,2}[月火水木金土日祝・]{1,4}(?:曜日?)?[ ]{0,2}\)"
_CLOCK = (
    rf"(?P<half>午前|午後|[AaPp]\.?[Mm]\.?)?{_S}"
    rf"(?:(?P<noon>正午)|(?P<H>\d{{1,2}}|[{KANJI}]{{1,3}}){_S}"
    rf"(?::{_S}(?P<M>\d{{2}})(?!\d)(?::(?P<Sec>\d{{2}})(?:[.,]\d{{1,9}})?)?"
    rf"|時(?!間)(?:{_S}(?P<Mk>{_N}){_S}分(?!間)(?:{_S}(?P<Sk>{_N}){_S}秒(?!間))?|(?P<thirty>半))?))"
    rf"(?:{_S}(?P<after>[AaPp]\.?[Mm]\.?)(?![A-Za-z]))?(?:{_S}(?P<zone>{KNOWN_ZONE}))?"
)
TIME = re.compile(rf"(?:{_S}付け?)?{_S}(?:{_WEEKDAY})?(?:T|[ ,、・]{{0,3}}){_CLOCK}")
TIME_ALONE = re.compile(rf"(?:.*(?=\())?(?P<alone>\(?{_S}{_CLOCK}{_S}\)?){_S}$")
"""`10:30`, or an outlet's name and `(10:30)`, as lists write it beside the items of the same day."""
RANGE_MARK = re.compile(rf"{_S}(?:{_WEEKDAY})?{_S}(?:から|より|至|[~ー―─ｰ-]|/(?=\d{{4}}-))")
"""What stands between the ends of a range; the long vowel's ー is written for a dash, and is none elsewhere."""
RANGE_DAY = re.compile(
    rf"{_S}(?:(?P<turn>翌年?|同年)?{_S}(?P<m>{_N}){_S}月{_S}|同月{_S})?(?P<d>{_N}){_S}日(?![間目前後以程])"
)
RANGE_DAY_IN_NUMBERS = re.compile(
    r"[ ]{0,3}(?P<turn>)(?P<m>\d{1,2})(?P<sep>[./])(?P<d>\d{1,2})(?![\d./-])"
)
YEAR_ALONE = re.compile(
    rf"(?P<era>{_ERA}){_S}(?P<y>{_COUNT}){_S}年(?!間)|(?P<w>{_YEAR}){_S}年(?!間)"
)
MONTH_ALONE = re.compile(rf"{_S}{_ASIDE}(?P<m>{_N}){_S}月(?!間)")


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


def days(plain: str, near: datetime | None) -> Iterator[Found]:
    """Days in the order of the text; where patterns overlap, the earlier and then the fuller one."""
    found = []
    for pattern, build in _PATTERNS:
        for match in pattern.finditer(plain):
            if day := build(match, near):
                found.append(Found(match.start(), match.end(), day))
    end = -1
    for one in sorted(found, key=lambda one: (one.start, -one.end)):
        if one.start >= end:
            end = one.end
            yield one


def time_of(match: re.Match[str]) -> timedelta | None:
    if match["noon"]:
        return timedelta(hours=12)
    hour = number(match["H"])
    minute = 30 if match["thirty"] else number(match["M"] or match["Mk"] or "0")
    second = number(match["Sec"] or match["Sk"] or "0")
    if hour is None or minute is None or second is None:
        return None
    if hour > 30 or minute > 59 or second > 60:
        return None
    half = (match["half"] or match["after"] or "").lower()
    # 午後0時30分 and 午後12時30分 are both half past noon; am/pm counts 12 as the half's first hour.
    if half in {"午後", "pm", "p.m."} and hour < 12:
        hour += 12
    elif half in {"am", "a.m."} and hour == 12:
        hour = 0
    return timedelta(hours=hour, minutes=minute, seconds=min(second, 59))


def year_of(match: re.Match[str]) -> int | None:
    groups = match.groupdict()
    if era := groups.get("era"):
        era = era.rstrip(".").upper()
        count = number(match["y"])
        return ERAS[_SHORT.get(era, era)] + count if count else None
    year = number(groups.get("w") or groups.get("y") or "")
    return year if year and _FIRST_YEAR <= year <= _LAST_YEAR else None


def _full(match: re.Match[str], near: datetime | None) -> date | None:
    return day_of(year_of(match), number(match["m"]), number(match["d"]))


def _small_era(match: re.Match[str], near: datetime | None) -> date | None:
    """r8.11.29, unless it is a program's version."""
    before = match.string[max(0, match.start() - 12) : match.start()]
    return None if _VERSION.search(before) else _full(match, near)


def _after_its_first(match: re.Match[str], near: datetime | None) -> date | None:
    """The last day of 2026/11/29-2026/12/05: behind a dash a day counts only where a day stands before it."""
    before = match.string[max(0, match.start() - 11) : match.start()]
    return (
        _full(match, near)
        if (first := _JOINED.search(before)) and first["sep"] == match["sep"]
        else None
    )


def _english(match: re.Match[str], near: datetime | None) -> date | None:
    return day_of(int(match["y"]), MONTHS.index(match["mon"].lower()) + 1, int(match["d"]))


def _without_year(match: re.Match[str], near: datetime | None) -> date | None:
    if near is None:
        return None
    today = near.astimezone(TOKYO).date()
    month, day = number(match["m"]), number(match["d"])
    word = match.groupdict().get("word")
    shifts = (_RELATIVE[word],) if word else range(-4, 5)  # 29 February may be four years away
    nearby = [one for shift in shifts if (one := day_of(today.year + shift, month, day))]
    return min(nearby, key=lambda one: abs(one - today), default=None)


def _without_month(match: re.Match[str], near: datetime | None) -> date | None:
    if near is None:
        return None
    today = near.astimezone(TOKYO).date()
    first = today.replace(day=1)
    months = (first - timedelta(days=1), first, first + timedelta(days=31))
    nearby = [
        one for month in months if (one := day_of(month.year, month.month, number(match["d"])))
    ]
    return min(nearby, key=lambda one: abs(one - today), default=None)


def last_day(first: date, match: re.Match[str]) -> date | None:
    """The end of a range that leaves out what it shares with its first day; it never lies before it."""
    month = number(match["m"]) if match["m"] else first.month
    last = day_of(first.year, month, number(match["d"]))
    if last and match["m"] and (last < first or match["turn"] == "翌年"):
        last = day_of(first.year + 1, month, number(match["d"]))
    return last if last and last >= first else None


_VERSION = re.compile(
    r"(?:ver|version|rel|release|rev|revision|build|tag|バージョン|リリース)[.: ]{0,3}$",
    re.IGNORECASE,
)
_JOINED = re.compile(r"\d{4}(?P<sep>[./-])\d{1,2}(?P=sep)\d{1,2}[/-]$")
_JOIN = r"[/-]\d{4}(?P=sep)\d{1,2}(?P=sep)\d{1,2}(?![\d./-])|(?:(?<=/\d)|(?<=/\d\d))-\d{1,2}/\d{1,2}(?![\d./-])"
_Builder = Callable[[re.Match[str], datetime | None], date | None]
_PATTERNS: tuple[tuple[re.Pattern[str], _Builder], ...] = (
    (re.compile(rf"(?P<era>{_ERA}){_S}(?P<y>{_COUNT}){_S}年{_S}{_ASIDE}{_MONTH_DAY}"), _full),
    (
        re.compile(
            rf"(?P<era>{_ERA}){_S}(?P<y>元|\d{{1,2}})(?P<sep>[./-])(?P<m>\d{{1,2}})(?P=sep)(?P<d>\d{{1,2}})(?![\d.])"
        ),
        _full,
    ),
    (
        re.compile(
            r"(?P<era>[rh])(?<![A-Za-z0-9._/+-].)(?P<y>元|\d{1,2})(?P<sep>[./])(?P<m>\d{1,2})(?P=sep)(?P<d>\d{1,2})(?![A-Za-z0-9._/+-])"
        ),
        _small_era,
    ),
    (re.compile(rf"(?P<y>{_YEAR}){_S}年{_S}{_ASIDE}{_MONTH_DAY}"), _full),
    (
        re.compile(
            rf"(?<![\d./-])(?P<y>\d{{4}})(?P<sep>[./-]) ?(?P<m>\d{{1,2}})(?P=sep) ?(?P<d>\d{{1,2}})(?:(?!\d|[./-]\d)|(?={_JOIN}))"
        ),
        _full,
    ),
    (
        re.compile(
            r"(?P<y>\d{4})(?<=\d[/-]....)(?P<sep>[./-])(?P<m>\d{1,2})(?P=sep)(?P<d>\d{1,2})(?![\d./-])"
        ),
        _after_its_first,
    ),
    (re.compile(rf"(?<![a-z]){_MON} (?P<d>\d{{1,2}})(?:st|nd|rd|th)?,? (?P<y>\d{{4}})(?!\d)", re.IGNORECASE), _english),
    (
        re.compile(rf"(?<!\d)(?P<d>\d{{1,2}})(?:st|nd|rd|th)?[ -]{_MON},?[ -](?P<y>\d{{4}})(?!\d)", re.IGNORECASE),
        _english,
    ),
    (re.compile(rf"(?P<word>{'|'.join(_RELATIVE)})?(?<![\d{KANJI}年]){_MONTH_DAY}"), _without_year),
    (re.compile(rf"(?P<word>{'|'.join(_RELATIVE)}){_S}{_MONTH_DAY}"), _without_year),
    (
        re.compile(
            r"^[ ]{0,9}(?P<m>\d{1,2})/(?P<d>\d{1,2})(?:[ ]{0,9}$|(?=[ ]{1,3}\d{1,2}:\d{2}))"
        ),
        _without_year,
    ),
    (re.compile(rf"(?<![\d/.])(?P<m>\d{{1,2}})/(?P<d>\d{{1,2}})(?={_S}{_WEEKDAY})"), _without_year),
    (re.compile(rf"(?<![\d{KANJI}月])(?P<d>{_N}){_S}日(?={_S}(?:{_WEEKDAY})?[ ,、]{{0,3}}(?:午|正午|{_N}(?:時(?!間)|:\d)|(?:から{_S}{_N}{_S}日|[~ー-]{_S}{_N}{_S}日(?!間))))"), _without_month),
)  # fmt: skip
