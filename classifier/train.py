"""Train the heads from data/gold, author batches kept apart, and write classifier/model/.

Only this module and baselines.py import scikit-learn; classifying needs numpy alone.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, diags
from sklearn.linear_model import LogisticRegression

from classifier.assess import Pair, gather, pair_values
from classifier.evaluate import fingerprint
from classifier.gold import GoldText, Label
from classifier.judge import judge
from classifier.model import SCALE, Head, Model, save_model, stage_names
from classifier.pipeline import load_pipeline
from classifier.read import Readable, Scan, scan_many
from data.models import Finding
from data.vocabulary import Stage

STAGES = tuple(stage.value for stage in Stage)
DETECT_STRENGTH = 0.3
STAGE_STRENGTH = 1.0
UNLAWFUL_STRENGTH = 0.5
PAIR_STRENGTH = 1.0
"""Inverse L2 strengths, chosen on folds by author (classifier/README.md, Measured)."""

OTHER_SENTENCE = 0.15
"""Weight of a labelled pair's sentence that is not the evidence: a weak negative."""

LEAST_DOCUMENTS = 3
"""A feature seen in fewer candidates than this is not learned."""


@dataclass(frozen=True, slots=True)
class Example:
    """A labelled text with its scan."""

    text: GoldText
    scan: Scan


def readable(text: GoldText) -> Readable:
    """What the scan needs of a labelled text."""
    return Readable(text.title, text.body, text.publisher, text.day)


def scan_all(texts: Sequence[GoldText]) -> list[Example]:
    """Parse the candidate sentences of all labelled texts (60 to 250 sentences a second)."""
    scans = scan_many(load_pipeline(), [readable(text) for text in texts])
    return [Example(text, scanned) for text, scanned in zip(texts, scans, strict=True)]


def train(texts: Sequence[GoldText], folder: Path, say: Callable[[str], None]) -> None:
    """Fit, cross-validate by author batch, choose the threshold, write everything to `folder`."""
    examples = scan_all(texts)
    say(f"{len(texts)} texts, {sum(len(e.scan.instances) for e in examples)} candidates")
    batches = sorted({e.text.batch for e in examples})
    out_of_fold: dict[str, list[tuple[Example, Model]]] = {}
    for batch in batches:
        rest = [e for e in examples if e.text.batch != batch]
        model = fit(rest)
        out_of_fold[batch] = [(e, model) for e in examples if e.text.batch == batch]
        say(f"fold without batch {batch}: fitted on {len(rest)} texts")
    judged = [
        (e, [*kept, *seen])
        for rows in out_of_fold.values()
        for e, model in rows
        for kept, seen in [judge(e.scan, model)]
    ]
    threshold = best_threshold(judged)
    say(f"threshold {threshold}")
    final = fit(examples)
    digest = hashlib.sha256("".join(sorted(fingerprint(t.title, t.body) for t in texts)).encode())
    version = digest.hexdigest()[:12]
    save_model(
        Model(final.detect, final.pair, final.stage, final.unlawful, threshold, version), folder
    )
    _write_out_of_fold(folder / "out_of_fold.jsonl", judged)


def fit(examples: Sequence[Example]) -> Model:
    """The four heads fitted on `examples`; the pair head on scores held out by author batch."""
    detect = fit_detect(examples)
    held_out = _held_out_pairs(examples)
    return Model(
        detect=detect,
        pair=fit_pair(held_out),
        stage=fit_stage(examples),
        unlawful=fit_unlawful(examples),
        threshold=0.5,
        version="fold",
    )


def _held_out_pairs(examples: Sequence[Example]) -> list[tuple[Pair, list[Pair], bool]]:
    rows: list[tuple[Pair, list[Pair], bool]] = []
    for batch in sorted({e.text.batch for e in examples}):
        head = fit_detect([e for e in examples if e.text.batch != batch])
        for example in (e for e in examples if e.text.batch == batch):
            scores = [float(head.scores(i.names)[0]) for i in example.scan.instances]
            pairs = gather(example.scan.instances, scores)
            labelled = {(label.sector, label.identifier) for label in example.text.labels}
            rows.extend((p, pairs, (p.sector, p.identifier) in labelled) for p in pairs)
    return rows


def label_of(example: Example, number: int) -> tuple[Label | None, bool]:
    """(the label of instance `number`'s pair, whether the instance is its evidence)."""
    instance = example.scan.instances[number]
    c = instance.candidate
    for label in example.text.labels:
        if (label.sector, label.identifier) == (c.sector, c.identifier):
            return label, label.start < instance.end and instance.start < label.end
    return None, False


def fit_detect(examples: Sequence[Example]) -> Head:
    """Whether a sentence is the evidence of a finding of its pair."""
    names, answers, weights = [], [], []
    for example in examples:
        for number, instance in enumerate(example.scan.instances):
            label, is_evidence = label_of(example, number)
            names.append(instance.names)
            answers.append(int(is_evidence))
            weights.append(OTHER_SENTENCE if label is not None and not is_evidence else 1.0)
    return _fit(names, answers, ("finding",), DETECT_STRENGTH, weights)


