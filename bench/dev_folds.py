"""The classifier on dev in five folds of its texts, beside the shipped figure that leaves dev's author out whole.

Issue 3 sets its goals on "dev, five-fold cross-validated": four fifths of dev teach the heads for the last one,
beside all other authors; the network that hears dev has seen none of it. `scopewatch evaluate` is stricter and reads
dev by heads that never saw its author either; the difference is what a hundred and sixty texts of an author are worth
on the rest of his. No rival. Takes about ten minutes.

    python -m bench.dev_folds
"""

from __future__ import annotations

import sys
from dataclasses import replace

from classifier.gold import FOLDER, read_all, training_files
from classifier.halves import teach_halves
from classifier.judge import judge
from classifier.layers import fit
from classifier.measures import (
    Answer,
    finding_score,
    flag_score,
    matched,
    overlaps,
    same_stage,
    share,
)
from classifier.model import load_model
from classifier.ops import Floats
from classifier.pipeline import load_pipeline
from classifier.table import Example, Table, tabulate
from classifier.train import JUDGE, scan_all
from data.vocabulary import Sector

FOLDS = 5


def read_fold(
    table: Table, heard: Floats, inside: frozenset[str], threshold: float
) -> list[Answer]:
    """The fold's texts, read by a model of all others and of their openings, and of no opening of its own."""
    outside = [n for n, one in enumerate(table.examples) if source(one) not in inside]
    model = replace(fit(table, heard, outside), threshold=threshold)
    answers = []
    for n, one in enumerate(table.examples):
        if one.text.id in inside and not one.opening:
            kept, seen = judge(one.scan, heard[table.own(n)], model)
            answers.append(Answer(one.text, tuple(kept), tuple(seen)))
    return answers


def source(example: Example) -> str:
    """The id of the text that an example is, or is an opening of (classifier/openings.py)."""
    return example.text.id.partition("#")[0]


def main() -> None:
    threshold = load_model().threshold
    table = tabulate(scan_all(read_all(training_files(FOLDER))))
    heard = teach_halves(table, load_pipeline().vocab.vectors.data).heard
    ids = sorted({one.text.id for one in table.examples if one.text.batch == JUDGE})
    answers: list[Answer] = []
    for fold in range(FOLDS):
        answers += read_fold(table, heard, frozenset(ids[fold::FOLDS]), threshold)
        print(f"fold {fold + 1} of {FOLDS}", file=sys.stderr)
    both = matched(answers)
    print(f"{len(answers)} texts of dev in {FOLDS} folds, threshold {threshold}")
    print(f"flag F1 {flag_score(answers).f1:.3f}, finding micro-F1 {finding_score(answers).f1:.3f}")
    print(f"stage {share(both, same_stage):.3f}, evidence {share(both, overlaps):.3f}")
    for sector in Sector:
        print(f"{sector:10} {finding_score(answers, sector).f1:.3f}")


if __name__ == "__main__":
    main()
