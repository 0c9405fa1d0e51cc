"""The dates of a whole text: of what each one is (a beginning, a deadline, an end), and where it lies."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from classifier.dates import Dated, dated
from classifier.lexicon import Lexicon, load_lexicon
from classifier.segment import Sentence

BEHIND = 14
"""Characters behind a date in which stands what it is a date of: 「4月1日から施行する」."""
BEFORE = 10
"""Characters in front of it: 「施行日　令和7年4月1日」."""
PARTICLES = (
    ("plan", re.compile("予定|見込|めど|目途|目指|めざ")),
    ("from", re.compile(r"\A.{0,3}(?:から|より|以降|以後)")),
    ("by", re.compile(r"\A.{0,3}(?:まで|迄)")),
)
"""What the words behind a date tell of it where none says what begins or ends."""
STARTS = frozenset({"begin", "plan", "from"})
"""Kinds of days on which something may begin."""


class Day(NamedTuple):
    """An expression of time in a text."""

    sentence: int
    kind: str
    """`end`, `begin`, `term` (of a contract), `deadline`, one of PARTICLES, or `day`."""
    tense: str
    """As in dates.py."""


@dataclass(frozen=True, slots=True)
class Timeline:
    """All days of a text, in its order."""

    days: Sequence[Day]
    at: Sequence[int]
    """The sentence of each day."""

    def within(self, first: int, behind: int) -> Sequence[Day]:
        """The days that stand in the sentences from `first` up to but not including `behind`."""
        return self.days[bisect_left(self.at, first) : bisect_left(self.at, behind)]


def timeline(sentences: Sequence[Sentence], published: date | None) -> Timeline:
    """The days of `sentences`, set against the day of publication."""
    days = tuple(_days(sentences, published))
    return Timeline(days, [day.sentence for day in days])


def _days(sentences: Sequence[Sentence], published: date | None) -> Iterator[Day]:
    lexicon = load_lexicon()
    for sentence in sentences:
        for one in dated(sentence.text, published):
            yield Day(sentence.index, kind_of(lexicon, sentence.text, one), one.tense)


def kind_of(lexicon: Lexicon, text: str, one: Dated) -> str:
    """What an expression of time in NFKC `text` is the date of, by the words around it."""
    behind = text[one.end : one.end + BEHIND]
    before = text[max(0, one.start - BEFORE) : one.start]
    for kind, words in (
        ("end", lexicon.stages["halted.stop"]),
        ("begin", lexicon.contexts["begins"]),
        ("term", lexicon.contexts["term"]),
        ("deadline", lexicon.contexts["deadline"]),
    ):
        if words.search(behind) or words.search(before):
            return kind
    return next((kind for kind, words in PARTICLES if words.search(behind)), "day")
