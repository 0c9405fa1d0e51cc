"""How a candidate's sentence is worded, with the names taken out: a wording says the same of any system.

What the parse, the marks and the words of a sentence miss, its characters often tell; without the
names they tell it of systems that nobody has labelled yet.
"""

from __future__ import annotations

from functools import lru_cache

from classifier.assess import grams
from classifier.candidates import Candidate
from classifier.endings import bare
from classifier.survey import Survey

TAIL = 14
"""Characters of the ending, without its polite shells, that are learned as a whole."""

OWN, ANOTHER, SYSTEM, RIVAL = "ⒾⒿⓈⓇ"
"""What stands for the candidate's identifier, another one, a word of its sector and of another sector: NFKC
turns each of these into a letter, so that none of them stands in a normalised text."""


OF_SECTOR = "of "
"""How the names begin that say the wording of one sector alone: they tell a finding, and no stage."""


def wording(read: Survey, candidate: Candidate) -> set[str]:
    """Names of what a candidate's sentence, its ending and the title say."""
    text = anonymous(read, candidate.sentence, candidate)
    tail = bare(text)[-TAIL:]
    own = grams(text)
    found = {f"c:{gram}" for gram in own} | {f"{OF_SECTOR}{candidate.sector}:{g}" for g in own}
    found.update(f"e:{tail[-size:]}" for size in range(1, len(tail) + 1))
    if candidate.sentence and read.sentences[0].kind == "title":
        found |= _titled(anonymous(read, 0, candidate))
    return found | {f"is:{candidate.sector}", f"is:{candidate.identifier}", f"genre:{read.genre}"}


@lru_cache(maxsize=256)
def _titled(title: str) -> frozenset[str]:
    """Names of what a title says; a text's candidates share them."""
    return frozenset(f"t:{gram}" for gram in grams(title))


def anonymous(read: Survey, sentence: int, candidate: Candidate) -> str:
    """The sentence with one sign in place of each identifier and each word of a sector."""
    marked = [
        (m.start, -m.end, OWN if m.identifier == candidate.identifier else ANOTHER)
        for m in read.mentions[sentence]
    ]
    marked += [
        (c.start, -c.end, SYSTEM if c.sector == candidate.sector else RIVAL)
        for c in read.cues[sentence]
    ]
    text = read.sentences[sentence].text
    pieces = []
    at = 0
    for start, minus_end, sign in sorted(marked, key=lambda mark: mark[:2]):
        if start >= at:
            pieces += [text[at:start], sign]
            at = -minus_end
    return "".join([*pieces, text[at:]])
