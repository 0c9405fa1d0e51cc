"""Features of the text around a sentence: title, neighbours, heading, floor, genre, what it is about."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from classifier.dates import tenses
from classifier.endings import assertion
from classifier.genre import law_form
from classifier.lexicon import Lexicon, load_lexicon
from classifier.place import Place
from classifier.survey import Survey


def around(place: Place) -> Iterator[str]:
    """Title, neighbours, heading, the floor in minutes, and what the whole text is about."""
    read, k = place.read, place.candidate.sentence
    lexicon = load_lexicon()
    title = read.sentences[0] if read.sentences[0].kind == "title" else None
    if title is not None and k != 0:
        yield from (f"title:{name}" for name in _family_names(title.text))
        yield from (f"title_in:{context}" for context in read.contexts[0])
        yield from (f"title_end:{title.text[-size:]}" for size in (1, 2, 3, 4))
        if place.candidate.identifier in read.named[0]:
            yield "title:identifier"
        if place.candidate.sector in read.named[0]:
            yield "title:sector"
    for name, other in place.beside.items():
        yield from (f"{name}:{f}" for f in _family_names(read.sentences[other].text))
        yield from (f"{name}_in:{context}" for context in read.contexts[other])
        if place.candidate.identifier in read.named[other]:
            yield f"{name}:identifier"
        if place.candidate.sector in read.named[other]:
            yield f"{name}:sector"
    heading = read.sentences[k].heading
    if heading is not None and heading != k:
        yield from (f"heading:{f}" for f in _family_names(read.sentences[heading].text))
        yield from (f"heading_in:{context}" for context in read.contexts[heading])
    yield from _floor(read, k, lexicon)
    yield from _genre(place)
    yield from _assertions(place)
    yield from _document(place)


def _floor(read: Survey, k: int, lexicon: Lexicon) -> Iterator[str]:
    speaker = read.sentences[k].speaker
    if speaker is None:
        return
    yield "minutes"
    yield from (f"floor:{role}" for role in lexicon.roles_of(speaker)[:1])


def _genre(place: Place) -> Iterator[str]:
    """The genre with what it changes: how a sentence of it must end, which identifier it means."""
    form = place.read.genre
    yield f"genre:{form}"
    yield f"genre:{form}+{place.candidate.identifier}"
    yield f"genre:{form}+{place.candidate.sector}"
    yield f"genre:{form}+{place.candidate.identifier_route}/{place.candidate.sector_route}"
    final = {mark.name for mark in place.doc._.marks if mark.final}
    yield from (f"genre:{form}+{name}" for name in final)
    if form == "statute" and place.read.sentences[0].kind == "title":
        law = law_form(place.read.sentences[0].text)
        yield f"stage_law:{law}"
        yield f"stage_law:{law}+{_begins(place)}"


def _begins(place: Place) -> str:
    """Whether the text says when something begins, and whether that day lies ahead of its own."""
    read = place.read
    if not read.beginnings:
        return "undated"
    return "ahead" if read.begin_tenses(place.published)["ahead"] else "dated"


def _assertions(place: Place) -> Iterator[str]:
    """What the sentence, its part, its title and its neighbours end as."""
    sentences, k = place.read.sentences, place.candidate.sentence
    own = assertion(place.text)
    part = assertion(place.text[place.focus.start : place.focus.end])
    yield f"end_is:{own}"
    yield f"clause_is:{part}"
    yield f"clause_is:{part}<{own}"
    yield f"genre:{place.read.genre}+is_{part}"
    for name, other in place.beside.items():
        yield f"end_{name}:{assertion(sentences[other].text)}"
    if k and sentences[0].kind == "title":
        yield f"end_title:{assertion(sentences[0].text)}"
    tenses_here = {t for t in tenses(place.text, place.published) if t[:4] != "word"}
    yield from (f"time:{time}+is_{part}" for time in tenses_here or {"none"})


def _document(place: Place) -> Iterator[str]:
    """Context families of the whole text; counted by share so that length tells nothing."""
    read = place.read
    total = len(read.sentences)
    if total == 1:
        yield "only_a_title" if read.sentences[0].kind == "title" else "one_sentence"
    for context, count in read.context_counts.items():
        yield f"text:{context}"
        if count * 3 >= total:
            yield f"text_much:{context}"
    if tie := read.tie_to_code:
        yield f"{tie}:{place.candidate.identifier}"
    named = read.naming(place.candidate.identifier)
    yield f"topic:{min(4, named * 5 // max(1, total))}"
    if read.first_mention == place.candidate.sentence:
        yield "topic:first_mention"
    if place.candidate.sentence <= 1:
        yield "lead"


@lru_cache(maxsize=1024)
def _family_names(text: str) -> tuple[str, ...]:
    lexicon = load_lexicon()
    stages = [name for name, pattern in lexicon.stages.items() if pattern.search(text)]
    uses = [f"use.{name}" for name, pattern in lexicon.predicates.items() if pattern.search(text)]
    return (*stages, *uses)
