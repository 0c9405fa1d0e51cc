"""Which part of a long sentence speaks of a candidate: minutes and statutes join ten topics with commas."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from classifier.candidates import Candidate
from classifier.lexicon import Cue, Mention
from classifier.survey import Survey

SHORT = 110
"""Characters up to which a sentence is read whole; nine in ten sentences of news are shorter."""

LEFT, RIGHT = 40, 55
"""How far the part reaches at least: Japanese puts the predicate, and so the stage, behind."""

WIDEST = 120
"""An identifier and a cue farther apart than this do not stretch the part over both."""

COMMA = re.compile(r"[、,;；]")


@dataclass(frozen=True, slots=True)
class Focus:
    """The part of a sentence to read closely, as offsets in its text."""

    start: int
    end: int
    gap: int | None
    """Characters between the nearest identifier and cue of the candidate, None without both."""
    commas: int
    """Commas between the two."""

    def holds(self, start: int, end: int) -> bool:
        """True when a span touches the part."""
        return start < self.end and self.start < end


def focus(read: Survey, candidate: Candidate) -> Focus:
    """The part of the candidate's sentence around its identifier and its sector."""
    text = read.sentences[candidate.sentence].text
    mentions = [
        m for m in read.mentions[candidate.sentence] if m.identifier == candidate.identifier
    ]
    cues = [c for c in read.cues[candidate.sentence] if c.sector == candidate.sector]
    start, end, gap = _anchor(mentions, cues)
    commas = 0 if gap is None else len(COMMA.findall(text, start, end))
    if len(text) <= SHORT or (not mentions and not cues):
        return Focus(0, len(text), gap, commas)
    if gap is not None and gap > WIDEST:
        nearest = _nearest(mentions, cues)[0]
        start, end = nearest.start, nearest.end
    return Focus(_left(text, start), _right(text, end), gap, commas)


def _nearest(mentions: Sequence[Mention], cues: Sequence[Cue]) -> tuple[Mention, Cue]:
    return min(
        ((m, c) for m in mentions for c in cues),
        key=lambda pair: (
            max(pair[1].start - pair[0].end, pair[0].start - pair[1].end),
            pair[0].start,
            pair[1].start,
        ),
    )


def _anchor(mentions: Sequence[Mention], cues: Sequence[Cue]) -> tuple[int, int, int | None]:
    if mentions and cues:
        mention, cue = _nearest(mentions, cues)
        gap = max(0, cue.start - mention.end, mention.start - cue.end)
        return min(mention.start, cue.start), max(mention.end, cue.end), gap
    spans = mentions or cues
    if not spans:
        return 0, 0, None
    return spans[0].start, spans[0].end, None


def _left(text: str, start: int) -> int:
    """The beginning of the clause that stands at least LEFT characters before `start`."""
    if start <= LEFT:
        return 0
    comma = max(text.rfind("、", 0, start - LEFT), text.rfind("。", 0, start - LEFT))
    return max(comma + 1, start - 2 * LEFT, 0)


def _right(text: str, end: int) -> int:
    """The end of the clause that stands at least RIGHT characters behind `end`."""
    comma = COMMA.search(text, min(len(text), end + RIGHT))
    return min(len(text), comma.start() if comma else len(text), end + 2 * RIGHT)
