"""Features of who asks and who answers: the place of the words that give a sector (stand.py)."""

from __future__ import annotations

from collections.abc import Iterator

from classifier.candidates import Candidate, source
from classifier.place import Place
from classifier.stand import Stand
from classifier.survey import Survey

GIVES = frozenset({"supplier", "record", "paper", "place"})
"""Places of a sector that only supplies (settled case 27), or lends its house."""


def roles(place: Place) -> Iterator[str]:
    """Whether the candidate's sector asks, or is asked, in the sentence that names it and in the text."""
    read, c = place.read, place.candidate
    own = _places(read, c)
    for name in set(own):
        yield f"role:{name}"
        yield f"role:{name}+{c.sector}"
        yield f"role:{name}/{c.sector_route}"
    if own and GIVES.issuperset(own):
        yield f"role:gives/{c.sector_route}"
        yield f"role:gives/{c.sector_route}+{c.identifier}"
        yield f"role:gives+{c.sector}+{read.genre}"
    yield from _against(place, own)
    if c.sector in read.sector_counts:
        gives = c.sector not in read.acting
        yield f"role_text:{'gives' if gives else 'acts'}"
        yield f"role_text:{'gives' if gives else 'acts'}+{c.sector}"


def _against(place: Place, own: tuple[Stand, ...]) -> Iterator[str]:
    """How other sectors of the sentence stand beside it: one that asks speaks against one that is asked."""
    read, c = place.read, place.candidate
    others = {
        stand
        for cue, stand in zip(read.cues[c.sentence], read.stands[c.sentence], strict=True)
        if cue.sector != c.sector
    }
    side = "gives" if own and GIVES.issuperset(own) else "acts" if own else "unnamed"
    if "querier" in others:
        yield f"role_beside:{side}<querier"
    if others & GIVES:
        yield f"role_beside:{side}<gives"


def _places(read: Survey, candidate: Candidate) -> tuple[Stand, ...]:
    k = source(read, candidate.sentence, candidate.sector_route, candidate.sector_distance)
    if k is None:
        return ()
    pairs = zip(read.cues[k], read.stands[k], strict=True)
    return tuple(stand for cue, stand in pairs if cue.sector == candidate.sector)