def fit_stage(examples: Sequence[Example]) -> Head:
    """How far has the use gone? Learned from evidence sentences only."""
    rows = list(_evidence(examples))
    answers = [STAGES.index(label.stage.value) for _, label in rows]
    return _fit([names for names, _ in rows], answers, STAGES, STAGE_STRENGTH)


def fit_unlawful(examples: Sequence[Example]) -> Head:
    """Whether the text says that the use is outside the law or its purpose."""
    rows = list(_evidence(examples))
    answers = [int(label.unlawful) for _, label in rows]
    return _fit([names for names, _ in rows], answers, ("unlawful",), UNLAWFUL_STRENGTH)


def _evidence(examples: Sequence[Example]) -> list[tuple[list[str], Label]]:
    rows = []
    for example in examples:
        for number, instance in enumerate(example.scan.instances):
            label, is_evidence = label_of(example, number)
            if label is not None and is_evidence:
                rows.append((stage_names(instance.names), label))
    return rows


def _fit(
    names: Sequence[Sequence[str]],
    answers: Sequence[int],
    classes: tuple[str, ...],
    strength: float,
    weights: Sequence[float] | None = None,
) -> Head:
    """A regularised logistic regression over feature names, one logit per class (one against the rest)."""
    counts: dict[str, int] = {}
    for row in names:
        for name in row:
            counts[name] = counts.get(name, 0) + 1
    vocabulary = sorted(name for name, count in counts.items() if count >= LEAST_DOCUMENTS)
    index = {name: i for i, name in enumerate(vocabulary)}
    matrix = _matrix(names, index)
    targets = [np.equal(answers, k) for k in range(len(classes))] if len(classes) > 1 else [answers]
    fitted = [_logistic(matrix, target, strength, weights) for target in targets]
    return Head(
        classes,
        index,
        np.stack([model.coef_[0] for model in fitted], axis=1).astype(float),
        np.array([model.intercept_[0] for model in fitted], float),
    )


def _logistic(
    matrix: csr_matrix, target: object, strength: float, weights: Sequence[float] | None
) -> LogisticRegression:
    model = LogisticRegression(C=strength, solver="liblinear", max_iter=1000, random_state=0)
    return model.fit(matrix, np.asarray(target, int), sample_weight=weights)


def _matrix(names: Sequence[Sequence[str]], index: dict[str, int]) -> csr_matrix:
    columns = [[index[name] for name in row if name in index] for row in names]
    starts = np.cumsum([0, *(len(row) for row in columns)])
    flat = [column for row in columns for column in row]
    matrix = csr_matrix((np.ones(len(flat)), flat, starts), shape=(len(names), len(index)))
    lengths = np.maximum(1, [len(row) for row in columns])
    return diags(SCALE / np.sqrt(lengths)) @ matrix


def fit_pair(rows: Sequence[tuple[Pair, list[Pair], bool]]) -> Head:
    """Whether a pair is a finding of the text. Its logistic is the calibrated score."""
    values = [pair_values(pair, pairs) for pair, pairs, _ in rows]
    index = {name: i for i, name in enumerate(sorted({n for row in values for n in row}))}
    matrix: NDArray[np.float64] = np.zeros((len(rows), len(index)))
    for at, row in enumerate(values):
        for name, value in row.items():
            matrix[at, index[name]] = value
    model = LogisticRegression(C=PAIR_STRENGTH, solver="lbfgs", max_iter=2000)
    model.fit(matrix, [int(answer) for _, _, answer in rows])
    return Head(
        ("finding",), index, np.asarray(model.coef_.T, float), np.asarray(model.intercept_, float)
    )


def best_threshold(judged: Sequence[tuple[Example, list[Finding]]]) -> float:
    """The probability at which flag F1 and finding F1 together are highest, in steps of 0.02."""

    def quality(threshold: float) -> float:
        flag = [0, 0, 0]
        pair = [0, 0, 0]
        for example, findings in judged:
            gold = {(label.sector, label.identifier) for label in example.text.labels}
            said = {(f.sector, f.identifier) for f in findings if f.score >= threshold}
            for tally, truth, guess in ((flag, bool(gold), bool(said)),):
                tally[0] += truth and guess
                tally[1] += guess and not truth
                tally[2] += truth and not guess
            pair[0] += len(gold & said)
            pair[1] += len(said - gold)
            pair[2] += len(gold - said)
        return sum(2 * a / max(1, 2 * a + b + c) for a, b, c in (flag, pair))

    steps = [round(0.2 + 0.02 * step, 2) for step in range(31)]
    return max(steps, key=quality)


def _write_out_of_fold(path: Path, judged: Sequence[tuple[Example, list[Finding]]]) -> None:
    lines = []
    for example, findings in judged:
        text = example.text
        rows = [
            [f.sector, f.identifier, f.stage, int(f.unlawful), f.start, f.end, f.score]
            for f in findings
        ]
        key = fingerprint(text.title, text.body)
        lines.append(json.dumps({"text": key, "findings": rows}, separators=(",", ":")))
    path.write_text("\n".join(sorted(lines)) + "\n", encoding="utf-8")
