"""Named features of a candidate: what a careful annotator would point at, as words a person can read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from spacy.tokens import Doc, Token

from classifier.candidates import Candidate
from classifier.components.predicates import clause_head
from classifier.dates import tenses
from classifier.lexicon import Lexicon, load_lexicon
from classifier.survey import Survey

NUMBER = re.compile(r"^[0-9一二三四五六七八九十百千万億〇.,]+$")


@dataclass(frozen=True, slots=True)
class Place:
    """A candidate with its parsed sentence: where features are read."""

    read: Survey
    candidate: Candidate
    doc: Doc
    published: date | None = None


def features(place: Place) -> list[str]:
    """All feature names that hold for a candidate, sorted, each once."""
    found: set[str] = set()
    found.update(_routes(place))
    found.update(_sentence(place))
    found.update(_syntax(place))
    found.update(_words(place))
    found.update(_around(place))
    found.update(_times(place))
    found.update(_rivalry(place))
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
    for token in [*identifier[:2], *sector[:2]]:
        yield from _tail(clause_head(token), "tail")
    for token in (identifier or sector)[:2]:
        yield from _chain(token)
    for token in identifier[:2]:
        for other in sector[:3]:
            yield from _link(token, other)
    for root in (token for token in doc if token.head.i == token.i):
        yield f"root:{root.norm_}"
        yield from _tail(root, "root_tail")
        yield from (f"root+:{child.norm_}" for child in root.rights if child.dep_ != "punct")


def _roots(doc: Doc, mentions: Iterable) -> list[Token]:  # type: ignore[type-arg]
    spans = (doc.char_span(m.start, m.end, alignment_mode="expand") for m in mentions)
    return list(dict.fromkeys(span.root for span in spans if span is not None))


def _rivalry(place: Place) -> Iterator[str]:
    """Which sector the sentence and the text are about, when they name several."""
    read, c = place.read, place.candidate
    here = read.cues[c.sentence]
    rivals = {cue.sector for cue in here} - {c.sector}
    yield f"route_rivals:{c.sector_route}/{min(len(rivals), 2)}"
    yield f"route_rivals:{c.sector}:{c.sector_route}/{min(len(rivals), 2)}"
    mention = next(iter(_mentions(place)), None)
    if mention is not None and here:
        nearest = min(
            here, key=lambda cue: (max(cue.start - mention.end, mention.start - cue.end), cue.start)
        )
        yield f"nearest:{nearest.sector == c.sector}"
        yield f"nearest:{c.sector}/{nearest.sector}"
    if here:
        yield f"first_cue:{here[0].sector == c.sector}"
        yield f"last_cue:{here[-1].sector == c.sector}"
    if any(cue.system for cue in here if cue.sector != c.sector):
        yield f"rival_system:{any(x.system for x in _cues(place))}"
    yield from _standing(place)


def _standing(place: Place) -> Iterator[str]:
    """How a sector stands in the whole text: rank by sentences, the title's, the publisher's."""
    read, c = place.read, place.candidate
    counts: dict[str, int] = {}
    for found in read.cues:
        for sector in {cue.sector for cue in found if cue.system is not None}:
            counts[sector] = counts.get(sector, 0) + 1
    own = counts.get(c.sector, 0)
    rank = sum(count > own for count in counts.values())
    yield f"sector_rank:{min(rank, 4)}"
    yield f"sector_rank:{c.sector}/{min(rank, 2)}"
    yield f"sector_rank:{min(rank, 2)}+{c.sector_route}"
    title = {cue.sector for cue in read.cues[0]} if read.sentences[0].kind == "title" else set()
    yield f"title_sector:{c.sector in title}/{min(len(title - {c.sector}), 2)}"
    publisher = {cue.sector for cue in read.publisher_cues}
    yield f"publisher_sector:{c.sector in publisher}/{bool(publisher - {c.sector})}"


def _times(place: Place) -> Iterator[str]:
    """Dates of the sentence and of the title against the text's own date, with the way it ends."""
    sentences = place.read.sentences
    here = set(tenses(place.doc.text, place.published))
    final = {mark.name for mark in place.doc._.marks if mark.final}
    tense = "past" if "past" in final else "open"
    for time in here:
        yield f"time:{time}"
        yield f"time:{time}+{tense}"
    yield f"time:{'+'.join(sorted(t for t in here if not t.startswith('word')))}|{tense}"
    if sentences[0].kind == "title" and place.candidate.sentence:
        yield from (f"time_title:{time}" for time in tenses(sentences[0].text, place.published))
    yield from (f"milestone:{since}|{tense}" for since in _milestones(place))
    yield from (f"milestone:{since}" for since in _milestones(place))
    yield from _elsewhere(place)


