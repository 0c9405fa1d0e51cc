"""Teach a network from lessons: pages with what their labels say of each candidate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from thinc.api import Adam, fix_random_seed
from thinc.schedules import warmup_linear

from classifier.model import STAGES
from classifier.network import OUTPUTS, Network, Words
from classifier.ops import Floats
from classifier.page import BORDER, Page, join

ROUNDS = 6
"""How often each lesson is learned from."""
BATCH = 32
"""Lessons that are learned from at once."""
RATE = 0.003
WARMUP = 0.15
"""Share of the steps in which the rate rises to RATE; then it falls to nothing."""
STAGE_SHARE = 0.6
"""What the stage weighs beside the question of evidence."""
UNSEEN_WORDS = 0.12
"""Share of the learned words that a step does not see, so that unknown words are nothing new."""
LEAST_TOKENS = 12
"""A word that stands in the lessons less often is not learned."""
SEED = 2003


@dataclass(frozen=True, slots=True)
class Lesson:
    """A text's page with what its labels say; each array has one value per candidate."""

    page: Page
    evidence: Floats
    """1 where the candidate's sentence is evidence of its pair, else 0."""
    weight: Floats
    """What that answer weighs."""
    stage: NDArray[np.int64]
    """Number of the label's stage in STAGES."""
    stage_weight: Floats
    """What the stage weighs: 0 where there is none to learn."""


def teach(lessons: Sequence[Lesson], vectors: Floats) -> Network:
    """A network taught by some lessons. The same lessons give the same weights on the same machine."""
    fix_random_seed(SEED)
    chance = np.random.default_rng(SEED)
    lessons = [lesson for lesson in lessons if len(lesson.evidence)]
    network = Network(Words.of(vectors, known_words(lessons)))
    numbers = [network.words.numbers(lesson.page.words) for lesson in lessons]
    steps = ROUNDS * -(-len(lessons) // BATCH)
    rate: Any = warmup_linear(RATE, max(1, int(WARMUP * steps)), steps + 1)
    optimizer = Adam(rate, use_averages=False)
    for _ in range(ROUNDS):
        order = chance.permutation(len(lessons))
        for at in range(0, len(order), BATCH):
            chosen = order[at : at + BATCH]
            words = np.concatenate([numbers[n] for n in chosen])
            words[chance.random(len(words)) < UNSEEN_WORDS] = 0
            logits, backprop = network.begin_update(join(lessons[n].page for n in chosen), words)
            backprop(gradient(logits, [lessons[n] for n in chosen]))
            for layer in network.layers:
                layer.finish_update(optimizer)
            optimizer.step_schedules()
    return network


def known_words(lessons: Sequence[Lesson]) -> NDArray[np.uint64]:
    """The words that stand often enough in the lessons, sorted."""
    pages = [lesson.page.words for lesson in lessons]
    words, counts = np.unique(np.concatenate([np.zeros(0, np.uint64), *pages]), return_counts=True)
    known: NDArray[np.uint64] = words[(counts >= LEAST_TOKENS) & (words != BORDER)]
    return known


def gradient(logits: Floats, lessons: Sequence[Lesson]) -> Floats:
    """Of the logistic loss of the evidence, and of the cross-entropy of the stage."""
    evidence = np.concatenate([lesson.evidence for lesson in lessons])
    weight = np.concatenate([lesson.weight for lesson in lessons])
    stage = np.concatenate([lesson.stage for lesson in lessons])
    stage_weight = np.concatenate([lesson.stage_weight for lesson in lessons])
    slope = np.zeros((len(logits), OUTPUTS), np.float32)
    likely = 1 / (1 + np.exp(-np.clip(logits[:, 0], -30, 30)))
    slope[:, 0] = (likely - evidence) * weight / len(logits)
    raised = np.exp(logits[:, 1:] - logits[:, 1:].max(axis=1, keepdims=True))
    shares = raised / raised.sum(axis=1, keepdims=True)
    wrong = shares - np.eye(len(STAGES), dtype=np.float32)[stage]
    slope[:, 1:] = STAGE_SHARE * wrong * (stage_weight / (stage_weight.sum() + 1))[:, None]
    return slope
