"""Named features of a candidate: what a careful annotator would point at, as words a person can read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from spacy.tokens import Doc, Token

from classifier.candidates import Candidate
from classifier.components.predicates import clause_head
from classifier.lexicon import Lexicon, load_lexicon
from classifier.survey import Survey

NUMBER = re.compile(r"^[0-9一二三四五六七八九十百千万億〇.,]+$")


@dataclass(frozen=True, slots=True)
class Place:
    """A candidate with its parsed sentence: where features are read."""

    read: Survey
    candidate: Candidate
    doc: Doc


def features(place: Place) -> list[str]:
    """All feature names that hold for a candidate, sorted, each once."""
    found: set[str] = set()
    found.update(_routes(place))
    found.update(_sentence(place))
    found.update(_syntax(place))
    found.update(_words(place))
    found.update(_around(place))
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
    for cue in _cues(place):
        if cue.system:
            yield f"system:{cue.system}"
            yield f"system:{cue.system}+{c.identifier}"
        yield "cue:system" if cue.system else f"cue:generic+{c.sector}"
    strengths = {m.strength for m in _mentions(place)}
    yield from (f"strength:{strength}" for strength in strengths)
    others = {x.sector for x in place.read.cues[c.sentence]} - {c.sector}
    yield f"sectors_here:{min(len(others), 3)}"
    yield from (f"rival:{c.sector}<{sector}" for sector in others)
    identifiers = {m.identifier for m in place.read.mentions[c.sentence] if m.strength != "weak"}
    yield from (f"also_here:{c.identifier}+{i}" for i in identifiers - {c.identifier})
    yield from (f"also_text:{c.identifier}+{i}" for i in place.read.identifiers - {c.identifier})


def _cues(place: Place) -> list:  # type: ignore[type-arg]  # of Cue
    return [
        x for x in place.read.cues[place.candidate.sentence] if x.sector == place.candidate.sector
    ]


def _mentions(place: Place) -> list:  # type: ignore[type-arg]  # of Mention
    here = place.read.mentions[place.candidate.sentence]
    return [m for m in here if m.identifier == place.candidate.identifier]


def _sentence(place: Place) -> Iterator[str]:
    """What the components found in the sentence."""
    doc = place.doc
    for predicate in doc._.predicates:
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
        yield f"mark:{mark.name}"
        if mark.final:
            yield f"final:{mark.name}"
    yield from (f"here:{context}" for context in doc._.contexts)
    yield f"papers:{min(doc._.papers, 4)}"
    yield from _quoted(place)
    actor = doc._.actor
    yield "actor:none" if actor is None else f"actor:{'body' if actor.is_body else 'other'}"
    text = doc.text.rstrip("。」』 )")
    yield from (f"end:{text[-size:]}" for size in (1, 2, 3, 4, 5, 6, 8) if len(text) >= size)


def _quoted(place: Place) -> Iterator[str]:
    scopes = place.doc._.quotations
    if not scopes:
        return
    yield "quotation"
    if any(q.speaker for q in scopes):
        yield "quotation:reported"
    for mention in _mentions(place):
        if any(q.start <= mention.start < q.end for q in scopes):
            yield "quotation:identifier_inside"


def _syntax(place: Place) -> Iterator[str]:
    """The parse around identifier and sector: case, governing predicate, its polarity, the path."""
    doc = place.doc
    identifier = _roots(doc, _mentions(place))
    sector = _roots(doc, _cues(place))
    for token in identifier[:3]:
        yield from _role(token, "id")
    for token in sector[:3]:
        yield from _role(token, "sector")
    for token in identifier[:2]:
        for other in sector[:3]:
            yield from _link(token, other)
    for root in (token for token in doc if token.head.i == token.i):
        yield f"root:{root.norm_}"
        yield from (f"root+:{child.norm_}" for child in root.rights if child.dep_ != "punct")


def _roots(doc: Doc, mentions: Iterable) -> list[Token]:  # type: ignore[type-arg]
    spans = (doc.char_span(m.start, m.end, alignment_mode="expand") for m in mentions)
    return list(dict.fromkeys(span.root for span in spans if span is not None))


def _role(token: Token, name: str) -> Iterator[str]:
    case = "".join(child.text for child in token.rights if child.dep_ == "case")
    yield f"{name}_case:{case}"
    yield f"{name}_dep:{token.dep_}"
    governor = token.head
    yield f"{name}_head:{governor.norm_}"
    yield f"{name}_case_head:{case}+{governor.norm_}"
    clause = clause_head(token)
    yield f"{name}_clause:{clause.norm_}"
    yield f"{name}_clause_dep:{'root' if clause.head.i == clause.i else clause.dep_}"
    yield from (
        f"{name}_clause_aux:{child.norm_}"
        for child in clause.rights
        if child.dep_ in ("aux", "mark")
    )
    if clause.dep_ in ("acl", "advcl"):
        yield f"{name}_outer:{clause.head.norm_}"


def _link(token: Token, other: Token) -> Iterator[str]:
    if token.i == other.i:
        yield "link:same_token"
        return
    gap = abs(token.i - other.i)
    yield f"link:gap{min(gap // 4, 6)}"
    yield f"link:{'identifier_first' if token.i < other.i else 'sector_first'}"
    if clause_head(token).i == clause_head(other).i:
        yield "link:same_clause"
    if other.is_ancestor(token):
        yield "link:sector_governs"
    if token.is_ancestor(other):
        yield "link:identifier_governs"


def _words(place: Place) -> Iterator[str]:
    """Normal forms and characters of the sentence with identifier and sector made anonymous."""
    names = _anonymous(place)
    for at, word in enumerate(names):
        yield f"w:{word}"
        if at + 1 < len(names):
            yield f"w:{word}_{names[at + 1]}"
        if at + 2 < len(names):
            yield f"w:{word}_{names[at + 1]}_{names[at + 2]}"
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
    for token in place.doc:
        first, last = token.idx, token.idx + len(token)
        name = next((n for start, end, n in labels if start < last and first < end), None)
        if name is None:
            name = "<N>" if NUMBER.match(token.text) else token.norm_
        if not names or names[-1] != name or not name.startswith("<"):
            names.append(name)
    return names


def _around(place: Place) -> Iterator[str]:
    """Title, neighbours, heading, the floor in minutes, and what the whole text is about."""
    read, k = place.read, place.candidate.sentence
    lexicon = load_lexicon()
    title = read.sentences[0] if read.sentences[0].kind == "title" else None
    if title is not None and k != 0:
        yield from (f"title:{name}" for name in _family_names(lexicon, title.text))
        yield from (f"title_in:{context}" for context in read.contexts[0])
        yield from (f"title_end:{title.text[-size:]}" for size in (1, 2, 3, 4))
        if any(m.identifier == place.candidate.identifier for m in read.mentions[0]):
            yield "title:identifier"
        if any(x.sector == place.candidate.sector for x in read.cues[0]):
            yield "title:sector"
    for name, other in (("before", k - 1), ("after", k + 1)):
        if 0 < other < len(read.sentences):
            yield from (f"{name}:{f}" for f in _family_names(lexicon, read.sentences[other].text))
            yield from (f"{name}_in:{context}" for context in read.contexts[other])
            if any(m.identifier == place.candidate.identifier for m in read.mentions[other]):
                yield f"{name}:identifier"
            if any(x.sector == place.candidate.sector for x in read.cues[other]):
                yield f"{name}:sector"
    heading = read.sentences[k].heading
    if heading is not None and heading != k:
        yield from (f"heading:{f}" for f in _family_names(lexicon, read.sentences[heading].text))
        yield from (f"heading_in:{context}" for context in read.contexts[heading])
    yield from _floor(read, k, lexicon)
    yield from _document(place)


def _floor(read: Survey, k: int, lexicon: Lexicon) -> Iterator[str]:
    speaker = read.sentences[k].speaker
    if speaker is None:
        return
    yield "minutes"
    for role, titles in lexicon.roles.items():
        if any(title in speaker for title in titles):
            yield f"floor:{role}"
            return


def _document(place: Place) -> Iterator[str]:
    """Context families of the whole text; counted by share so that length tells nothing."""
    read = place.read
    total = len(read.sentences)
    counts: dict[str, int] = {}
    for contexts in read.contexts:
        for context in contexts:
            counts[context] = counts.get(context, 0) + 1
    for context, count in counts.items():
        yield f"text:{context}"
        if count * 3 >= total:
            yield f"text_much:{context}"
    named = sum(
        any(m.identifier == place.candidate.identifier for m in found) for found in read.mentions
    )
    yield f"topic:{min(4, named * 5 // max(1, total))}"
    first = next((i for i, found in enumerate(read.mentions) if found), 0)
    if first == place.candidate.sentence:
        yield "topic:first_mention"
    if place.candidate.sentence <= 1:
        yield "lead"


def _family_names(lexicon: Lexicon, text: str) -> Iterator[str]:
    for name, pattern in lexicon.stages.items():
        if pattern.search(text):
            yield name
    for name, pattern in lexicon.predicates.items():
        if pattern.search(text):
            yield f"use.{name}"
