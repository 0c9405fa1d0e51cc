"""From candidates to pairs: score each sentence, gather a pair's sentences, choose the evidence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from classifier.candidates import Candidate
from classifier.model import Head
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
    """Logits of the `detect` head, in the order of `instances`, descending."""


def gather(instances: Sequence[Instance], scores: Sequence[float]) -> list[Pair]:
    """Group scored instances by pair; ties keep the order of the text."""
    grouped: dict[tuple[Sector, Identifier], list[tuple[float, int, Instance]]] = {}
    for order, (instance, score) in enumerate(zip(instances, scores, strict=True)):
        key = (instance.candidate.sector, instance.candidate.identifier)
        grouped.setdefault(key, []).append((-score, order, instance))
    pairs = []
    for (sector, identifier), rows in sorted(grouped.items()):
        rows.sort(key=lambda row: row[:2])
        pairs.append(
            Pair(
                sector,
                identifier,
                tuple(row[2] for row in rows),
                tuple(-row[0] for row in rows),
            )
        )
    return pairs


GIST_SENTENCES = 4
GRAMS = (2, 3)
"""Lengths of the character n-grams of a gist."""


def gist_names(read: Survey, instances: Sequence[Instance], scores: Sequence[float]) -> list[str]:
    """Character n-grams of the title and of the sentences that look most like evidence.

    A few sentences whatever the length of the text, so that length tells nothing.
    """
    best: dict[int, float] = {}
    for instance, score in zip(instances, scores, strict=True):
        k = instance.candidate.sentence
        best[k] = max(best.get(k, score), score)
    chosen = set(sorted(best, key=lambda k: (-best[k], k))[:GIST_SENTENCES])
    if read.sentences:
        chosen.add(0)
    text = "\n".join(read.sentences[k].text for k in sorted(chosen))
    return sorted({f"c:{text[i : i + n]}" for n in GRAMS for i in range(len(text) - n + 1)})


def pair_values(pair: Pair, all_pairs: Sequence[Pair], text_score: float) -> dict[str, float]:
    """What the `pair` head weighs: the pair's best sentences against its rivals in the same text.

    `text_score` is the logit of the `text` head: does a text with this gist hold any finding?
    """
    best = pair.instances[0].candidate
    others = [p for p in all_pairs if p is not pair]
    beside = [p for p in others if p.instances[0].candidate.sentence == best.sentence]
    same_sector = [p for p in others if p.sector == pair.sector]
    return {
        "best": _clip(pair.scores[0]),
        "second": _clip(pair.scores[1]) if len(pair.scores) > 1 else FLOOR,
        "all": _clip(float(np.logaddexp.reduce(pair.scores))),
        "rival": max((_clip(p.scores[0]) for p in others), default=FLOOR),
        "beside": max((_clip(p.scores[0]) for p in beside), default=FLOOR),
        "same_sector": max((_clip(p.scores[0]) for p in same_sector), default=FLOOR),
        "alone": float(not others),
        "text": float(np.clip(text_score, -TEXT_LIMIT, TEXT_LIMIT)),
        f"sector {pair.sector}": 1.0,
        f"identifier {pair.identifier}": 1.0,
        f"sector {best.sector_route}": 1.0,
        f"identifier {best.identifier_route}": 1.0,
    }


TEXT_LIMIT = 3.0
"""The gist may tip the balance and never decide alone."""

FLOOR = -5.0
"""The logit of a sentence that is not there; scores are clipped to it and to its opposite."""


def _clip(score: float) -> float:
    return float(np.clip(score, FLOOR, -FLOOR))


def pooled(pair: Pair, head: Head, names: list[list[str]]) -> NDArray[np.float64]:
    """Class logits of a pair: its sentences' logits weighted by how likely each one carries it."""
    weights = np.exp(np.clip(np.array(pair.scores), -20, 20))
    weights /= weights.sum()
    rows = np.array([head.scores(n) for n in names])
    blended: NDArray[np.float64] = weights @ rows
    return blended
