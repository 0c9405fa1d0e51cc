"""What the `text` head learns from: the gists of texts as one sparse table, counted once for all folds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from classifier.model import Head
from classifier.table import scaled


@dataclass(frozen=True, slots=True)
class Gists:
    """One row per text, one column per n-gram; `rows` says which row is whose."""

    names: tuple[str, ...]
    matrix: csr_matrix
    rows: Mapping[int, int]

    def choose(self, numbers: Sequence[int], least: int) -> tuple[list[str], csr_matrix]:
        """The n-grams that at least `least` of these texts have, and the texts' rows as a head scales them."""
        matrix = self.matrix[[self.rows[number] for number in numbers]]
        often = np.flatnonzero(np.asarray(matrix.sum(axis=0)).ravel() >= least)
        return [self.names[column] for column in often], scaled(matrix[:, often])

    def scores(self, numbers: Sequence[int], head: Head) -> NDArray[np.float64]:
        """The head's logit of each of these texts, as `Head.scores` gives it."""
        known = [column for column, name in enumerate(self.names) if name in head.index]
        weights = head.weights[[head.index[self.names[column]] for column in known], 0]
        matrix = scaled(self.matrix[[self.rows[number] for number in numbers]][:, known])
        scored: NDArray[np.float64] = matrix @ weights + head.bias[0]
        return scored


def tabulate_gists(gists: Iterable[tuple[int, Sequence[str]]]) -> Gists:
    """The table of (number of the text, its n-grams); columns in the order of their names."""
    flat: list[int] = []
    starts = [0]
    rows: dict[int, int] = {}
    columns: dict[str, int] = {}
    for number, names in gists:
        rows[number] = len(rows)
        flat.extend(columns.setdefault(name, len(columns)) for name in names)
        starts.append(len(flat))
    names = sorted(columns)
    rank = np.empty(len(names), int)
    rank[[columns[name] for name in names]] = np.arange(len(names))
    shape = (len(rows), len(names))
    matrix = csr_matrix(
        (np.ones(len(flat)), rank[np.array(flat, int)], np.array(starts)), shape=shape
    )
    matrix.sort_indices()
    return Gists(tuple(names), matrix, rows)
