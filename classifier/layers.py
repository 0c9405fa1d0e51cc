"""Fit the heads in two layers: those that read names, and those that weigh what the first ones said.

A head of the second layer must learn how far those of the first can be trusted on a text that they have not
seen. So each example is scored by heads fitted without its author, and the second layer is fitted on that. (The
`sentence` head stands between them and is fitted once: three numbers learn nobody by heart.)
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from classifier.assess import Pair, gather, gist_names
from classifier.blend import pair_values, sentence_scores, stage_values
from classifier.fitting import (
    evidence_weights,
    fit_detect,
    fit_pair,
    fit_pair_stage,
    fit_sentence,
    fit_stage,
    fit_text,
    fit_unlawful,
    fit_worded_stage,
    fit_wording,
    score_rows,
)
from classifier.gists import Gists, tabulate_gists
from classifier.model import Head, Model
from classifier.ops import Floats
from classifier.table import Example, Rows, Table

FOLDS = 2
"""Groups of whole authors by which the first layer's scores are held out: twelve unseen authors and five other sets were
read no worse than with three or four (finding 0.877, 0.876, 0.874), and a fit takes half of the time."""

Logits = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Taught:
    """A pair of an example, ranked by a head that never saw the author, and what its label says."""

    number: int
    example: Example
    pair: Pair
    all_pairs: Sequence[Pair]
    rows: Sequence[int]
    """The table's rows of the pair's instances, in the pair's order."""
    finding: bool
    stage: str
    """The label's stage; empty where none may be learned: for no finding, and in an opening."""


def fit(
    table: Table,
    heard: Floats,
    numbers: Sequence[int],
    threshold: float = 0.5,
    version: str = "fold",
) -> Model:
    """All heads, fitted on some of the table's examples.

    `heard` has one row per row of the table: what the network says that never saw the author (halves.py).
    """
    rows = table.rows_of(numbers)
    folds = authors_apart(table.examples, numbers, FOLDS)
    named = _rows_held_out(table, rows, folds, fit_detect)[:, 0]
    answers, weights = table.evidence[rows], evidence_weights(table)[rows]
    sentence = fit_sentence(named[rows], heard[rows, 0], answers, weights)
    pairs: dict[int, list[Pair]] = {}
    taught: list[Taught] = []
    for n in numbers:
        own = table.own(n)
        scores = sentence_scores(sentence, named[own], heard[own, 0])
        pairs[n] = gather(table.examples[n].scan.instances, scores, heard[own])
        taught += _taught(table.examples[n], n, own.start, pairs[n])
    text, wording, pair = _finding_heads(table, folds, pairs, taught)
    worded_stage, pair_stage = _stage_heads(table, rows, folds, taught)
    return Model(
        detect=fit_detect(table, rows),
        sentence=sentence,
        text=text,
        wording=wording,
        pair=pair,
        stage=fit_stage(table, rows),
        worded_stage=worded_stage,
        pair_stage=pair_stage,
        unlawful=fit_unlawful(table, rows),
        threshold=threshold,
        version=version,
    )


def authors_apart(
    examples: Sequence[Example], numbers: Sequence[int], count: int
) -> list[list[int]]:
    """The examples in so many groups of whole authors, of about one size: the largest author first."""
    authors: dict[str, list[int]] = {}
    for number in numbers:
        authors.setdefault(examples[number].text.batch, []).append(number)
    folds: list[list[int]] = [[] for _ in range(min(count, len(authors)))]
    for _, own in sorted(authors.items(), key=lambda item: (-len(item[1]), item[0])):
        min(folds, key=len).extend(own)
    return folds


def _rows_held_out(
    table: Table,
    rows: Rows,
    folds: Sequence[Sequence[int]],
    teach: Callable[[Table, Rows], Head],
) -> Logits:
    """Logits of rows from heads that never saw their author; of all other rows of the table, none."""
    said: Logits | None = None
    for inside in folds:
        own = np.isin(table.text[rows], np.asarray(inside))
        head = teach(table, rows[~own])
        if said is None:
            said = np.full((len(table.text), len(head.classes)), np.nan)
        said[rows[own]] = score_rows(table, head, rows[own])
    assert said is not None, "a fit needs at least one example"
    return said


