"""A small network over a page: which candidates' sentences are evidence, and of which stage.

The linear heads know only features that somebody named; this one learns what the order of words says. Words
come in as the pipeline's vectors and as learned ones, with the marks of identifiers and sectors; each token hears
its neighbours and the words that it hangs together with in the parse, twice; then each candidate looks at its own
sentence and at what stands around it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from thinc.api import Dropout, Embed, LayerNorm, Linear, Maxout, Model, Relu, chain

from classifier.glance import MEANS, RELATED, Glance
from classifier.model import STAGES
from classifier.ops import Floats, MatmulOps
from classifier.page import BORDER, GIVEN, MARKS, NO_VECTOR, PARTS, Page
from classifier.tree import HEARD, Tree

Layer = Model[Any, Any]

WIDTH = 64
DEPTH = 2
HIDDEN = 128
DROPPED = 0.1
OUTPUTS = 1 + len(STAGES)
"""Is the sentence evidence? And one logit per stage."""
GLANCES = len(PARTS) + MEANS
"""Of each part the maximum of each value; of the own sentence also three means (glance.py)."""


@dataclass(frozen=True, slots=True)
class Words:
    """What the network knows of words: vectors that it was given, and the words that it learns itself."""

    vectors: Floats
    """The pipeline's word vectors, one row each."""
    scale: Floats
    """What brings each of them to length one."""
    known: NDArray[np.uint64]
    """Hashes of the words that are learned, sorted."""

    @classmethod
    def of(cls, vectors: Floats, known: NDArray[np.uint64]) -> Words:
        """The words with these vectors; a row of zeros stays one."""
        lengths = np.linalg.norm(vectors, axis=1)
        return cls(vectors, (1 / np.where(lengths > 0, lengths, 1)).astype(np.float32), known)

    def given(self, rows: NDArray[np.int32]) -> Floats:
        """The vectors of these rows, each of length one; zeros for NO_VECTOR."""
        vectors: Floats = self.vectors[rows] * self.scale[rows, None]
        vectors[rows == NO_VECTOR] = 0
        return vectors

    def numbers(self, words: NDArray[np.uint64]) -> NDArray[np.int32]:
        """1 + place in `known`; 0 for every other word."""
        if not len(self.known):
            return np.zeros(len(words), np.int32)
        places = np.searchsorted(self.known, words)
        places[places == len(self.known)] = 0
        return np.where(self.known[places] == words, places + 1, 0).astype(np.int32)