def _milestones(place: Place) -> Iterator[str]:
    """Whether the text is older or younger than the day since when such a use has run."""
    if place.published is None:
        return
    c, since = place.candidate, load_lexicon().milestones
    systems = {cue.system for cue in _cues(place) if cue.system}
    subjects = [s for s in (*sorted(systems), c.sector.value) if (c.identifier, s) in since]
    for subject in subjects:
        age = "older" if place.published < since[c.identifier, subject] else "younger"
        yield f"{age}:system"
    general = since.get((c.identifier, c.identifier.value))
    if general is not None and place.published < general:
        yield f"older:{c.identifier}"
    if not subjects:
        yield f"unknown:{c.identifier}"


def _elsewhere(place: Place) -> Iterator[str]:
    """What the lead says of time and stage, and the dates beside 施行 or 開始 anywhere in the text."""
    read, k = place.read, place.candidate.sentence
    lexicon = load_lexicon()
    lead = next((s for s in read.sentences if s.kind == "sentence"), None)
    if lead is not None and lead.index != k:
        ending = lead.text[-24:]
        yield from (f"stage_lead:{n}" for n, p in lexicon.stages.items() if p.search(ending))
        yield from (f"stage_lead_time:{t}" for t in tenses(lead.text, place.published))
    times: set[str] = set()
    for sentence in read.sentences:
        if sentence.index != k and lexicon.contexts["begins"].search(sentence.text):
            times.update(tenses(sentence.text, place.published))
    yield from (f"stage_begins:{time}" for time in times if not time.startswith("word"))
    if any("draft" in contexts for contexts in read.contexts[: k + 1]):
        yield "stage_draft"


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


NEGATIONS = frozenset({"ない", "無い", "ず", "ぬ", "ん"})
PREDICATIVE = ("動詞", "形容詞", "名詞-普通名詞-サ変", "形状詞")


def _chain(token: Token) -> Iterator[str]:
    """The predicates above the identifier, each with its polarity: use < thing < not-consider."""
    climbed = token
    level = negated = 0
    path = []
    while climbed.head.i != climbed.i and level < 4:
        climbed = climbed.head
        if not climbed.tag_.startswith(PREDICATIVE):
            continue
        minus = any(
            c.norm_ in NEGATIONS for c in climbed.rights if c.dep_ in ("aux", "fixed", "advmod")
        )
        minus = minus or climbed.norm_ in NEGATIONS
        name = f"{climbed.norm_}{'-' if minus else ''}"
        yield f"up:{name}"
        yield f"up{level}:{name}"
        path.append(name)
        negated += minus
        level += 1
    yield f"up_negations:{negated}"
    if len(path) > 1:
        yield f"up_path:{'<'.join(path[:2])}"
        yield f"up_path:{path[0]}<..<{path[-1]}"


def _tail(governor: Token, name: str) -> Iterator[str]:
    """How a clause ends after its predicate: the chain of auxiliaries and particles."""
    chain: list[str] = []
    for token in governor.doc[governor.i + 1 : governor.i + 9]:
        if token.tag_.startswith(("補助記号", "名詞", "代名詞")) and not chain:
            break
        if token.tag_.startswith("補助記号"):
            break
        chain.append(token.norm_)
    for size in range(1, len(chain) + 1):
        yield f"{name}:{'_'.join(chain[:size])}"
    yield f"{name}_of:{governor.norm_}+{'_'.join(chain[:3])}"
    yield f"{name}_place:{'main' if governor.head.i == governor.i else governor.dep_}"


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
