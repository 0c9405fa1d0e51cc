"""The grammar of Japanese dates: patterns, and what a match of each means as a day.

Patterns run over a copy of the text that keeps every character in its place (`PLAIN`). Numbers without
a word for year, month or day are a day only where their place says so: a ratio, a version and the
earthquake of 3.11 look the same. Where a pattern has a group `at`, that is the day's place. Every
repetition is bounded, so the search is linear, on junk too.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta

from crawler.text.date_signs import (
    SPACE,
    WEEKDAY,
    WEEKDAY_IN_BRACKETS,
    Found,
    day_of,
    names_version,
    nearest_month,
    nearest_year,
)
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
_S = SPACE
_N = rf"(?:\d{{1,2}}|[{KANJI}]{{1,4}})"
_ERA = rf"(?:{'|'.join(ERAS)}|[㍾㍽㍼㍻㋿]|(?<![A-Za-z0-9])[MTSHR]\.?|[明大昭平令](?=\d))"
_COUNT = rf"(?:元|\d{{1,3}}|[{KANJI}]{{1,5}})"
_YEAR = rf"(?<![\d{KANJI}])(?:\d{{4}}|[{KANJI}]{{4,9}})"
_ASIDE = rf"(?:[(\[][^()\[\]]{{1,12}}[)\]]{_S})?"
_MONTH_DAY = rf"(?P<m>{_N}){_S}月{_S}(?P<d>{_N}){_S}日(?!間)"
_MON = (
    r"(?P<mon>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"
    r"(?:(?<=jan)uary|(?<=feb)ruary|(?<=mar)ch|(?<=apr)il|(?<=jun)e|(?<=jul)y|(?<=aug)ust|(?<=sep)t(?:ember)?"
    r"|(?<=oct)ober|(?<=nov)ember|(?<=dec)ember)?(?![a-z])\.?"
)
_MON_BEHIND_DAY = r"(?P<mon>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.?"
"""Behind its day also as French and German spell it: no word like Market stands there."""
_CLOCK = (
    rf"(?P<half>午前|午後|[AaPp]\.?[Mm]\.?)?{_S}"
    rf"(?:(?P<noon>正午)|(?P<H>\d{{1,2}}|[{KANJI}]{{1,3}}){_S}"
    rf"(?::{_S}(?P<M>\d{{2}})(?!\d)(?::(?P<Sec>\d{{2}})(?:[.,]\d{{1,9}})?)?"
    rf"|時(?!間)(?:{_S}(?P<Mk>{_N}){_S}分(?!間)(?:{_S}(?P<Sk>{_N}){_S}秒(?!間))?|(?P<thirty>半))?))"
    rf"(?:{_S}(?P<after>[AaPp]\.?[Mm]\.?)(?![A-Za-z]))?(?:{_S}(?P<zone>{KNOWN_ZONE}))?"
)
TIME = re.compile(rf"(?:{_S}付け?)?{_S}(?:{WEEKDAY})?(?:T|[ ,、・]{{0,3}}){_CLOCK}")
TIME_ALONE = re.compile(rf"(?:.*(?=\())?(?P<alone>\(?{_S}{_CLOCK}{_S}\)?){_S}$")
"""`10:30`, or an outlet's name and `(10:30)`, as lists write it beside the items of the same day."""
RANGE_MARK = re.compile(rf"{_S}(?:{WEEKDAY})?{_S}(?:から|より|至|[~ー―─ｰ-]|/(?=\d{{4}}-))")
"""What stands between the ends of a range; the long vowel's ー is written for a dash, and is none elsewhere."""
RANGE_DAY = re.compile(
    rf"{_S}(?:(?P<turn>翌年?|同年)?{_S}(?P<m>{_N}){_S}月{_S}|同月{_S})?(?P<d>{_N}){_S}日(?![間目前後以程])"
)
RANGE_DAY_IN_NUMBERS = re.compile(
    r"[ ]{0,3}(?P<turn>)(?P<m>\d{1,2})(?P<sep>[./])(?P<d>\d{1,2})(?![\d./-])"
)
YEAR_ALONE = re.compile(
    rf"(?P<era>{_ERA}){_S}(?P<y>{_COUNT}){_S}{_ASIDE}年(?!間)|(?P<w>{_YEAR}){_S}{_ASIDE}年(?!間)"
)
MONTH_ALONE = re.compile(rf"{_S}{_ASIDE}(?P<m>{_N}){_S}月(?!間)")


def days(plain: str, near: datetime | None) -> Iterator[Found]:
    """Days in the order of the text; where patterns overlap, the earlier and then the fuller one."""
    found = []
    for sign, pattern, build in _PATTERNS:
        if sign not in plain:
            continue
        for match in pattern.finditer(plain):
            if day := build(match, near):
                at = "at" if "at" in pattern.groupindex else 0
                found.append(Found(match.start(at), match.end(at), day))
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
    return year or None


