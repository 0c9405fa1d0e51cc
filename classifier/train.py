"""Train the heads from data/gold, authors kept apart, and write classifier/model/."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path

from spacy.tokens import Doc

from classifier.evaluate import fingerprint
from classifier.gold import GoldText
from classifier.halves import teach_halves
from classifier.judge import judge
from classifier.layers import authors_apart, fit
from classifier.model import Model, save_model
from classifier.networks import save_networks
from classifier.openings import is_opened, openings, tells_too_much
from classifier.ops import Floats
from classifier.pipeline import load_pipeline
from classifier.read import Readable, scan_many
from classifier.table import Example, Table, tabulate
from data.interrupts import ours_to_end
from data.models import Finding

OUTER_FOLDS = 3
"""Groups of whole authors by which the threshold is chosen and the model is measured."""

CHUNK = 400
"""Texts that one process parses in one stream."""

AS_GOOD = 0.002
"""Of the sum of two F1: what another draw of the networks moves it by."""

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
            with ours_to_end():
                scans = pool.map(_scan_chunk, chunks)
            scanned = list(scans)
    examples = [example for chunk in scanned for example in chunk]
    return sorted(examples, key=lambda example: example.opening)


def _scan_chunk(texts: Sequence[GoldText]) -> list[Example]:
    nlp, known = load_pipeline(), dict[str, Doc]()
    scans = scan_many(nlp, [readable(text) for text in texts], known)
    whole = [Example(text, scanned) for text, scanned in zip(texts, scans, strict=True)]
    opened = [one for one in whole if is_opened(one.text)]
    pairs = [(one.text, cut) for one in opened for cut in openings(one.text, one.scan)]
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
    halves = teach_halves(table, load_pipeline().vocab.vectors.data)
    say("two networks taught, each by one half of the authors")
    final, judged = _fit_folds(table, halves.heard, say)
    threshold = best_threshold(judged)
    say(f"threshold {threshold}")
    digest = hashlib.sha256("".join(sorted(fingerprint(t.title, t.body) for t in texts)).encode())
    version = digest.hexdigest()[:12]
    save_networks(halves.networks, version, folder)
    save_model(replace(final, threshold=threshold, version=version), folder)
    _write_out_of_fold(folder / "out_of_fold.jsonl", judged)


class _Shared:
    """What the fitting processes inherit: a table is a gigabyte, and nobody writes to it."""

    table: Table
    heard: Floats


def _fit_folds(
    table: Table, heard: Floats, say: Callable[[str], None]
) -> tuple[Model, list[tuple[Example, list[Finding]]]]:
    """The model of all texts, and each text judged by heads that never saw its author.

    It is heard by the network that never did either; but what the last heads learn to weigh on the texts of others
    was in part heard by the network that did.

    Processes, not threads: liblinear draws from one random state, so that threads would change digits.
    """
    folds = _outer_folds(table)
    _Shared.table, _Shared.heard = table, heard
    judged: list[tuple[Example, list[Finding]]] = []
    with ProcessPoolExecutor(os.cpu_count() or 1, get_context("fork")) as pool:
        with ours_to_end():
            final, fitted = pool.submit(_fit_all), pool.map(_fit_without, folds)
        for inside, fold in zip(folds, fitted, strict=True):
            judged += [(table.examples[n], findings) for n, findings in fold]
            authors = " ".join(sorted({table.examples[n].text.batch for n in inside}))
            say(f"fold without {authors}: {len(fold)} texts judged")
        return final.result(), judged


def _fit_all() -> Model:
    return fit(_Shared.table, _Shared.heard, range(len(_Shared.table.examples)))


def _fit_without(inside: Sequence[int]) -> list[tuple[int, list[Finding]]]:
    """The whole texts of a fold, judged by a model of all others."""
    table, heard = _Shared.table, _Shared.heard
    model = fit(table, heard, sorted(set(range(len(table.examples))) - set(inside)))
    found = (
        (n, judge(table.examples[n].scan, heard[table.own(n)], model, told=False))
        for n in inside
        if not table.examples[n].opening
    )
    return [(n, [*kept, *seen]) for n, (kept, seen) in found]


def _outer_folds(table: Table) -> list[list[int]]:
    numbers = range(len(table.examples))
    own = [n for n in numbers if table.examples[n].text.batch == JUDGE]
    others = [n for n in numbers if table.examples[n].text.batch != JUDGE]
    return [fold for fold in (own, *authors_apart(table.examples, others, OUTER_FOLDS - 1)) if fold]


def best_threshold(judged: Sequence[tuple[Example, list[Finding]]]) -> float:
    """The lowest probability, in steps of 0.02, at which flag F1 and finding F1 together are within AS_GOOD of the best.

    The curve is flat, and a missed adoption costs more than one more line to read.
    """
    rows = [
        (
            {(label.sector, label.identifier) for label in example.text.labels},
            [(finding.score, (finding.sector, finding.identifier)) for finding in findings],
        )
        for example, findings in judged
    ]

    def quality(threshold: float) -> float:
        flag = [0, 0, 0]
        pair = [0, 0, 0]
        for gold, scored in rows:
            said = {key for score, key in scored if score >= threshold}
            flag[0] += bool(gold and said)
            flag[1] += bool(said and not gold)
            flag[2] += bool(gold and not said)
            pair[0] += len(gold & said)
            pair[1] += len(said - gold)
            pair[2] += len(gold - said)
        return sum(2 * a / max(1, 2 * a + b + c) for a, b, c in (flag, pair))

    steps = [round(0.2 + 0.02 * step, 2) for step in range(31)]
    found = {step: quality(step) for step in steps}
    best = max(found.values())
    return min(step for step in steps if found[step] >= best - AS_GOOD)


def _write_out_of_fold(path: Path, judged: Sequence[tuple[Example, list[Finding]]]) -> None:
    lines = []
    for example, findings in judged:
        text = example.text
        rows = [
            [f.sector, f.identifier, f.stage, int(f.unlawful), f.start, f.end, f.score, f.actor]
            for f in findings
        ]
        key = fingerprint(text.title, text.body)
        line = {"text": key, "findings": rows}
        lines.append(json.dumps(line, separators=(",", ":"), ensure_ascii=False))
    path.write_text("\n".join(sorted(lines)) + "\n", encoding="utf-8")
