"""What the networks read of a text: its tokens with their marks, and which of them each candidate is told by.

A sentence stands on the page once, whatever number of candidates it has; a candidate points at stretches of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import get_args

import numpy as np
from numpy.typing import NDArray

from classifier.candidates import Route
from classifier.genre import GENRES
from data.vocabulary import Identifier, Sector

SECTORS, IDENTIFIERS, ROUTES = tuple(Sector), tuple(Identifier), get_args(Route)

ROLES = ("authority", "questioner", "expert")
TENSES = ("ahead", "now", "behind")

TELLING = (
    "considered", "planned", "adopted", "halted", "denied",
    "negation", "question", "hearsay", "past", "future_end", "conditional", "other_end",
    "kept_open", "turned_down", "resolved", "shelved",
    "stop_denied", "no_duty", "no_paper", "no_harm", "unready",
    "begins", "deadline", "goes_on", "draft", "bill", "in_force", "unenforced", "to_come",
)  # fmt: skip
"""What a word tells of how far a use has gone: the blocks of lexicon/stages.yml, and some of contexts.yml."""

SYSTEM = 2 * len(IDENTIFIERS) + len(SECTORS)
TOLD = SYSTEM + 1 + len(TENSES)
MARKS = TOLD + len(TELLING)
"""Bits of a token: one per identifier that it names, one per identifier that it points to, one per sector whose
word it is, one for the name of a system, one per tense of a date or a word of time (dates.py), and one per TELLING."""

GIVEN = len(SECTORS) + len(IDENTIFIERS) + 2 * len(ROUTES) + 1 + len(GENRES) + len(ROLES)
"""What is given of a candidate beside its words: sector, identifier, how it comes by each, whether it is a title, the
form of the text, and who has the floor."""

PARTS = ("own", "title", "before", "after", "heading", "reply", "next", "last")
"""The stretches of tokens by which a candidate is told: its own sentence, the title, those before and behind it and its
heading; `reply` is what is answered to its question, or was asked, `next` the second one behind, `last` the end of the text."""
NO_VECTOR = -1
BORDER = 0
"""The word that stands behind each sentence and in each gap, so that no window of tokens reaches over it."""


@dataclass(frozen=True, slots=True)
class Page:
    """The tokens of a text, one after the other with a BORDER behind each sentence, and its candidates."""

    words: NDArray[np.uint64]
    """Hashes of normal forms, as spaCy's string store has them."""
    vectors: NDArray[np.int32]
    """Rows of the pipeline's word vectors, or NO_VECTOR."""
    marks: NDArray[np.int64]
    """MARKS bits per token."""
    heads: NDArray[np.int32]
    """The token that each one depends on; the token itself where it depends on none, or on none of the page."""
    spans: NDArray[np.int32]
    """One row per candidate, one column per part: first token, token behind the last one; equal where there is none."""
    targets: NDArray[np.int32]
    """One row per candidate: numbers of its sector and of its identifier."""
    given: NDArray[np.float32]
    """One row of GIVEN values per candidate."""


BLANK = Page(
    np.zeros(0, np.uint64),
    np.zeros(0, np.int32),
    np.zeros(0, np.int64),
    np.zeros(0, np.int32),
    np.zeros((0, len(PARTS), 2), np.int32),
    np.zeros((0, 2), np.int32),
    np.zeros((0, GIVEN), np.float32),
)
"""The page of a text without candidates."""


def join(pages: Iterable[Page]) -> Page:
    """Several pages as one; candidates keep their order. Of none, an empty one."""
    pages = list(pages) or [BLANK]
    before = np.cumsum([0, *(len(page.words) for page in pages)])
    return Page(
        np.concatenate([page.words for page in pages]),
        np.concatenate([page.vectors for page in pages]),
        np.concatenate([page.marks for page in pages]),
        np.concatenate(
            [page.heads + np.int32(at) for page, at in zip(pages, before, strict=False)]
        ),
        np.concatenate([page.spans + at for page, at in zip(pages, before, strict=False)]),
        np.concatenate([page.targets for page in pages]),
        np.concatenate([page.given for page in pages]),
    )


def divided(page: Page, most: int) -> Iterator[tuple[slice, Page]]:
    """The page in pages of `most` candidates at most, each with no more tokens than these need."""
    for at in range(0, len(page.spans), most):
        rows = slice(at, at + most)
        yield rows, _part(page, rows)


def _part(page: Page, rows: slice) -> Page:
    spans = page.spans[rows]
    needed = np.zeros(len(page.words), bool)
    for first, behind in spans.reshape(-1, 2):
        needed[first:behind] = True
    kept = np.flatnonzero(needed)
    gaps = np.cumsum(np.diff(kept, prepend=kept[:1]) > 1)
    places = np.arange(len(kept)) + gaps  # a BORDER stands in each gap, and one at the end
    length = (int(places[-1]) if len(kept) else -1) + 2
    where = np.zeros(len(page.words) + 1, np.int32)
    where[kept] = places
    moved = np.zeros_like(spans)
    some = spans[..., 1] > spans[..., 0]
    moved[some, 0] = where[spans[some, 0]]
    moved[some, 1] = where[spans[some, 1] - 1] + 1
    words = np.full(length, BORDER, np.uint64)
    vectors = np.full(length, NO_VECTOR, np.int32)
    marks = np.zeros(length, np.int64)
    words[places], vectors[places], marks[places] = (
        page.words[kept],
        page.vectors[kept],
        page.marks[kept],
    )
    heads = np.arange(length, dtype=np.int32)
    above = page.heads[kept]
    heads[places] = np.where(needed[above], where[above], places)
    return Page(words, vectors, marks, heads, moved, page.targets[rows], page.given[rows])
