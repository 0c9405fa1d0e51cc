"""A bare word for a full name said before it: 「給付金」 in a text on 犯罪被害者等給付金 is the police's benefit.

Whoever has named a system in full goes on with its last word. Where the two belong to different sectors, the
bare word is given those of the full name; a compound of its own (特別給付金) stays what it is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache

from classifier.lexicon import Cue, load_lexicon
from data.vocabulary import Sector

COMPOUND = re.compile(r"[一-鿿々ァ-ヴーA-Za-z](?<![同本該各両])$")
"""What stands before a word that is part of a compound; 同, 本 and the like only point back."""

Targets = tuple[tuple[Sector, str | None], ...]


@cache
def short_for() -> Mapping[str, tuple[tuple[str, bool], ...]]:
    """Per full name the bare words that it ends in, and whether it then belongs to other sectors than the word.

    Only systems' words count, and only bare words that end the name of some other sector's system.
    """
    words = {
        word: {sector for sector, _ in targets}
        for word, targets in load_lexicon().cue_words.items()
        if targets and all(system is not None for _, system in targets)
    }
    found: dict[str, list[tuple[str, bool]]] = {}
    for word, sectors in words.items():
        longer = {full: not words[full] & sectors for full in words if full.endswith(word)}
        if any(longer.values()):
            for full, foreign in longer.items():
                if full != word:
                    found.setdefault(full, []).append((word, foreign))
    return {full: tuple(ends) for full, ends in found.items()}


def resolved(texts: Sequence[str], cues: Sequence[Sequence[Cue]]) -> list[list[Cue]]:
    """The cues of a text's sentences, each bare word with the sectors of the full name said last before it."""
    said: dict[str, Targets] = {}
    return [_resolved(text, found, said) for text, found in zip(texts, cues, strict=True)]


def _resolved(text: str, cues: Sequence[Cue], said: dict[str, Targets]) -> list[Cue]:
    """The cues of one sentence; `said` is what each bare word stands for by now."""
    found: list[Cue] = []
    for cue in cues:
        word = text[cue.start : cue.end]
        if word in said and not COMPOUND.search(text[: cue.start]):
            found += (Cue(sector, system, cue.start, cue.end) for sector, system in said[word])
        else:
            found.append(cue)
        for short, foreign in short_for().get(word, ()):
            if foreign:
                said[short] = load_lexicon().cue_words[word]
            else:
                said.pop(short, None)
    return list(dict.fromkeys(found))
