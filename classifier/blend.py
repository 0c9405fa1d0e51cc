"""What the last heads weigh: what the first ones said of a pair's sentences, its wording and its text.

A logit is told in steps (`steps`), so that a linear head can weigh small ones and large ones apart
and a person can read off what each is worth.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from classifier.assess import Pair, pooled, said_against
from classifier.candidates import company
from classifier.model import STAGES, Head
from classifier.ops import Floats
from classifier.survey import Survey

FLOOR = -5.0
"""The logit of a sentence that is not there; a sentence's logits are clipped to it and to its opposite."""

SENTENCE_KNOTS = (FLOOR, -3.0, -2.0, -1.0, 0.0, 1.0, 2.0, 3.5, -FLOOR)
TEXT_KNOTS = (-3.0, -1.5, -0.5, 0.5, 1.5, 3.0)
"""The gist of a text may tip the balance and never decide alone."""
WORDING_KNOTS = (-4.0, -2.0, -1.0, 0.0, 1.0, 2.0, 4.0)

STAGE_LIMIT = 8.0
"""Stage logits are clipped to this and to its opposite."""


SENTENCE = ("named", "heard")
"""What the `sentence` head weighs: the logits of `detect` and of the networks."""

LOUDEST = 10.0
"""Such a logit is clipped to this and to its opposite."""


def sentence_values(named: NDArray[np.float64], heard: Floats) -> NDArray[np.float64]:
    """What the `sentence` head weighs of some candidates, one row each."""
    values: NDArray[np.float64] = np.clip(np.column_stack([named, heard]), -LOUDEST, LOUDEST)
    return values


def sentence_scores(head: Head, named: NDArray[np.float64], heard: Floats) -> list[float]:
    """Logits of the `sentence` head for some candidates."""
    weights = head.weights[[head.index[name] for name in SENTENCE], 0]
    return [float(score) for score in sentence_values(named, heard) @ weights + head.bias[0]]


def pair_values(
    read: Survey, pair: Pair, all_pairs: Sequence[Pair], text_score: float, wording_score: float
) -> dict[str, float]:
    """What the `pair` head weighs: the pair's best sentences against its rivals in the same text.

    Pairs whose sectors stand in one list with the pair's (enumeration.py) are no rivals beside it, but company.

    `text_score` is the logit of the `text` head (does a text with this gist hold any finding?),
    `wording_score` that of the `wording` head.
    """
    best = pair.instances[0].candidate
    others = [p for p in all_pairs if p is not pair]
    listed = company(read, best)
    joined, beside = [], []
    for other in others:
        if other.identifier == pair.identifier and other.sector in listed:
            joined.append(other)
        elif other.instances[0].candidate.sentence == best.sentence:
            beside.append(other)
    same_sector = [p for p in others if p.sector == pair.sector]
    logits = {
        "best": pair.scores[0],
        "second": pair.scores[1] if len(pair.scores) > 1 else FLOOR,
        "all": float(np.logaddexp.reduce(pair.scores)),
        "rival": max((p.scores[0] for p in others), default=FLOOR),
        "beside": max((p.scores[0] for p in beside), default=FLOOR),
        "joined": max((_score_in(p, best.sentence) for p in joined), default=FLOOR),
        "same_sector": max((p.scores[0] for p in same_sector), default=FLOOR),
        "heard": _heard(pair),
        "heard rival": max((_heard(p) for p in others), default=FLOOR),
        "heard beside": max((_heard(p) for p in beside), default=FLOOR),
    }
    values = {
        "alone": float(not others),
        f"sector {pair.sector}": 1.0,
        f"identifier {pair.identifier}": 1.0,
        f"sector {best.sector_route}": 1.0,
        f"identifier {best.identifier_route}": 1.0,
    }
    for name, logit in logits.items():
        values |= steps(name, logit, SENTENCE_KNOTS)
    values |= steps("text", text_score, TEXT_KNOTS)
    values |= steps("wording", wording_score, WORDING_KNOTS)
    return values


