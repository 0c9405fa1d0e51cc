"""Fit the heads on rows of the table: regularised logistic regressions over named features.

Only this module and baselines.py import scikit-learn; classifying needs numpy and thinc alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from classifier.blend import SENTENCE, sentence_values
from classifier.gists import Gists, weighed
from classifier.model import STAGES, Head
from classifier.ops import Floats
from classifier.table import Rows, Table
from classifier.wording import OF_SECTOR

DETECT_STRENGTH = 0.3
STAGE_STRENGTH = 1.5
UNLAWFUL_STRENGTH = 0.5
TEXT_STRENGTH = 0.3
WORDING_STRENGTH = 0.3
WORDED_STAGE_STRENGTH = 1.0
SENTENCE_STRENGTH = 0.3
PAIR_STRENGTH = 0.3
PAIR_STAGE_STRENGTH = 0.1
"""Inverse L2 strengths, chosen on folds by author (classifier/README.md, Measured)."""

OTHER_SENTENCE = 0.15
"""Weight of a labelled pair's sentence that is not the evidence: a weak negative."""

CONTEXT_SENTENCE = 0.1
"""Weight of such a sentence when the stage is learned: what stands around the evidence often tells it."""

LEAST_DOCUMENTS = 7
"""A feature seen in fewer candidates than this is not learned."""

LEAST_WORDED, LEAST_STAGE_WORDED = 15, 9
"""The same for n-grams in the wording of pairs, which are many: all weights together stay below 20 MB."""

CERTAIN = 6.0
"""The logit of a class that all texts have, or none: nothing can be learned of it."""

TOLERANCE = 0.01
"""Where liblinear's dual descent stops: 15 times sooner than its primal, to the same F1 within 0.002."""


def evidence_weights(table: Table) -> NDArray[np.float64]:
    """What the answer of each row weighs when it is learned which sentences are evidence."""
    return np.where(table.labelled & ~table.evidence, OTHER_SENTENCE, 1.0)


def fit_detect(table: Table, rows: Rows) -> Head:
    """Whether a sentence is the evidence of a finding of its pair."""
    weights = evidence_weights(table)
    columns = table.columns(rows, LEAST_DOCUMENTS)
    return _head(
        table, rows, columns, ("finding",), [table.evidence], DETECT_STRENGTH, weights=weights
    )


def fit_sentence(
    named: NDArray[np.float64],
    heard: Floats,
    answers: NDArray[np.bool_],
    weights: NDArray[np.float64],
) -> Head:
    """The same, by the logits of `detect` (named) and of the networks (heard), as sentence_scores weighs them."""
    index = {name: at for at, name in enumerate(SENTENCE)}
    return _weighed(index, sentence_values(named, heard), answers, SENTENCE_STRENGTH, weights)


def stage_weights(table: Table) -> NDArray[np.float64]:
    """What the label's stage weighs in each row of a labelled pair."""
    return np.where(table.evidence, 1.0, CONTEXT_SENTENCE)


def fit_stage(table: Table, rows: Rows) -> Head:
    """How far has the use gone? Learned from evidence sentences, and a little from the pair's others.

    An opening teaches nothing here: the label's stage is that of the sentence it was given to.

    A reading blends all sentences of a pair, so the head must know what titles and leads say. That is
    worth 5 points on texts of other authors, and 9 on real ones.
    Features are weighted by how differently the classes use them (naive Bayes log-count ratios,
    Wang and Manning 2012) before the regression: with few texts a class that is worth 2 points.
    """
    rows = rows[table.labelled[rows] & table.whole[rows]]
    weights = stage_weights(table)
    columns = table.columns(rows, LEAST_DOCUMENTS, table.of_stage)
    targets = [
        np.array([x is not None and x.stage.value == stage for x in table.labels])
        for stage in STAGES
    ]
    return _head(
        table, rows, columns, STAGES, targets, STAGE_STRENGTH, weights=weights, ratios=True
    )


def fit_unlawful(table: Table, rows: Rows) -> Head:
    """Whether the text says that the use is outside the law or its purpose."""
    rows = rows[table.evidence[rows]]
    columns = table.columns(rows, LEAST_DOCUMENTS, table.of_stage)
    target = np.array([x is not None and x.unlawful for x in table.labels])
    return _head(table, rows, columns, ("unlawful",), [target], UNLAWFUL_STRENGTH)


def fit_text(gists: Gists, numbers: Sequence[int], answers: Sequence[bool]) -> Head:
    """Whether a text with this gist (n-grams of its title and likeliest sentences) holds any finding."""
    names, matrix = gists.choose(numbers, LEAST_DOCUMENTS)
    return _one_against_rest(matrix, names, ("finding",), [answers], TEXT_STRENGTH)


def fit_wording(gists: Gists, numbers: Sequence[int], answers: Sequence[bool]) -> Head:
    """Whether a pair is a finding whose best candidate is worded like this."""
    names, matrix = gists.choose(numbers, LEAST_WORDED)
    return _one_against_rest(matrix, names, ("finding",), [answers], WORDING_STRENGTH)


def fit_worded_stage(gists: Gists, numbers: Sequence[int], stages: Sequence[str]) -> Head:
    """How far the use has gone in a pair whose best candidate is worded like this."""
    names, matrix = gists.choose(numbers, LEAST_STAGE_WORDED, without=OF_SECTOR)
    targets = [[said == stage for said in stages] for stage in STAGES]
    return _one_against_rest(matrix, names, STAGES, targets, WORDED_STAGE_STRENGTH, ratios=True)


