"""Features of what is not the use itself: what a denial denies, and critics that speak alone."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from classifier.lexicon import families, load_lexicon
from classifier.place import Place
from classifier.survey import Survey

ASIDE = ("stop_denied", "no_duty", "no_paper", "no_harm", "unready", "kept_open")
"""Families of denials that are not of the use: of its stop, of a duty, of papers, of harm."""
KINDS = {True: "aside", False: "own"}
CRITICS = frozenset({"protest", "lawsuit"})


def stance(place: Place) -> Iterator[str]:
    """What the sentence's denials are of, and whether critics speak in it or in the title."""
    read, k = place.read, place.candidate.sentence
    yield from _denials(place.text)
    if _by_authority(read, k):
        return
    if read.contexts[k] & CRITICS:
        yield "critics_here:alone"
    elif read.sentences[0].kind == "title" and read.contexts[0] & CRITICS:
        yield "critics_title:alone"


@lru_cache(maxsize=1024)
def _denials(text: str) -> tuple[str, ...]:
    """Whether words that deny or stop stand inside a denial of something else, or by themselves."""
    lexicon = load_lexicon()
    denials = {name: lexicon.stages[name] for name in ASIDE}
    aside = [(start, end) for _, start, end in families(denials, text)]
    found = []
    for verdict in ("denied", "halted"):
        within = {
            any(first < end and start < behind for start, end in aside)
            for _, first, behind in families(lexicon.of_stage(verdict), text)
        }
        if within:
            found.append(f"stage_{verdict}:{'both' if len(within) > 1 else KINDS[within.pop()]}")
    return tuple(found)


def _by_authority(read: Survey, k: int) -> bool:
    speaker = read.sentences[k].speaker
    return speaker is not None and load_lexicon().roles_of(speaker)[:1] == ["authority"]
