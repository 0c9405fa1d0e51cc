"""Train the heads from data/gold, authors kept apart, and write classifier/model/."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path

import numpy as np
from spacy.tokens import Doc

from classifier.assess import gather, gist_names, pair_values
from classifier.evaluate import fingerprint
from classifier.fitting import (
    fit_detect,
    fit_pair,
    fit_stage,
    fit_text,
    fit_unlawful,
    score_rows,
)
from classifier.gists import Gists, tabulate_gists
from classifier.gold import GoldText
from classifier.judge import judge
from classifier.model import Head, Model, save_model
from classifier.openings import openings, tells_too_much
from classifier.pipeline import load_pipeline
from classifier.read import Readable, scan_many
from classifier.table import Example, Table, tabulate
from data.models import Finding

INNER_FOLDS = 5
"""Groups of whole authors by which the pair head's training scores are held out."""

OUTER_FOLDS = 8
"""Groups of whole authors by which the threshold is chosen and the model is measured."""

CHUNK = 400
"""Texts that one process parses in one stream."""

JUDGE = "dev"
"""The author whose judgement counts (../shared/gold): a fold of its own, so that all others may teach it."""


def readable(text: GoldText) -> Readable:
    """What the scan needs of a labelled text."""
    return Readable(text.title, text.body, text.publisher, text.day)


def scan_all(texts: Sequence[GoldText]) -> list[Example]:
    """Parse the candidate sentences of all labelled texts (60 to 250 sentences a second and core).

    The texts come first and in order, then those of their openings that say enough to be learned from,
    and no more than is labelled. The chunks are the same on every machine, so that the number of cores
    changes no digit.
    """
    chunks = [texts[at : at + CHUNK] for at in range(0, len(texts), CHUNK)]
    if len(chunks) <= 1:
        scanned = [_scan_chunk(texts)]
    else:
        with ProcessPoolExecutor(os.cpu_count() or 1, get_context("spawn")) as pool:
            scanned = list(pool.map(_scan_chunk, chunks))
    examples = [example for chunk in scanned for example in chunk]
    return sorted(examples, key=lambda example: example.opening)


def _scan_chunk(texts: Sequence[GoldText]) -> list[Example]:
    nlp, known = load_pipeline(), dict[str, Doc]()
    scans = scan_many(nlp, [readable(text) for text in texts], known)
    whole = [Example(text, scanned) for text, scanned in zip(texts, scans, strict=True)]
    pairs = [(one.text, cut) for one in whole for cut in openings(one.text, one.scan)]
    scans = scan_many(nlp, [readable(cut) for _, cut in pairs], known)
    return whole + [
        Example(cut, scanned, opening=True)
        for (text, cut), scanned in zip(pairs, scans, strict=True)
        if scanned.instances and not tells_too_much(cut, scanned, text)
    ]


def train(texts: Sequence[GoldText], folder: Path, say: Callable[[str], None]) -> None:
    """Fit, cross-validate by author, choose the threshold, write everything to `folder`."""
    table = tabulate(scan_all(texts))
    say(f"{len(texts)} texts and {len(table.examples) - len(texts)} of their openings")
    say(f"{len(table.text)} candidates, {len(table.names)} features")
    final, judged = _fit_folds(table, say)
    threshold = best_threshold(judged)
    say(f"threshold {threshold}")
    digest = hashlib.sha256("".join(sorted(fingerprint(t.title, t.body) for t in texts)).encode())
    save_model(replace(final, threshold=threshold, version=digest.hexdigest()[:12]), folder)
    _write_out_of_fold(folder / "out_of_fold.jsonl", judged)


class _Shared:
    """What the fitting processes inherit: a table is a gigabyte, and nobody writes to it."""

    table: Table


def _fit_folds(
    table: Table, say: Callable[[str], None]
) -> tuple[Model, list[tuple[Example, list[Finding]]]]:
    """The model of all texts, and each text judged by a model that never saw its author.

    Processes, not threads: liblinear draws from one random state, so that threads would change digits.
    """
    folds = _outer_folds(table)
    _Shared.table = table
    judged: list[tuple[Example, list[Finding]]] = []
    with ProcessPoolExecutor(os.cpu_count() or 1, get_context("fork")) as pool:
        final = pool.submit(_fit_all)
        for inside, fold in zip(folds, pool.map(_fit_without, folds), strict=True):
            judged += [(table.examples[n], findings) for n, findings in fold]
            authors = " ".join(sorted({table.examples[n].text.batch for n in inside}))
            say(f"fold without {authors}: {len(fold)} texts judged")
        return final.result(), judged