def _full(match: re.Match[str], near: datetime | None) -> date | None:
    return day_of(year_of(match), number(match["m"]), number(match["d"]))


def _in_numbers(match: re.Match[str], near: datetime | None) -> date | None:
    """2026.11.29 and R8.11.29, unless a program counts its versions so."""
    return None if names_version(match.string, match.start()) else _full(match, near)


def _with_dots(match: re.Match[str], near: datetime | None) -> date | None:
    """令和8・11・29; three that only count on (R7・8・9) are years or sections."""
    year, month, day = (number(match[name]) for name in "ymd")
    counts_on = year is not None and month == year + 1 and day == year + 2
    return None if counts_on else _full(match, near)


def _apostrophe(match: re.Match[str], near: datetime | None) -> date | None:
    year = int(match["y"])
    return day_of(year + (2000 if year < 70 else 1900), number(match["m"]), number(match["d"]))


def _short_year(match: re.Match[str], near: datetime | None) -> date | None:
    """26年11月29日, of any count that brings it nearest."""
    if near is None:
        return None
    today, month, day = near.astimezone(TOKYO).date(), number(match["m"]), number(match["d"])
    years = (int(match["y"]) + start for start in (1900, 2000, *ERAS.values()))
    return min(
        (one for year in years if (one := day_of(year, month, day))),
        key=lambda one: abs(one - today),
        default=None,
    )


def _marked(match: re.Match[str], near: datetime | None) -> date | None:
    """(11/29), unless it may be a part of so many: 連載(1/3), or a day that has a name of its own: 【3.11】."""
    month, day, said = match["m"], match["d"], match["label"] or match["after"]
    leads = not match.string[: match.start()].strip()
    padded = "0" in (month[0], day[0])
    if match["sep"] != "/" and not (leads and (padded or len(month) == 2)):
        return None
    if not said and not padded and len(day) < 2 and (not leads or len(month) < 2):
        return None
    if not said and not padded and not leads and int(day) < 13:
        return None
    return _without_year(match, near)


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


def _leading(match: re.Match[str], near: datetime | None) -> date | None:
    """11/29 at the head of a line; 1/2 there is half of something."""
    return _without_year(match, near) if len(match["m"] + match["d"]) > 2 else None


def _without_year(match: re.Match[str], near: datetime | None) -> date | None:
    month, day, word = number(match["m"]), number(match["d"]), match.groupdict().get("word")
    if near is None or not word:
        return nearest_year(month, day, near)
    return day_of(near.astimezone(TOKYO).year + _RELATIVE[word], month, day)


def _without_month(match: re.Match[str], near: datetime | None) -> date | None:
    return nearest_month(number(match["d"]), near)


def last_day(first: date, match: re.Match[str]) -> date | None:
    """The end of a range that leaves out what it shares with its first day; it never lies before it."""
    month = number(match["m"]) if match["m"] else first.month
    last = day_of(first.year, month, number(match["d"]))
    if last and match["m"] and (last < first or match["turn"] == "翌年"):
        last = day_of(first.year + 1, month, number(match["d"]))
    return last if last and last >= first else None


