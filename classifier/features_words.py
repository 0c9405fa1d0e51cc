"""Features of the words of a sentence, with identifier and sector made anonymous."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from spacy.tokens import Doc

from classifier.place import Place

NUMBER = re.compile(r"^[0-9一二三四五六七八九十百千万億〇.,]+$")


def words(place: Place) -> Iterator[str]:
    """Normal forms and characters of the sentence with identifier and sector made anonymous.

    The sector's own words are told apart from them: some point to it far more surely than others.
    """
    sentence = place.read.sentences[place.candidate.sentence].text
    for cue in place.cues:
        yield f"called:{sentence[cue.start : cue.end]}>{cue.sector}"
    names = _anonymous(place)
    for at, word in enumerate(names):
        yield f"w:{word}"
        if at + 1 < len(names):
            yield f"w:{word}_{names[at + 1]}"
    for marker, radius in (("<I>", 5), ("<S>", 4)):
        places = [at for at, word in enumerate(names) if word == marker][:3]
        for at in places:
            yield from (f"{marker}<{w}" for w in names[max(0, at - radius) : at])
            yield from (f"{marker}>{w}" for w in names[at + 1 : at + 1 + radius])


def _anonymous(place: Place) -> list[str]:
    c = place.candidate
    labels: list[tuple[int, int, str]] = []
    for mention in place.read.mentions[c.sentence]:
        labels.append(
            (mention.start, mention.end, "<I>" if mention.identifier == c.identifier else "<J>")
        )
    for cue in place.read.cues[c.sentence]:
        labels.append((cue.start, cue.end, "<S>" if cue.sector == c.sector else "<T>"))
    names: list[str] = []
    for first, last, own in _tokens(place.doc):
        if not place.focus.holds(first, last):
            continue
        name = next((n for start, end, n in labels if start < last and first < end), own)
        if not names or names[-1] != name or not name.startswith("<"):
            names.append(name)
    return names


@lru_cache(maxsize=1)
def _tokens(doc: Doc) -> tuple[tuple[int, int, str], ...]:
    """Start, end and normal form of each token; a number is <N>. A sentence's candidates share them; no more
    than one sentence is kept, as a hostile one is large.
    """
    return tuple(
        (token.idx, token.idx + len(token), "<N>" if NUMBER.match(token.text) else token.norm_)
        for token in doc
    )
