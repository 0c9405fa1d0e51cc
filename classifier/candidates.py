"""Rules propose: (sector, identifier, sentence) triples where a use may be asserted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple, TypeVar

from classifier.survey import Survey
from data.vocabulary import Identifier, Sector

Route = Literal["here", "weak", "heading", "before", "title", "publisher", "none"]
"""How the sentence comes by its identifier or sector: named in it, or carried from elsewhere."""


Topic = TypeVar("Topic")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence that may assert that `sector` uses `identifier`."""

    sector: Sector
    identifier: Identifier
    sentence: int
    identifier_route: Route
    sector_route: Route
    identifier_distance: int
    sector_distance: int


def company(read: Survey, candidate: Candidate) -> frozenset[Sector]:
    """The sectors that stand in one list with the candidate's, where its sentence names it (enumeration.py)."""
    if candidate.sector_route != "here":
        return frozenset()
    return read.lists[candidate.sentence].get(candidate.sector, frozenset())


def source(read: Survey, k: int, route: Route, distance: int) -> int | None:
    """The sentence that gives sentence `k` a topic by this route; None where no sentence does (`weak`, `publisher`, `none`)."""
    above = read.sentences[k].heading
    if route == "heading" and above is not None and distance > 1:
        above = read.sentences[above].heading
    places = {"here": k, "before": k - distance, "title": 0, "heading": above}
    return places.get(route)


class Carried(NamedTuple):
    """How a sentence comes by a topic, and from how far away."""

    route: Route
    distance: int
    asked: bool = False
    """Whether it comes from the question that the sentence answers."""

    @property
    def near(self) -> bool:
        """True when it comes from the sentence just before, from the governing heading, or was asked for."""
        return self.asked or (self.route in ("before", "heading") and self.distance <= 1)


def propose(read: Survey, carry: int) -> list[Candidate]:
    """All candidates of a text, in the order of sentences; topics are carried `carry` sentences."""
    return [
        Candidate(sector, identifier, k, who.route, whose.route, who.distance, whose.distance)
        for k in range(len(read.sentences))
        if (identifiers := _identifiers(read, k, carry))
        for sectors in (_sectors(read, k, carry),)
        for identifier, who in identifiers.items()
        for sector, whose in sectors.items()
        if who.route in ("here", "weak") or whose.route == "here" or (who.near and whose.near)
    ]


def _reach(read: Survey, k: int, carry: int) -> list[tuple[Route, int, int]]:
    """(route, distance, sentence) of the sentences whose topic may be carried into sentence `k`."""
    here = read.sentences[k]
    reach: list[tuple[Route, int, int]] = []
    if here.heading is not None and here.heading != k:
        reach.append(("heading", 1, here.heading))
        above = read.sentences[here.heading]
        if above.heading is not None:
            reach.append(("heading", 2, above.heading))
    last = max(-1 if read.sentences[0].kind != "title" else 0, k - 1 - carry)
    reach.extend(("before", k - back, back) for back in range(k - 1, last, -1))
    if k > 0 and read.sentences[0].kind == "title":
        reach.append(("title", 1, 0))
    return reach


def _asked_for(
    read: Survey, k: int, named: Sequence[Sequence[Topic]]
) -> Iterator[tuple[Topic, Carried]]:
    """What the nearest sentence of the question names, for a sentence that begins the answer."""
    exchange = read.exchanges.get(k)
    if exchange is None or k not in exchange.begins(read.sentences):
        return
    asked = next((x for x in exchange.topic if named[x]), None)
    if asked is not None:
        carried = Carried("before", k - asked, asked=True)
        yield from ((topic, carried) for topic in named[asked])


def _identifiers(read: Survey, k: int, carry: int) -> dict[Identifier, Carried]:
    found: dict[Identifier, Carried] = {}
    for mention in read.mentions[k]:
        if mention.strength != "weak":
            found[mention.identifier] = Carried("here", 0)
        else:
            found.setdefault(mention.identifier, Carried("weak", 0))
    if not found:
        for mention, carried in _asked_for(read, k, read.mentions):
            found.setdefault(mention.identifier, carried)
    for route, distance, other in _reach(read, k, carry):
        for mention in read.mentions[other]:
            if mention.strength != "weak":
                found.setdefault(mention.identifier, Carried(route, distance))
    return found


def _sectors(read: Survey, k: int, carry: int) -> dict[Sector, Carried]:
    found = {cue.sector: Carried("here", 0) for cue in read.cues[k]}
    if not found:
        for cue, carried in _asked_for(read, k, read.cues):
            found.setdefault(cue.sector, carried)
    for route, distance, other in _reach(read, k, carry):
        for cue in read.cues[other]:
            found.setdefault(cue.sector, Carried(route, distance))
    for cue in read.publisher_cues:
        found.setdefault(cue.sector, Carried("publisher", 1))
    found.setdefault(Sector.OTHER, Carried("none", 9))
    return found