def _score_in(pair: Pair, sentence: int) -> float:
    """What is said of the pair in one sentence."""
    rows = zip(pair.instances, pair.scores, strict=True)
    return max((score for one, score in rows if one.candidate.sentence == sentence), default=FLOOR)


def _heard(pair: Pair) -> float:
    """The loudest that the networks say of any sentence of the pair."""
    return float(pair.heard[:, 0].max())


def stage_values(
    read: Survey, pair: Pair, rows: NDArray[np.float64], worded: NDArray[np.float64]
) -> dict[str, float]:
    """What the `pair_stage` head weighs: the stages that a pair's sentences and its wording tell.

    `rows` are the logits of the `stage` head, one row for each of the pair's sentences in the pair's order;
    `worded` those of the `worded_stage` head.
    """
    rows = np.clip(rows, -STAGE_LIMIT, STAGE_LIMIT)
    worded = np.clip(worded, -STAGE_LIMIT, STAGE_LIMIT)
    shares = _shares(rows)
    heard = np.clip(pair.heard[:, 1:].astype(float), -STAGE_LIMIT, STAGE_LIMIT)
    heard_shares = _shares(heard)
    candidates = [instance.candidate for instance in pair.instances]
    titles = [at for at, c in enumerate(candidates) if read.sentences[c.sentence].kind == "title"]
    named = [
        at
        for at, c in enumerate(candidates)
        if c.sector_route == "here" and c.identifier_route in ("here", "weak")
    ]
    order = sorted(range(len(candidates)), key=lambda at: candidates[at].sentence)
    blended = pooled(pair, shares)
    told = {
        "blend": pooled(pair, rows) / 2,
        "best": rows[0] / 2,
        "wording": worded / 2,
        "blend share": blended,
        "mean share": shares.mean(axis=0),
        "most share": shares.max(axis=0),
        "second share": shares[min(1, len(shares) - 1)],
        "first share": shares[order[0]],
        "last share": shares[order[-1]],
        "named share": shares[named].mean(axis=0) if named else blended,
        "title share": shares[titles[0]] if titles else np.zeros(rows.shape[1]),
        "wording share": _shares(worded[None, :])[0],
        "heard": heard[0] / 2,
        "heard blend": pooled(pair, heard) / 2,
        "heard share": heard_shares[0],
        "heard blend share": pooled(pair, heard_shares),
        "heard most share": heard_shares.max(axis=0),
        "heard title share": heard_shares[titles[0]] if titles else np.zeros(rows.shape[1]),
    }
    values = {
        f"{name} {stage}": float(value)
        for name, row in told.items()
        for stage, value in zip(STAGES, row, strict=True)
    }
    return values | {
        "likely": float(np.clip(pair.scores[0], FLOOR, -FLOOR)) / 3,
        "lone": float(len(rows) == 1),
        "untitled": float(not titles),
        "against": float(said_against(pair)),
        f"sector {pair.sector}": 1.0,
        f"identifier {pair.identifier}": 1.0,
        f"genre {read.genre}": 1.0,
    }


def _shares(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    """Each row's logits as shares of one."""
    raised = np.exp(rows - rows.max(axis=1, keepdims=True))
    shares: NDArray[np.float64] = raised / raised.sum(axis=1, keepdims=True)
    return shares


def steps(name: str, value: float, knots: Sequence[float]) -> dict[str, float]:
    """`value` as weights of the two knots that it lies between; they sum to one (a linear spline)."""
    value = min(max(value, knots[0]), knots[-1])
    above = next(at for at, knot in enumerate(knots) if at and value <= knot)
    low, high = knots[above - 1], knots[above]
    share = (value - low) / (high - low)
    return {f"{name} {low:g}": 1.0 - share, f"{name} {high:g}": share}
