"""What the heads of n-grams learn from: gists of texts, or wordings of candidates, as one sparse table."""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from classifier.model import SCALE, Head


def scaled(matrix: csr_matrix) -> csr_matrix:
    """Rows of zeros and ones, each brought to length SCALE as `Head.scores` has it; an empty row stays so."""
    counts = np.maximum(1, np.asarray(matrix.sum(axis=1)).ravel())
    return weighed(matrix, np.repeat(SCALE / np.sqrt(counts), np.diff(matrix.indptr)))


def weighed(matrix: csr_matrix, weights: NDArray[np.float64]) -> csr_matrix:
    """The matrix with its values multiplied, one weight each; columns stay in their order, so nobody sorts them again."""
    result = csr_matrix(
        (matrix.data * weights, matrix.indices.copy(), matrix.indptr), shape=matrix.shape
    )
    result.has_sorted_indices = matrix.has_sorted_indices
    return result


@dataclass(frozen=True, slots=True)
class Gists:
    """One row per text or candidate, one column per n-gram; `rows` says which row is whose."""

    names: tuple[str, ...]
    matrix: csr_matrix
    rows: Mapping[int, int]
    columns: Mapping[str, int]
    """The column of each name."""

    def choose(
        self, numbers: Sequence[int], least: int, without: str | None = None
    ) -> tuple[list[str], csr_matrix]:
        """The n-grams that at least `least` of these have, and their rows as a head scales them.

        N-grams that begin as `without` says are left out.
        """
        matrix = self.matrix[[self.rows[number] for number in numbers]]
        often = np.flatnonzero(np.asarray(matrix.sum(axis=0)).ravel() >= least)
        if without is not None:
            often = np.array([c for c in often if not self.names[c].startswith(without)], int)
        return [self.names[column] for column in often], scaled(matrix[:, often])

    def scores(self, numbers: Sequence[int], head: Head) -> NDArray[np.float64]:
        """The head's logits of each of these texts, as `Head.scores` gives them: one column a class."""
        known = sorted(self.columns[name] for name in head.index if name in self.columns)
        weights = head.weights[[head.index[self.names[column]] for column in known]]
        matrix = scaled(self.matrix[[self.rows[number] for number in numbers]][:, known])
        scored: NDArray[np.float64] = matrix @ weights + head.bias
        return scored


def numbered() -> defaultdict[str, int]:
    """Numbers from 0 for whatever is looked up, in the order in which it first is."""
    numbers: defaultdict[str, int] = defaultdict()
    numbers.default_factory = numbers.__len__
    return numbers


def tabulate_gists(gists: Iterable[tuple[int, Collection[str]]]) -> Gists:
    """The table of (number of the text or candidate, its n-grams in any order); columns in the order of their names."""
    flat = array("i")
    starts = [0]
    rows: dict[int, int] = {}
    columns = numbered()
    for number, names in gists:
        rows[number] = len(rows)
        flat.extend(map(columns.__getitem__, names))
        starts.append(len(flat))
    names = sorted(columns)
    rank = np.empty(len(names), np.int32)
    rank[[columns[name] for name in names]] = np.arange(len(names))
    shape = (len(rows), len(names))
    matrix = csr_matrix(
        (np.ones(len(flat), np.int8), rank[np.array(flat, np.int32)], np.array(starts)),
        shape=shape,
    )
    matrix.sort_indices()
    return Gists(tuple(names), matrix, rows, {name: at for at, name in enumerate(names)})
