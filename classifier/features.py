"""Named features of a candidate: what a careful annotator would point at, as words a person can read.

How identifier and sector come together stands here; the parse, the times, the words and the text
around have a module each.
"""

from __future__ import annotations

from collections.abc import Iterator

from classifier.candidates import company
from classifier.features_account import accounts
from classifier.features_answer import answers
from classifier.features_break import breaks
from classifier.features_frame import frames
from classifier.features_roles import roles
from classifier.features_stance import stance
from classifier.features_syntax import syntax
from classifier.features_text import around
from classifier.features_time import times
from classifier.features_title import titles
from classifier.features_unused import unused
from classifier.features_words import words
from classifier.focus import Focus
from classifier.lexicon import load_lexicon
from classifier.place import Place
from classifier.segment import TURN
from classifier.survey import surroundings


def features(place: Place) -> list[str]:
    """All feature names that hold for a candidate, sorted, each once."""
    found: set[str] = set()
    found.update(_routes(place))
    found.update(_sentence(place))
    found.update(syntax(place))
    found.update(words(place))
    found.update(around(place))
    found.update(times(place))
    found.update(answers(place.read, place.candidate))
    found.update(stance(place))
    found.update(_rivalry(place))
    found.update(roles(place))
    found.update(frames(place))
    found.update(accounts(place))
    found.update(titles(place))
    found.update(breaks(place))
    found.update(unused(place))
    return sorted(found)


def _routes(place: Place) -> Iterator[str]:
    """How the pair comes together: named here, or carried from a heading, a title, a neighbour."""
    c = place.candidate
    yield f"identifier:{c.identifier_route}"
    yield f"sector:{c.sector_route}"
    yield f"routes:{c.identifier_route}+{c.sector_route}"
    yield f"pair:{c.sector}+{c.identifier}"
    yield f"is:{c.sector}"
    yield f"is:{c.identifier}"
    yield f"kind:{place.read.sentences[c.sentence].kind}"
    yield f"carry:{min(c.identifier_distance, 3)}/{min(c.sector_distance, 3)}"
    for cue in place.cues:
        if cue.system:
            yield f"system:{cue.system}"
            yield f"system:{cue.system}+{c.identifier}"
        yield "cue:system" if cue.system else f"cue:generic+{c.sector}"
    floor = TURN.match(place.text)
    if floor and place.cues and all(cue.end <= floor.end() for cue in place.cues):
        yield "cue:floor"
        yield f"cue:floor+{c.sector}"
    strengths = {m.strength for m in place.mentions}
    yield from _title_names(place)
    yield from (f"strength:{strength}" for strength in strengths)
    within = place.focus.holds
    others = {x.sector for x in place.read.cues[c.sentence] if within(x.start, x.end)} - {c.sector}
    yield f"sectors_here:{min(len(others), 3)}"
    yield from (f"rival:{c.sector}<{sector}" for sector in others)
    identifiers = {
        m.identifier
        for m in place.read.mentions[c.sentence]
        if m.strength != "weak" and within(m.start, m.end)
    }
    yield from (f"also_here:{c.identifier}+{i}" for i in identifiers - {c.identifier})
    yield from (f"also_text:{c.identifier}+{i}" for i in place.read.identifiers - {c.identifier})


def _title_names(place: Place) -> Iterator[str]:
    """Whether the title names another identifier."""
    c, read = place.candidate, place.read
    if c.sentence and read.sentences[0].kind == "title":
        titled = {m.identifier for m in read.mentions[0] if m.strength != "weak"}
        if titled and c.identifier not in titled:
            yield f"title_names:other+{c.identifier_route}"
            yield f"title_names:other+{read.genre}+{c.identifier_route}"


def _sentence(place: Place) -> Iterator[str]:
    """What the components found in the part of the sentence that speaks of the candidate."""
    doc, part = place.doc, place.focus
    yield from _distance(part, len(place.text))
    for predicate in doc._.predicates:
        if not part.holds(predicate.start, predicate.end):
            continue
        yield f"use:{predicate.family}"
        flags = [
            name
            for name, on in (
                ("negated", predicate.negated),
                ("main", predicate.main),
                ("conditional", predicate.conditional),
            )
            if on
        ]
        yield from (f"use:{predicate.family}+{flag}" for flag in flags)
    for mark in doc._.marks:
        near = part.holds(mark.start, mark.end)
        yield f"mark:{mark.name}" if near else f"far:{mark.name}"
        if mark.final:
            yield f"final:{mark.name}"
        elif near and mark.start >= part.end - TAIL:
            yield f"clause_final:{mark.name}"
    yield from _spoken(place)
    yield from _quoted(place)
    actor = doc._.actor
    yield "actor:none" if actor is None else f"actor:{'body' if actor.is_body else 'other'}"
    text = place.text.rstrip("。」』 )")
    yield from (f"end:{text[-size:]}" for size in (1, 2, 3, 4, 5, 6, 8) if len(text) >= size)