_JOINED = re.compile(r"\d{4}(?P<sep>[./-])\d{1,2}(?P=sep)\d{1,2}[/-]$")
_JOIN = r"[/-]\d{4}(?P=sep)\d{1,2}(?P=sep)\d{1,2}(?![\d./-])|(?:(?<=/\d)|(?<=/\d\d))-\d{1,2}/\d{1,2}(?![\d./-])"
_NO_LIST = rf"(?![\d{KANJI}・]|{_S}[年月日号条項])"
_Builder = Callable[[re.Match[str], datetime | None], date | None]
_DAY_WORD = r"(?:更新|掲載|公開|公表|発表|配信|追記|修正|付け?|現在|時点|up(?:date)?)日?:?"
_SHORT_OR_WORD = (
    rf"(?P<label>{_DAY_WORD})?{_S}(?P<at>(?P<m>\d{{1,2}})(?P<sep>[./・])(?P<d>\d{{1,2}}))"
)
_PATTERNS: tuple[tuple[str, re.Pattern[str], _Builder], ...] = tuple(
    (sign, re.compile(pattern), build)
    for sign, pattern, build in (
        ("年", rf"(?P<era>{_ERA}){_S}(?P<y>{_COUNT}){_S}{_ASIDE}年{_S}{_ASIDE}{_MONTH_DAY}", _full),
        (
            "",
            rf"(?P<era>{_ERA}){_S}(?P<y>元|\d{{1,2}})(?P<sep>[./-]) ?(?P<m>\d{{1,2}})(?P=sep) ?(?P<d>\d{{1,2}})(?![\d.])",
            _in_numbers,
        ),
        # In running text r8.1.2 is a version where no bracket and no word says that it is a day.
        (
            "",
            rf"(?:[(\[]|日{_S}:?{_S})(?P<at>(?P<era>[rh])(?P<y>元|\d{{1,2}})(?P<sep>[./])(?P<m>\d{{1,2}})(?P=sep)(?P<d>\d{{1,2}}))(?![A-Za-z0-9._/+-])",
            _full,
        ),
        (
            "・",
            rf"(?P<era>{_ERA}|[明大昭平令]){_S}(?P<y>{_COUNT})・(?P<m>{_N})・(?P<d>{_N}){_NO_LIST}",
            _with_dots,
        ),
        ("・", rf"(?<![\d{KANJI}./・-])(?P<y>\d{{4}}|[{KANJI}]{{4}})・(?P<m>{_N})・(?P<d>{_N}){_NO_LIST}", _full),
        ("年", rf"(?P<y>{_YEAR}){_S}{_ASIDE}年{_S}{_ASIDE}{_MONTH_DAY}", _full),
        (
            "",
            rf"(?<![\d./-])(?<!第)(?P<y>\d{{4}}) ?(?P<sep>[./-]) ?(?P<m>\d{{1,2}}) ?(?P=sep) ?(?P<d>\d{{1,2}})(?:(?!\d|[./-]\d)|(?={_JOIN}))",
            _in_numbers,
        ),
        (
            "",
            r"(?P<y>\d{4})(?<=\d[/-]....)(?P<sep>[./-])(?P<m>\d{1,2})(?P=sep)(?P<d>\d{1,2})(?![\d./-])",
            _after_its_first,
        ),
        ("'", r"(?<![A-Za-z0-9])'(?P<y>\d{2})(?P<sep>[./・-])(?P<m>\d{1,2})(?P=sep)(?P<d>\d{1,2})(?![\d./・-])", _apostrophe),
        ("'", rf"(?<![A-Za-z0-9])'(?P<y>\d{{2}})年{_S}{_MONTH_DAY}", _apostrophe),
        ("年", rf"(?<![\d{KANJI}A-Za-z.'和成正治 ])(?P<y>\d{{2}})年{_S}{_MONTH_DAY}", _short_year),
        ("", rf"(?i)(?<![a-z]){_MON} ?(?P<d>\d{{1,2}})(?:st|nd|rd|th)?(?:[,.] ?| )(?P<y>\d{{4}})(?!\d)", _english),
        ("", rf"(?i)(?<!\d)(?P<d>\d{{1,2}})(?:st|nd|rd|th)?[ -]{_MON_BEHIND_DAY},?[ -](?P<y>\d{{4}})(?!\d)", _english),
        ("", rf"(?i)(?<!\d)(?P<y>\d{{4}})[ -]{_MON}[ -](?P<d>\d{{1,2}})(?!\d)", _english),
        ("月", rf"(?P<word>{'|'.join(_RELATIVE)})?(?<![\d{KANJI}年]){_MONTH_DAY}", _without_year),
        ("月", rf"(?P<word>{'|'.join(_RELATIVE)}){_S}{_MONTH_DAY}", _without_year),
        ("/", r"^[ ]{0,9}(?P<m>\d{1,2})/(?P<d>\d{1,2})(?=[ ]{1,3}\d{1,2}:\d{2})", _without_year),
        ("", rf"(?<![\d/.・-])(?P<m>\d{{1,2}})[/.・](?P<d>\d{{1,2}})(?={_S}{WEEKDAY_IN_BRACKETS})", _without_year),
        ("/", r"(?<![\d/.・-])(?P<m>\d{1,2})/(?P<d>\d{1,2})(?=付(?!近)|更新|現在|時点)", _without_year),
        ("", rf"(?i)[(\[<]{_SHORT_OR_WORD}(?=(?P<after>{_S}{_DAY_WORD}|[ ]{{1,3}}\d{{1,2}}:\d{{2}})?{_S}[)\]>])", _marked),
        ("/", r"^[ ]{0,9}(?P<at>(?P<m>\d{1,2})/(?P<d>\d{1,2}))(?=[ ]\S|[~-]\d)", _leading),
        ("日", rf"(?<![\d{KANJI}月])(?P<d>{_N}){_S}日(?={_S}(?:{WEEKDAY})?[ ,、]{{0,3}}(?:午|正午|{_N}(?:時(?!間)|:\d)|(?:から{_S}{_N}{_S}日|[~ー-]{_S}{_N}{_S}日(?!間))))", _without_month),
    )
)  # fmt: skip
"""A sign without which there is no match, where there is one; the pattern; what a match means."""