def fit_pair(values: Sequence[Mapping[str, float]], answers: Sequence[bool]) -> Head:
    """Whether a pair is a finding of the text. Its logistic is the calibrated score."""
    return _weighed(*_valued(values), np.asarray(answers, bool), PAIR_STRENGTH)


def _weighed(
    index: dict[str, int],
    matrix: NDArray[np.float64],
    answers: NDArray[np.bool_],
    strength: float,
    weights: NDArray[np.float64] | None = None,
) -> Head:
    """Whether something is a finding, by numeric values."""
    if answers.all() or not answers.any():
        bias = CERTAIN if answers.all() else -CERTAIN
        return Head(("finding",), index, np.zeros((len(index), 1)), np.array([bias]))
    model = LogisticRegression(C=strength, solver="lbfgs", max_iter=2000)
    model.fit(matrix, answers, sample_weight=weights)
    return Head(
        ("finding",), index, np.asarray(model.coef_.T, float), np.asarray(model.intercept_, float)
    )


def fit_pair_stage(values: Sequence[Mapping[str, float]], stages: Sequence[str]) -> Head:
    """How far the use has gone, by what the stage heads said: one softmax over all classes."""
    index, matrix = _valued(values)
    weights = np.zeros((len(index), len(STAGES)))
    known = sorted({STAGES.index(stage) for stage in stages})
    bias = np.full(len(STAGES), -CERTAIN)
    bias[known] = 0.0
    if len(known) > 1:
        model = LogisticRegression(C=PAIR_STAGE_STRENGTH, solver="lbfgs", max_iter=2000)
        model.fit(matrix, np.array([STAGES.index(stage) for stage in stages]))
        two = len(known) == 2
        weights[:, known[-1:] if two else known] = model.coef_.T
        bias[known[-1:] if two else known] = model.intercept_
    return Head(STAGES, index, weights, bias)


def _valued(
    values: Sequence[Mapping[str, float]],
) -> tuple[dict[str, int], NDArray[np.float64]]:
    """The names of some values in their order, and the values as a matrix."""
    index = {name: i for i, name in enumerate(sorted({n for row in values for n in row}))}
    matrix: NDArray[np.float64] = np.zeros((len(values), len(index)))
    for at, row in enumerate(values):
        for name, value in row.items():
            matrix[at, index[name]] = value
    return index, matrix


def score_rows(table: Table, head: Head, rows: Rows | None = None) -> NDArray[np.float64]:
    """The logits of rows of the table (all, or those given), as `Head.scores` gives them: one column a class."""
    columns = np.sort([table.place[name] for name in head.index])
    weights = head.weights[[head.index[table.names[i]] for i in columns]]
    scored: NDArray[np.float64] = table.scaled(columns, rows) @ weights + head.bias
    return scored


def _head(
    table: Table,
    rows: Rows,
    columns: Rows,
    classes: tuple[str, ...],
    targets: Sequence[NDArray[np.bool_]],
    strength: float,
    *,
    weights: NDArray[np.float64] | None = None,
    ratios: bool = False,
) -> Head:
    """One logit per class, one against the rest; `ratios` weighs features before the fit."""
    matrix = table.scaled(columns, rows)
    shares = None if weights is None else weights[rows]
    names = [table.names[column] for column in columns]
    answers = [target[rows] for target in targets]
    return _one_against_rest(matrix, names, classes, answers, strength, shares, ratios=ratios)


def _one_against_rest(
    matrix: csr_matrix,
    names: Sequence[str],
    classes: tuple[str, ...],
    targets: Sequence[ArrayLike],
    strength: float,
    shares: NDArray[np.float64] | None = None,
    *,
    ratios: bool = False,
) -> Head:
    fitted = []
    for target in targets:
        answers = np.asarray(target, bool)
        if answers.all() or not answers.any():
            fitted.append((np.zeros(len(names)), CERTAIN if answers.all() else -CERTAIN))
            continue
        lift = _ratios(matrix, answers) if ratios else np.ones(len(names))
        model = _logistic(weighed(matrix, lift[matrix.indices]), answers, strength, shares)
        fitted.append((model.coef_[0] * lift, float(model.intercept_[0])))
    return Head(
        classes,
        {name: at for at, name in enumerate(names)},
        np.stack([coefficients for coefficients, _ in fitted], axis=1),
        np.array([bias for _, bias in fitted], float),
    )


def _logistic(
    matrix: csr_matrix,
    answers: NDArray[np.bool_],
    strength: float,
    weights: NDArray[np.float64] | None = None,
) -> LogisticRegression:
    model = LogisticRegression(
        C=strength, solver="liblinear", dual=True, tol=TOLERANCE, max_iter=2000, random_state=0
    )
    return model.fit(matrix, answers.astype(int), sample_weight=weights)


def _ratios(matrix: csr_matrix, answers: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Square root of the absolute log-count ratio of each feature between class and rest."""
    inside = np.asarray(matrix[answers].sum(axis=0)).ravel() + 1.0
    outside = np.asarray(matrix[~answers].sum(axis=0)).ravel() + 1.0
    ratio = np.log(inside / inside.sum()) - np.log(outside / outside.sum())
    lifted: NDArray[np.float64] = np.sqrt(np.abs(ratio))
    return lifted