def _spoken(place: Place) -> Iterator[str]:
    """Surroundings and papers of the part; the components have looked where it is the sentence."""
    doc, part = place.doc, place.focus
    spoken = place.text[part.start : part.end]
    contexts, papers = doc._.contexts, doc._.papers
    if spoken != place.text:
        contexts = surroundings(load_lexicon(), spoken)
        papers = sum(1 for _ in load_lexicon().contexts["papers"].finditer(spoken))
    yield from (f"here:{context}" for context in contexts)
    yield from (f"far_in:{context}" for context in doc._.contexts)
    yield f"papers:{min(papers, 4)}"
    if part.end < len(place.text):
        yield from (f"clause_end:{spoken[-size:]}" for size in (2, 3, 4, 5, 6))


TAIL = 18
"""Characters at the end of a clause where its own predicate ends."""


def _distance(part: Focus, length: int) -> Iterator[str]:
    """How near identifier and sector stand, and whether the sentence was too long to read whole."""
    if part.end - part.start < length:
        yield "long"
    if part.gap is not None:
        yield f"gap:{min(part.gap // 8, 8)}"
        yield f"commas:{min(part.commas, 4)}"
        if part.commas > 2 and part.gap > 40:
            yield "gap:apart"


def _quoted(place: Place) -> Iterator[str]:
    scopes = place.doc._.quotations
    if not scopes:
        return
    yield "quotation"
    if any(q.speaker for q in scopes):
        yield "quotation:reported"
    for mention in place.mentions:
        if any(q.start <= mention.start < q.end for q in scopes):
            yield "quotation:identifier_inside"
            if place.read.context_counts["phishing"]:
                yield "quotation:bait"


def _rivalry(place: Place) -> Iterator[str]:
    """Which sector the sentence and the text are about, when they name several."""
    read, c = place.read, place.candidate
    here = read.cues[c.sentence]
    rivals = {cue.sector for cue in here} - {c.sector}
    yield f"route_rivals:{c.sector_route}/{min(len(rivals), 2)}"
    yield f"route_rivals:{c.sector}:{c.sector_route}/{min(len(rivals), 2)}"
    mention = next(iter(place.mentions), None)
    if mention is not None and here:
        nearest = min(
            here, key=lambda cue: (max(cue.start - mention.end, mention.start - cue.end), cue.start)
        )
        yield f"nearest:{nearest.sector == c.sector}"
        yield f"nearest:{c.sector}/{nearest.sector}"
    if here:
        yield f"first_cue:{here[0].sector == c.sector}"
        yield f"last_cue:{here[-1].sector == c.sector}"
    listed = company(read, c)
    if listed:
        yield f"listed:{min(len(listed), 3)}"
        yield f"listed:{c.sector}"
    if any(cue.system for cue in here if cue.sector != c.sector):
        yield f"rival_system:{any(x.system for x in place.cues)}"
    yield from _standing(place)


def _standing(place: Place) -> Iterator[str]:
    """How a sector stands in the whole text: rank by sentences, the title's, the publisher's."""
    read, c = place.read, place.candidate
    counts = read.sector_counts
    own = counts.get(c.sector, 0)
    rank = sum(count > own for count in counts.values())
    yield f"sector_rank:{min(rank, 4)}"
    yield f"sector_rank:{c.sector}/{min(rank, 2)}"
    yield f"sector_rank:{min(rank, 2)}+{c.sector_route}"
    title = {cue.sector for cue in read.cues[0]} if read.sentences[0].kind == "title" else set()
    yield f"title_sector:{c.sector in title}/{min(len(title - {c.sector}), 2)}"
    publisher = {cue.sector for cue in read.publisher_cues}
    yield f"publisher_sector:{c.sector in publisher}/{bool(publisher - {c.sector})}"