class Network:
    """The layers; `predict` reads a page, `begin_update` also says how to learn from it.

    Marks begin loud and words quiet: what stands where is learned first, and then by which words. With all
    equally loud the network needs twice as many rounds.
    """

    def __init__(self, words: Words) -> None:
        self.words = words
        self.enter: Layer = Linear(WIDTH, words.vectors.shape[1], init_W=_scattered(0.03))
        self.learned: Layer = Embed(WIDTH, len(words.known) + 1, initializer=_scattered(0.02))
        self.soak: Layer = Dropout(DROPPED)
        self.marked: Layer = Linear(WIDTH, MARKS, init_W=_scattered(1.0))
        self.blocks: list[Layer] = [
            chain(
                Maxout(WIDTH, HEARD * WIDTH, nP=2, init_W=_scattered(0.035)),
                Dropout(DROPPED),
            )
            for _ in range(DEPTH)
        ]
        self.levels: list[Layer] = [LayerNorm(WIDTH) for _ in range(DEPTH)]
        self.near: Layer = Linear(WIDTH, WIDTH, init_W=_scattered(0.06))
        self.far: Layer = Linear(WIDTH, WIDTH, init_W=_scattered(0.06))
        self.near_marks: Layer = Linear(WIDTH, RELATED, init_W=_scattered(1.0))
        self.far_marks: Layer = Linear(WIDTH, RELATED, init_W=_scattered(1.0))
        self.find: Layer = _decision(1)
        self.rate: Layer = _decision(len(STAGES))
        ops = MatmulOps()
        for layer in self.layers:
            layer.initialize()
            for one in layer.walk():
                one.ops = ops

    @property
    def layers(self) -> list[Layer]:
        """All layers, in a fixed order."""
        return [
            self.enter, self.learned, self.soak, self.marked, *self.blocks, *self.levels,
            self.near, self.far, self.near_marks, self.far_marks, self.find, self.rate,
        ]  # fmt: skip

    def predict(self, page: Page) -> Floats:
        """OUTPUTS logits per candidate."""
        return self._run(page, self.words.numbers(page.words), train=False)[0]

    def begin_update(
        self, page: Page, numbers: NDArray[np.int32]
    ) -> tuple[Floats, Callable[[Floats], None]]:
        """The logits, and what takes their gradient into the layers; `numbers` may hide words (0)."""
        return self._run(page, numbers, train=True)

    def _run(
        self, page: Page, numbers: NDArray[np.int32], *, train: bool
    ) -> tuple[Floats, Callable[[Floats], None]]:
        hidden, back_tokens = self._tokens(page, numbers, train=train)
        near, back_near = self.near(hidden, train)
        far, back_far = self.far(hidden, train)
        glances = [
            Glance(page, at, near, self.near_marks, train=train)
            if part == "own"
            else Glance(page, at, far, self.far_marks, train=train)
            for at, part in enumerate(PARTS)
        ]
        told = np.hstack([*(glance.told for glance in glances), page.given])
        found, back_find = self.find(told, train)
        rated, back_rate = self.rate(told, train)

        def backprop(gradient: Floats) -> None:
            d_found, d_rated = (np.ascontiguousarray(d) for d in np.split(gradient, [1], axis=1))
            d_told = back_find(d_found) + back_rate(d_rated)
            d_near, d_far = np.zeros_like(near), np.zeros_like(far)
            at = 0
            for glance, part in zip(glances, PARTS, strict=True):
                behind = at + glance.told.shape[1]
                glance.backprop(d_told[:, at:behind], d_near if part == "own" else d_far)
                at = behind
            back_tokens(back_near(d_near) + back_far(d_far))

        return np.hstack([found, rated]), backprop

    def _tokens(
        self, page: Page, numbers: NDArray[np.int32], *, train: bool
    ) -> tuple[Floats, Callable[[Floats], None]]:
        """Each token with what its neighbours make of it."""
        inside = (page.words != BORDER).astype(np.float32)[:, None]
        rows, each = np.unique(page.vectors, return_inverse=True)
        marks = ((page.marks[:, None] >> np.arange(MARKS)) & 1).astype(np.float32)
        entered, back_enter = self.enter(self.words.given(rows), train)
        learned, back_learned = self.learned(numbers, train)
        soaked, back_soak = self.soak(entered[each] + learned, train)
        marked, back_marked = self.marked(marks, train)
        hidden = (soaked + marked) * inside
        backs = []
        ops: Any = self.enter.ops  # thinc's own array types are no subtypes of numpy's
        tree = Tree(page.heads, ops)
        for block, level in zip(self.blocks, self.levels, strict=True):
            changed, back_block = block(tree.around(hidden), train)
            hidden, back_level = level(hidden + changed, train)
            hidden = hidden * inside
            backs.append((back_block, back_level))

        def backprop(d_hidden: Floats) -> None:
            for back_block, back_level in reversed(backs):
                d_sum = back_level(d_hidden * inside)
                d_hidden = d_sum + tree.back(back_block(d_sum))
            d_hidden = d_hidden * inside
            back_marked(d_hidden)
            d_words = back_soak(d_hidden)
            d_rows = np.zeros((len(rows), WIDTH), np.float32)
            ops.scatter_add(d_rows, each.astype(np.int32), d_words)
            back_enter(d_rows)
            back_learned(d_words)

        return hidden, backprop


def _decision(outputs: int) -> Layer:
    """What a candidate was told, weighed in HIDDEN values of its own: evidence and stage ask for different words."""
    return chain(
        Relu(HIDDEN, GLANCES * WIDTH + GIVEN), Dropout(2 * DROPPED), Linear(outputs, HIDDEN)
    )


def _scattered(size: float) -> Callable[..., Floats]:
    """What fills weights with values scattered around nothing, of this size."""

    def fill(ops: MatmulOps, shape: tuple[int, ...]) -> Floats:
        return np.random.normal(0, size, shape).astype(np.float32)

    return fill
