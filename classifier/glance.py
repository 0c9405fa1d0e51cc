"""What a candidate takes from one stretch of tokens: the strongest of each value, and means of some tokens."""

from __future__ import annotations

from typing import Any, cast

import numpy as np
from numpy.typing import NDArray
from thinc.api import Model

from classifier.ops import Floats
from classifier.page import IDENTIFIERS, SECTORS, Page

RELATIONS = 4
"""A token names the candidate's identifier, another one, a word of its sector, of another one."""
RELATED = RELATIONS + len(SECTORS) * len(IDENTIFIERS)
"""The relations, and which (sector, identifier) looks."""

MEANS = 6
"""Means over tokens of the own sentence: those of its identifier, of its sector, all, what its identifier depends on,
what its sector depends on, and what depends on nothing."""
STEPS = 6
"""How far up the parse is followed: the words above one are few, and the sentence's last predicate is above all."""


class Glance:
    """`told` has one row per candidate: the maximum over part `part` of its tokens as the candidate sees them.

    Of the first part, its own sentence, also MEANS. A candidate without such a part is told nothing (zeros).
    """

    def __init__(
        self, page: Page, part: int, tokens: Floats, marks: Model[Any, Any], *, train: bool
    ) -> None:
        first, behind = page.spans[:, part, 0], page.spans[:, part, 1]
        width = tokens.shape[1]
        self._present = np.flatnonzero(behind > first)
        self._means: list[Floats] = []
        self.told: Floats = np.zeros((len(first), width * (1 if part else 1 + MEANS)), np.float32)
        if not len(self._present):
            return
        lengths = (behind - first)[self._present]
        starts = np.cumsum(lengths) - lengths
        self._lengths = lengths.astype(np.int32)
        self._index = np.arange(lengths.sum()) - np.repeat(starts - first[self._present], lengths)
        looking = page.targets[np.repeat(self._present, lengths)]
        related = _related(page.marks[self._index], looking)
        told, self._back_marks = marks(related, train)
        self._ops = cast(Any, marks.ops)  # thinc's own array types are no subtypes of numpy's
        self._seen: Floats = np.maximum(tokens[self._index] + told, 0)
        top, self._which = self._ops.reduce_max(self._seen, self._lengths)
        if part == 0:
            heads = _heads(page.heads[self._index] - self._index, starts, self._lengths)
            shares = (
                related[:, 0],
                related[:, 2],
                np.ones(len(related), np.float32),
                _above(related[:, 0], heads),
                _above(related[:, 2], heads),
                (heads == np.arange(len(heads))).astype(np.float32),
            )
            self._means = [_even(share, self._lengths) for share in shares]
        means = (
            self._ops.reduce_sum(self._seen * mean[:, None], self._lengths) for mean in self._means
        )
        self.told[self._present] = np.hstack([top, *means])

    def backprop(self, d_told: Floats, d_tokens: Floats) -> None:
        """Take the gradient of `told` into the marks' layer, and add it to that of the tokens."""
        if not len(self._present):
            return
        top, *means = np.split(d_told[self._present], 1 + len(self._means), axis=1)
        d_seen = self._ops.backprop_reduce_max(
            np.ascontiguousarray(top), self._which, self._lengths
        )
        for d_mean, share in zip(means, self._means, strict=True):
            d_seen += np.repeat(d_mean, self._lengths, axis=0) * share[:, None]
        d_seen *= self._seen > 0
        self._back_marks(d_seen)
        self._ops.scatter_add(d_tokens, self._index.astype(np.int32), d_seen)


def _heads(
    distances: NDArray[np.int64], starts: NDArray[np.int64], lengths: NDArray[np.int32]
) -> NDArray[np.int64]:
    """The place of the token that each one depends on; its own where that is outside of its stretch."""
    places = np.arange(len(distances))
    heads = places + distances
    first = np.repeat(starts, lengths)
    inside = (heads >= first) & (heads < first + np.repeat(lengths, lengths))
    return np.where(inside, heads, places)


def _above(tokens: Floats, heads: NDArray[np.int64]) -> Floats:
    """1 for what some tokens depend on, directly or through fewer than STEPS others; 0 for themselves."""
    above = np.zeros_like(tokens)
    at = np.flatnonzero(tokens)
    for _ in range(STEPS):
        at = heads[at]
        above[at] = 1
    above[tokens > 0] = 0
    return above


def _related(marks: NDArray[np.int64], looking: NDArray[np.int32]) -> Floats:
    """How tokens stand to the candidates that look at them, and which (sector, identifier) looks."""
    sector, identifier = looking[:, 0], looking[:, 1]
    count = len(IDENTIFIERS)
    named = (marks | (marks >> count)) & ((1 << count) - 1)
    sectors = (marks >> (2 * count)) & ((1 << len(SECTORS)) - 1)
    own_identifier, own_sector = 1 << identifier, 1 << sector
    related = np.zeros((len(marks), RELATED), np.float32)
    related[:, 0] = (named & own_identifier) > 0
    related[:, 1] = (named & ~own_identifier) > 0
    related[:, 2] = (sectors & own_sector) > 0
    related[:, 3] = (sectors & ~own_sector) > 0
    related[np.arange(len(marks)), RELATIONS + sector * count + identifier] = 1
    return related


def _even(share: Floats, lengths: NDArray[np.int32]) -> Floats:
    """Shares that sum to one within each stretch, or to nothing where there is none."""
    starts = np.cumsum(lengths) - lengths
    total = np.maximum(np.add.reduceat(share, starts), 1)
    even: Floats = (share / np.repeat(total, lengths)).astype(np.float32)
    return even
