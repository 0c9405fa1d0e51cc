"""Read one text: gate, survey, candidates, parse of the sentences that matter, features."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from sys import intern

from spacy.language import Language
from spacy.tokens import Doc

from classifier.actors import actor_of
from classifier.assess import Instance
from classifier.candidates import Candidate, propose
from classifier.features import features
from classifier.layout import lay_out, parts_of
from classifier.page import Page
from classifier.pipeline import settings
from classifier.place import Place
from classifier.survey import Survey, survey

LONGEST_TEXT = 150_000
"""Characters looked at; the longest minutes have 60,000. A dense text of 150,000 takes about two seconds."""


@dataclass(frozen=True, slots=True)
class Readable:
    """What is read of a document: its words, who published it, and the day in Japan (settled case 33)."""

    title: str
    body: str
    publisher: str = ""
    published: date | None = None


@dataclass(frozen=True, slots=True)
class Scan:
    """A text with its candidates' features; `truncated` when a limit cut the reading short."""

    read: Survey
    instances: list[Instance]
    page: Page
    """The same for the networks: its candidates are the instances, in their order."""
    actors: dict[int, str | None]
    """Who acts in each parsed sentence, as the text names them."""
    truncated: bool


def scan(nlp: Language, text: Readable) -> Scan:
    """Survey a gated text and parse the sentences that its candidates stand in.

    Sentences that name an identifier come first; parsing stops at the limits of pipeline.cfg.
    """
    limits = settings()["reading"]
    started = time.monotonic()
    room = max(0, LONGEST_TEXT - len(text.title))
    read = survey(text.title[:LONGEST_TEXT], text.body[:room], text.publisher)
    candidates = propose(read, limits["carry"])
    wanted = _order(candidates)
    truncated = len(text.body) > room or len(text.title) > LONGEST_TEXT
    truncated = truncated or len(wanted) > limits["sentences"]
    wanted = wanted[: limits["sentences"]]
    parsed: dict[int, Doc] = {}
    for batch in _batches(read, wanted, limits["batch"], limits["batch_characters"]):
        if parsed and time.monotonic() - started > limits["seconds"] / 2:
            truncated = True
            break
        parsed.update(parse(nlp, read, batch))
    return _scan(nlp, read, candidates, parsed, text, truncated)


def scan_many(
    nlp: Language, texts: Sequence[Readable], known: dict[str, Doc] | None = None
) -> list[Scan]:
    """Scan texts without limits and in one stream, for training: no clock decides what is learned.

    A sentence that stands in several texts is parsed once; `known` keeps the parses for the next call.
    """
    known = {} if known is None else known
    reads = [survey(text.title, text.body, text.publisher) for text in texts]
    candidates = [propose(read, settings()["reading"]["carry"]) for read in reads]
    wanted = [
        {c.sentence: read.sentences[c.sentence].text for c in found}
        for read, found in zip(reads, candidates, strict=True)
    ]
    new = [
        text
        for text in dict.fromkeys(t for own in wanted for t in own.values())
        if text not in known
    ]
    known.update(zip(new, nlp.pipe(new, batch_size=settings()["reading"]["batch"]), strict=True))
    return [
        _scan(nlp, read, found, {k: known[t] for k, t in own.items()}, text, truncated=False)
        for read, found, own, text in zip(reads, candidates, wanted, texts, strict=True)
    ]


def _scan(
    nlp: Language,
    read: Survey,
    candidates: Sequence[Candidate],
    parsed: dict[int, Doc],
    text: Readable,
    truncated: bool,
) -> Scan:
    actors = {k: actor_of(read, k, doc) for k, doc in parsed.items()}
    instances = _instances(read, candidates, parsed, text)
    page = _page(nlp, read, instances, parsed, text.published)
    return Scan(read, instances, page, actors, truncated)


def _page(
    nlp: Language,
    read: Survey,
    instances: Sequence[Instance],
    parsed: dict[int, Doc],
    published: date | None,
) -> Page:
    """The page of the instances; a sentence beside theirs is cut into tokens, and not parsed."""
    candidates = [instance.candidate for instance in instances]
    beside = {k for c in candidates for k in parts_of(read, c).values()} - parsed.keys()
    tokens = parsed | {k: nlp.make_doc(read.sentences[k].text) for k in beside}
    return lay_out(read, candidates, tokens, nlp.vocab, published)


def parse(nlp: Language, read: Survey, sentences: Sequence[int]) -> Iterable[tuple[int, Doc]]:
    """(sentence number, parsed Doc) for some sentences of a survey."""
    texts = [read.sentences[k].text for k in sentences]
    return zip(sentences, nlp.pipe(texts, batch_size=len(texts) or 1), strict=True)


def _batches(
    read: Survey, wanted: Sequence[int], most: int, characters: int
) -> Iterator[Sequence[int]]:
    """`wanted` in batches of so many sentences and characters; a batch has at least one sentence.

    A batch is parsed in one matrix, so its characters are what memory and the clock depend on.
    """
    batch: list[int] = []
    held = 0
    for k in wanted:
        length = len(read.sentences[k].text)
        if batch and (len(batch) == most or held + length > characters):
            yield batch
            batch, held = [], 0
        batch.append(k)
        held += length
    if batch:
        yield batch


def _order(candidates: Sequence[Candidate]) -> list[int]:
    rank: dict[int, int] = {}
    for c in candidates:
        here = (c.identifier_route != "here") + (c.sector_route != "here")
        rank[c.sentence] = min(rank.get(c.sentence, 9), here)
    return sorted(rank, key=lambda k: (rank[k], k))


def _instances(
    read: Survey, candidates: Sequence[Candidate], parsed: dict[int, Doc], text: Readable
) -> list[Instance]:
    # Candidates share most names: interned, one string stands for all, and training's scans are a third smaller to pass on.
    return [
        Instance(
            c,
            tuple(map(intern, features(Place(read, c, parsed[c.sentence], text.published)))),
            *read.span(read.sentences[c.sentence]),
        )
        for c in candidates
        if c.sentence in parsed
    ]
