"""All candidates of the labelled texts as one sparse table; a fold is a choice of its rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from classifier.gists import Gists, numbered, scaled, tabulate_gists
from classifier.gold import GoldText, Label
from classifier.read import Scan
from classifier.wording import wording

Rows = NDArray[np.int64]

STAGE_PREFIXES = (
    "amends:",
    "after:",
    "before:",
    "before_in",
    "clause_",
    "critic",
    "end",
    "final",
    "floor",
    "genre",
    "heading",
    "here",
    "id_",
    "is:",
    "kind",
    "mark",
    "only_",
    "opinion",
    "milestone",
    "pair:",
    "quot",
    "root",
    "stage",
    "strength",
    "system",
    "text:",
    "time",
    "title",
    "unused",
    "up",
    "use",
    "w:",
)
"""Features that may speak of the stage; the rest only says whether there is a finding."""


@dataclass(frozen=True, slots=True)
class Example:
    """A labelled text with its scan."""

    text: GoldText
    scan: Scan
    opening: bool = False
    """Whether this is the beginning of a labelled text only (openings.py)."""


@dataclass(frozen=True)
class Table:
    """One row per candidate: which features hold, of which text it is, what is labelled there."""

    examples: Sequence[Example]
    names: tuple[str, ...]
    """Feature names, in the order of the columns."""
    matrix: csr_matrix
    text: Rows
    """Number of the example that a row belongs to."""
    labels: tuple[Label | None, ...]
    """The label of the row's pair, whichever sentence carries it."""
    evidence: NDArray[np.bool_]
    """Whether the row's sentence is (part of) the labelled evidence of its pair."""
    worded: Gists
    """How each row's sentence is worded (wording.py), by the number of the row."""

    @cached_property
    def place(self) -> Mapping[str, int]:
        """The column of each feature."""
        return {name: column for column, name in enumerate(self.names)}

    @cached_property
    def of_stage(self) -> NDArray[np.bool_]:
        """Columns that the stage and unlawful heads may see."""
        return np.array([name.startswith(STAGE_PREFIXES) for name in self.names])

    @cached_property
    def labelled(self) -> NDArray[np.bool_]:
        """Rows whose pair is a finding of their text."""
        return np.array([label is not None for label in self.labels])

    @cached_property
    def whole(self) -> NDArray[np.bool_]:
        """Rows of whole texts: not of their openings."""
        opening = np.array([example.opening for example in self.examples], bool)
        return ~opening[self.text]

    @cached_property
    def _borders(self) -> list[int]:
        """The first row of each example, and behind them all the number of rows."""
        borders: list[int] = np.searchsorted(self.text, np.arange(len(self.examples) + 1)).tolist()
        return borders

    def own(self, example: int) -> slice:
        """The rows of one example, which stand in the order of its instances."""
        return slice(self._borders[example], self._borders[example + 1])

    def rows_of(self, examples: Sequence[int]) -> Rows:
        """The rows of some examples."""
        return np.flatnonzero(np.isin(self.text, np.asarray(examples)))

    def columns(self, rows: Rows, least: int, allowed: NDArray[np.bool_] | None = None) -> Rows:
        """Columns that hold in at least `least` of the rows."""
        often = np.asarray(self.matrix[rows].sum(axis=0)).ravel() >= least
        return np.flatnonzero(often if allowed is None else often & allowed)

    def scaled(self, columns: Rows, rows: Rows | None = None) -> csr_matrix:
        """Rows (all, or those given) over some columns, each of length SCALE as `Head.scores` has it."""
        matrix = self.matrix if rows is None else self.matrix[rows]
        return scaled(matrix[:, columns])


def tabulate(examples: Sequence[Example]) -> Table:
    """Build the table; columns are in the order in which features first appear."""
    columns = numbered()
    flat: list[int] = []
    starts = [0]
    text: list[int] = []
    labels: list[Label | None] = []
    evidence: list[bool] = []
    for number, example in enumerate(examples):
        for instance in example.scan.instances:
            flat.extend(map(columns.__getitem__, instance.names))
            starts.append(len(flat))
            text.append(number)
            label = _label(example, instance.candidate.sector, instance.candidate.identifier)
            labels.append(label)
            evidence.append(
                label is not None and label.start < instance.end and instance.start < label.end
            )
    shape = (len(text), len(columns))
    matrix = csr_matrix((np.ones(len(flat)), np.array(flat, int), np.array(starts)), shape=shape)
    matrix.sort_indices()  # once, or every choice of rows and columns is sorted again
    scans = [example.scan for example in examples]
    candidates = ((x.read, i.candidate) for x in scans for i in x.instances)
    return Table(
        examples,
        tuple(columns),
        matrix,
        np.array(text, int),
        tuple(labels),
        np.array(evidence),
        tabulate_gists((row, wording(*candidate)) for row, candidate in enumerate(candidates)),
    )


def _label(example: Example, sector: str, identifier: str) -> Label | None:
    return next(
        (x for x in example.text.labels if (x.sector, x.identifier) == (sector, identifier)), None
    )
