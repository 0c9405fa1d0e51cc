"""From candidates to pairs: gather what the sentences of a text say of each, the likeliest sentence first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from classifier.candidates import Candidate
from classifier.ops import Floats
from classifier.survey import Survey
from data.vocabulary import Identifier, Sector


@dataclass(frozen=True, slots=True)
class Instance:
    """A candidate with the names of its features; `start` and `end` are verbatim offsets."""

    candidate: Candidate
    names: tuple[str, ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Pair:
    """All that a text says on one (sector, identifier): its instances, the best one first."""

    sector: Sector
    identifier: Identifier
    instances: tuple[Instance, ...]
    scores: tuple[float, ...]
    """Logits of the `sentence` head, in the order of `instances`, descending."""
    heard: Floats
    """What the networks say of each instance, one row each in the same order."""


def gather(instances: Sequence[Instance], scores: Sequence[float], heard: Floats) -> list[Pair]:
    """Group scored instances by pair; ties keep the order of the text."""
    grouped: dict[tuple[Sector, Identifier], list[tuple[float, int]]] = {}
    for at, (instance, score) in enumerate(zip(instances, scores, strict=True)):
        key = (instance.candidate.sector, instance.candidate.identifier)
        grouped.setdefault(key, []).append((-score, at))
    pairs = []
    for (sector, identifier), rows in sorted(grouped.items()):
        rows.sort()
        order = [at for _, at in rows]
        own = tuple(instances[at] for at in order)
        pairs.append(
            Pair(sector, identifier, own, tuple(-score for score, _ in rows), heard[order])
        )
    return pairs


GIST_SENTENCES = 4
GRAMS = (2, 3)
"""Lengths of the character n-grams of a gist."""


def gist_names(read: Survey, pairs: Sequence[Pair]) -> list[str]:
    """Character n-grams of the title and of the sentences that look most like evidence.

    A few sentences whatever the length of the text, so that length tells nothing.
    """
    best: dict[int, float] = {}
    for pair in pairs:
        for instance, score in zip(pair.instances, pair.scores, strict=True):
            k = instance.candidate.sentence
            best[k] = max(best.get(k, score), score)
    chosen = set(sorted(best, key=lambda k: (-best[k], k))[:GIST_SENTENCES])
    if read.sentences:
        chosen.add(0)
    text = "\n".join(read.sentences[k].text for k in sorted(chosen))
    return sorted(f"c:{gram}" for gram in grams(text))


def grams(text: str) -> set[str]:
    """The character n-grams of `text`."""
    return {text[at : at + size] for size in GRAMS for at in range(len(text) - size + 1)}


AGAINST = ("negat", "denied.", "halted.", "misuse", "must_not", "no_plan", "not_", "turned_down")


def said_against(pair: Pair) -> bool:
    """Whether any sentence of the pair, or one around it, negates, refuses, stops or speaks of misuse.

    A denial becomes a promise in the ledger. None is made where nothing is denied, whatever the
    sector's usual stage suggests; 99 of 100 labelled denials have such a word.
    """
    said = (name.partition(":")[2] for instance in pair.instances for name in instance.names)
    return any(word in one for one in said for word in AGAINST)


def pooled(pair: Pair, rows: NDArray[np.float64]) -> NDArray[np.float64]:
    """What a head says of a pair: the rows of its sentences weighted by how likely each one carries it."""
    weights = np.exp(np.clip(np.array(pair.scores), -20, 20))
    blended: NDArray[np.float64] = (weights / weights.sum()) @ rows
    return blended
