"""One look over a whole gated text: sentences, mentions and cues, before anything is parsed."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from classifier.lexicon import Cue, Lexicon, Mention, load_lexicon
from classifier.normalise import Normalised, normalise
from classifier.segment import Sentence, segment
from data.vocabulary import Identifier

SIBLINGS = {Identifier.NUMBER, Identifier.CARD}
"""A text that names one of these calls the other by a bare word (the number, the card)."""


@dataclass(frozen=True)
class Survey:
    """A text as the rules see it: `mentions[k]` and `cues[k]` belong to `sentences[k]`."""

    verbatim: str
    normalised: Normalised
    sentences: list[Sentence]
    mentions: list[list[Mention]]
    cues: list[list[Cue]]
    publisher_cues: list[Cue]
    publisher: str
    contexts: list[frozenset[str]] = field(repr=False)

    @cached_property
    def identifiers(self) -> frozenset[Identifier]:
        """Identifiers that the text names outright."""
        return frozenset(
            m.identifier for found in self.mentions for m in found if m.strength != "weak"
        )

    def span(self, sentence: Sentence) -> tuple[int, int]:
        """Verbatim offsets of a sentence, without the white space around it."""
        start, end = self.normalised.verbatim_span(sentence.start, sentence.end)
        while end > start and self.verbatim[end - 1].isspace():
            end -= 1
        return start, end


def survey(title: str, body: str, publisher: str = "") -> Survey:
    """Read `title` + newline + `body` with the lexicon only (about 2 MB/s)."""
    lexicon = load_lexicon()
    verbatim = f"{title}\n{body}"
    normalised = normalise(verbatim)
    sentences = segment(normalised.text, len(normalise(title).text))
    mentions = [lexicon.mentions(sentence.text) for sentence in sentences]
    named = {m.identifier for found in mentions for m in found if m.strength != "weak"}
    pointed_at = named | (SIBLINGS if named & SIBLINGS or not named else set())
    mentions = [[m for m in found if m.identifier in pointed_at] for found in mentions]
    return Survey(
        verbatim=verbatim,
        normalised=normalised,
        sentences=sentences,
        mentions=mentions,
        cues=[
            outside(lexicon, s.text, found) for s, found in zip(sentences, mentions, strict=True)
        ],
        publisher_cues=lexicon.cues(normalise(publisher).text),
        publisher=publisher,
        contexts=[surroundings(lexicon, sentence.text) for sentence in sentences],
    )


def outside(lexicon: Lexicon, text: str, mentions: list[Mention]) -> list[Cue]:
    """Cues of `text`, without generic words inside an identifier's own name."""
    return [
        cue
        for cue in lexicon.cues(text)
        if cue.system is not None
        or not any(m.start <= cue.start and cue.end <= m.end for m in mentions)
    ]


def surroundings(lexicon: Lexicon, text: str) -> frozenset[str]:
    """Names of the context families that `text` hits."""
    return frozenset(name for name, pattern in lexicon.contexts.items() if pattern.search(text))