def _taught(example: Example, number: int, first: int, pairs: Sequence[Pair]) -> Iterator[Taught]:
    """The pairs of an example whose first instance is row `first` of the table."""
    instances = example.scan.instances
    row = {id(instance): first + at for at, instance in enumerate(instances)}
    labels = {(label.sector, label.identifier): label for label in example.text.labels}
    for pair in pairs:
        label = labels.get((pair.sector, pair.identifier))
        rows = [row[id(instance)] for instance in pair.instances]
        stage = label.stage.value if label and not example.opening else ""
        yield Taught(number, example, pair, pairs, rows, label is not None, stage)


def _finding_heads(
    table: Table,
    folds: Sequence[Sequence[int]],
    pairs: Mapping[int, Sequence[Pair]],
    taught: Sequence[Taught],
) -> tuple[Head, Head, Head]:
    """The `text`, `wording` and `pair` heads."""
    examples = table.examples
    gists = tabulate_gists((n, gist_names(examples[n].scan.read, own)) for n, own in pairs.items())

    def teach_text(some: Sequence[int]) -> Head:
        return fit_text(gists, some, [bool(examples[n].text.labels) for n in some])

    finding = {x.rows[0]: x.finding for x in taught}

    def teach_wording(best: Sequence[int]) -> Head:
        return fit_wording(table.worded, best, [finding[row] for row in best])

    of_text = _gists_held_out(gists, folds, teach_text)
    of_row = _gists_held_out(table.worded, _best_rows(taught, folds), teach_wording)
    values = [
        pair_values(
            x.example.scan.read,
            x.pair,
            x.all_pairs,
            float(of_text[x.number][0]),
            float(of_row[x.rows[0]][0]),
        )
        for x in taught
    ]
    pair = fit_pair(values, [x.finding for x in taught])
    return teach_text(sorted(pairs)), teach_wording(sorted(finding)), pair


def _stage_heads(
    table: Table, rows: Rows, folds: Sequence[Sequence[int]], taught: Sequence[Taught]
) -> tuple[Head, Head]:
    """The `worded_stage` and `pair_stage` heads."""
    findings = [x for x in taught if x.stage]
    stage = {x.rows[0]: x.stage for x in findings}

    def teach(best: Sequence[int]) -> Head:
        return fit_worded_stage(table.worded, best, [stage[row] for row in best])

    of_rows = _rows_held_out(table, rows[(table.labelled & table.whole)[rows]], folds, fit_stage)
    of_wording = _gists_held_out(table.worded, _best_rows(findings, folds), teach)
    values = [
        stage_values(x.example.scan.read, x.pair, of_rows[x.rows], of_wording[x.rows[0]])
        for x in findings
    ]
    pair_stage = fit_pair_stage(values, [x.stage for x in findings])
    return teach(sorted(stage)), pair_stage


def _best_rows(taught: Sequence[Taught], folds: Sequence[Sequence[int]]) -> list[list[int]]:
    """The first rows of the pairs of each fold's examples."""
    fold_of = {number: at for at, fold in enumerate(folds) for number in fold}
    own: list[list[int]] = [[] for _ in folds]
    for pair in taught:
        own[fold_of[pair.number]].append(pair.rows[0])
    return own


def _gists_held_out(
    gists: Gists, folds: Sequence[Sequence[int]], teach: Callable[[Sequence[int]], Head]
) -> dict[int, Logits]:
    """Logits of each text or candidate, from a head that never saw its author."""
    every = {number for fold in folds for number in fold}
    said: dict[int, Logits] = {}
    for inside in (fold for fold in folds if fold):
        head = teach(sorted(every - set(inside)))
        said |= zip(inside, gists.scores(inside, head), strict=True)
    return said
