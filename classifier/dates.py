"""Dates named in a sentence, set against the text's own date (guidelines, settled case 33)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple

ERAS = {"令和": 2018, "平成": 1988, "昭和": 1925}
KANJI = {c: n for n, c in enumerate("〇一二三四五六七八九")}
NUMERAL = r"(?:[0-9]{1,4}|元|[〇一二三四五六七八九十]{1,4})"
DATE = re.compile(
    rf"(?:(?P<era>令和|平成|昭和)?(?P<year>{NUMERAL})(?P<fiscal>年度|年)|(?P<word>来年度?|今年度?|本年度?|昨年度?|再来年|同年|翌年度?))?"
    rf"(?:(?P<month>{NUMERAL})月)?(?:(?P<day>{NUMERAL})日)?"
)
HAS_DATE = re.compile("[年月日]")
"""DATE matches nothing at every character; most sentences need not be looked through."""
WORDS = {"来": 1, "再": 2, "今": 0, "本": 0, "昨": -1, "同": 0, "翌": 1}
NEAR = timedelta(days=1)
"""Yesterday still counts as now: the news of a day is printed on the next. Tomorrow does not: in the labelled texts
what begins on the day after is planned in 21 of 29."""
PRESENT = re.compile(r"本日|きょう|今日|このほど|このたび|同日|この日")
AHEAD = re.compile(
    r"来(?:年|春|夏|秋|冬|月|週|年度)|再来年|今(?:秋|冬|夏|春)|近く|明年|年明け|年内|年度内|あす|明日|翌年"
)
BEHIND = re.compile(r"昨(?:年|春|夏|秋|冬|日)|先(?:月|週)|去年|前年|以前|きのう|これまで")


def number(text: str) -> int:
    """The value of a numeral: 12, 元 (1), 十二, 二〇〇四; 0 when it is none."""
    if text.isdigit():
        return int(text)
    if text == "元":
        return 1
    if "十" in text:
        tens, _, ones = text.partition("十")
        return (KANJI.get(tens, 1) if tens else 1) * 10 + (KANJI.get(ones, 0) if ones else 0)
    return int("".join(str(KANJI[c]) for c in text)) if all(c in KANJI for c in text) else 0


class Dated(NamedTuple):
    """An expression of time in a sentence; `start` and `end` are its offsets."""

    tense: str
    """`ahead`, `behind` or `now`; with `word_` before it where a word says so, and no date."""
    start: int
    end: int


def tenses(text: str, published: date | None) -> tuple[str, ...]:
    """The tenses of all expressions of time in NFKC `text`."""
    return tuple(one.tense for one in dated(text, published))


@lru_cache(maxsize=2048)
def dated(text: str, published: date | None) -> tuple[Dated, ...]:
    """All expressions of time in NFKC `text`, set against the day of its publication.

    A month without a year is the one nearest to the publication; a bare day is the month's own.
    """
    return tuple(_dated(text, published))


def _dated(text: str, published: date | None) -> Iterator[Dated]:
    for name, pattern in (("now", PRESENT), ("ahead", AHEAD), ("behind", BEHIND)):
        for found in pattern.finditer(text):
            yield Dated(f"word_{name}", found.start(), found.end())
    if published is None or not HAS_DATE.search(text):
        return
    for match in DATE.finditer(text):
        span = _span(match, published)
        if span is None:
            continue
        first, last = span
        tense = "now"
        if first > published:
            tense = "ahead"
        elif last < published - NEAR:
            tense = "behind"
        yield Dated(tense, match.start(), match.end())


def _span(match: re.Match[str], published: date) -> tuple[date, date] | None:
    """First and last day that a dated expression can mean, or None when it names no date."""
    year, month, day = (number(match[g]) if match[g] else 0 for g in ("year", "month", "day"))
    fiscal = match["fiscal"] == "年度"
    if match["word"]:
        year = published.year + WORDS[match["word"][0]]
        fiscal = match["word"].endswith("年度")
    elif match["year"] and not match["era"] and not _plausible(year, published):
        return None
    elif match["year"]:
        year = ERAS[match["era"]] + year if match["era"] else year + (2000 if year < 100 else 0)
    if not year and not month and not day:
        return None
    if not year and month:
        year = min(
            (published.year + d for d in (-1, 0, 1)), key=lambda y: _gap(y, month, published)
        )
    if not year:
        year, month = published.year, published.month
    return _days(year, month, day, fiscal)


def _plausible(year: int, published: date) -> bool:
    """True for a Western year, or its last two digits near the publication (newspaper style)."""
    return 1950 <= year <= 2060 or (2 <= year <= 99 and abs(2000 + year - published.year) <= 8)


def _gap(year: int, month: int, published: date) -> int:
    return abs((year - published.year) * 12 + month - published.month)


def _days(year: int, month: int, day: int, fiscal: bool) -> tuple[date, date] | None:
    try:
        if fiscal:
            return date(year, 4, 1), date(year + 1, 3, 31)
        if not month:
            return date(year, 1, 1), date(year, 12, 31)
        if not day:
            return date(year, month, 1), date(year, month, 28)
        return date(year, month, day), date(year, month, day)
    except ValueError:
        return None