def _fit_all() -> Model:
    return fit(_Shared.table, range(len(_Shared.table.examples)))


def _fit_without(inside: Sequence[int]) -> list[tuple[int, list[Finding]]]:
    """The whole texts of a fold, judged by a model of all others."""
    examples = _Shared.table.examples
    model = fit(_Shared.table, sorted(set(range(len(examples))) - set(inside)))
    found = ((n, judge(examples[n].scan, model)) for n in inside if not examples[n].opening)
    return [(n, [*kept, *seen]) for n, (kept, seen) in found]


def fit(
    table: Table, numbers: Sequence[int], threshold: float = 0.5, version: str = "fold"
) -> Model:
    """All heads fitted on some examples; text and pair head on scores held out by author."""
    rows = table.rows_of(numbers)
    folds = _folds(table, numbers, INNER_FOLDS)
    scores = _held_out(table, numbers, folds)
    scans = ((n, table.examples[n].scan) for n in numbers)
    gists = tabulate_gists((n, gist_names(x.read, x.instances, scores[n])) for n, x in scans)
    return Model(
        detect=fit_detect(table, rows),
        text=_text_head(table, numbers, gists),
        pair=_pair_head(table, numbers, folds, scores, gists),
        stage=fit_stage(table, rows),
        unlawful=fit_unlawful(table, rows),
        threshold=threshold,
        version=version,
    )


def _held_out(
    table: Table, numbers: Sequence[int], folds: Sequence[Sequence[int]]
) -> dict[int, list[float]]:
    """Detect logits of each example's candidates, from a head that never saw its author."""
    borders = np.searchsorted(table.text, np.arange(len(table.examples) + 1))
    scores: dict[int, list[float]] = {}
    for inside in folds:
        outside = sorted(set(numbers) - set(inside))
        scored = score_rows(table, fit_detect(table, table.rows_of(outside)))
        scores |= {n: scored[borders[n] : borders[n + 1]].tolist() for n in inside}
    return scores


def _text_head(table: Table, numbers: Sequence[int], gists: Gists) -> Head:
    answers = [bool(table.examples[n].text.labels) for n in numbers]
    return fit_text(gists, numbers, answers)


def _pair_head(
    table: Table,
    numbers: Sequence[int],
    folds: Sequence[Sequence[int]],
    scores: Mapping[int, list[float]],
    gists: Gists,
) -> Head:
    values: list[dict[str, float]] = []
    answers: list[bool] = []
    for inside in folds:
        head = _text_head(table, sorted(set(numbers) - set(inside)), gists)
        for n, text_score in zip(inside, gists.scores(inside, head).tolist(), strict=True):
            example = table.examples[n]
            pairs = gather(example.scan.instances, scores[n])
            labelled = {(label.sector, label.identifier) for label in example.text.labels}
            for pair in pairs:
                values.append(pair_values(pair, pairs, text_score))
                answers.append((pair.sector, pair.identifier) in labelled)
    return fit_pair(values, answers)


def _outer_folds(table: Table) -> list[list[int]]:
    numbers = range(len(table.examples))
    own = [n for n in numbers if table.examples[n].text.batch == JUDGE]
    others = [n for n in numbers if table.examples[n].text.batch != JUDGE]
    return [fold for fold in (own, *_folds(table, others, OUTER_FOLDS - 1)) if fold]


def _folds(table: Table, numbers: Sequence[int], count: int) -> list[list[int]]:
    """The examples in so many groups of whole authors, of about one size: the largest author first."""
    authors: dict[str, list[int]] = {}
    for number in numbers:
        authors.setdefault(table.examples[number].text.batch, []).append(number)
    folds: list[list[int]] = [[] for _ in range(min(count, len(authors)))]
    for _, own in sorted(authors.items(), key=lambda item: (-len(item[1]), item[0])):
        min(folds, key=len).extend(own)
    return folds


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
