"""Read one text: gate, survey, candidates, parse of the sentences that matter, features."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from spacy.language import Language
from spacy.tokens import Doc

from classifier.actors import actor_of
from classifier.assess import Instance
from classifier.candidates import Candidate, propose
from classifier.features import Place, features
from classifier.pipeline import settings
from classifier.survey import Survey, survey

LONGEST_TEXT = 300_000
"""Characters looked at; the survey reads about 0.5 million a second, a text has five."""


@dataclass(frozen=True, slots=True)
class Scan:
    """A text with its candidates' features; `truncated` when a limit cut the reading short."""

    read: Survey
    instances: list[Instance]
    actors: dict[int, str | None]
    """Who acts in each parsed sentence, as the text names them."""
    truncated: bool


def scan(
    nlp: Language, title: str, body: str, publisher: str = "", unlimited: bool = False
) -> Scan:
    """Survey a gated text and parse the sentences that its candidates stand in.

    Sentences that name an identifier come first; parsing stops at the limits of pipeline.cfg,
    except with `unlimited`, which training uses so that a slow machine trains the same weights.
    """
    limits = settings()["reading"]
    started = time.monotonic()
    room = max(0, LONGEST_TEXT - len(title))
    read = survey(title[:LONGEST_TEXT], body[:room], publisher)
    candidates = propose(read, limits["carry"])
    wanted = _order(candidates)
    truncated = len(body) > room or len(title) > LONGEST_TEXT
    if not unlimited:
        truncated = truncated or len(wanted) > limits["sentences"]
        wanted = wanted[: limits["sentences"]]
    parsed: dict[int, Doc] = {}
    for first in range(0, len(wanted), limits["batch"]):
        if not unlimited and parsed and time.monotonic() - started > limits["seconds"] / 2:
            truncated = True
            break
        batch = wanted[first : first + limits["batch"]]
        parsed.update(parse(nlp, read, batch))
    actors = {k: actor_of(read, k, doc) for k, doc in parsed.items()}
    return Scan(read, _instances(read, candidates, parsed), actors, truncated)


def parse(nlp: Language, read: Survey, sentences: Sequence[int]) -> Iterable[tuple[int, Doc]]:
    """(sentence number, parsed Doc) for some sentences of a survey."""
    texts = [read.sentences[k].text for k in sentences]
    return zip(sentences, nlp.pipe(texts, batch_size=len(texts) or 1), strict=True)


def _order(candidates: Sequence[Candidate]) -> list[int]:
    rank: dict[int, int] = {}
    for c in candidates:
        here = (c.identifier_route != "here") + (c.sector_route != "here")
        rank[c.sentence] = min(rank.get(c.sentence, 9), here)
    return sorted(rank, key=lambda k: (rank[k], k))


def _instances(
    read: Survey, candidates: Sequence[Candidate], parsed: dict[int, Doc]
) -> list[Instance]:
    return [
        Instance(
            c,
            tuple(features(Place(read, c, parsed[c.sentence]))),
            *read.span(read.sentences[c.sentence]),
        )
        for c in candidates
        if c.sentence in parsed
    ]
