"""Find for each row of a law's tables the row that it became: by statute first, then by wording."""

from __future__ import annotations

import re
from collections import defaultdict, deque
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass

from rapidfuzz import fuzz

from data.statute_names import LAW_NUMBER, numbered_statute
from data.statutes import TableRow, folded

CITATION = re.compile(rf"\({LAW_NUMBER.pattern}\)")
DEFINED = re.compile(r"\((?:以下[^()]*という。|[^()]*をいう。以下[^()]*同じ。)\)")
BOILERPLATE = re.compile(r"に関する事務で(?:あって|あつて)(?:主務省令|総務省令)で定めるもの")
"""Words that nearly all tasks end with, so that they say nothing about which task it is."""

JOINTS = re.compile(r"、|又は|若しくは|及び|並びに|による")

SAME_STATUTE = 66.0
"""The least score of a pair under one statute in two places. Read by hand on the 165 steps of both big
laws (docs/statutes.md): the lowest true pair scored 67.5. Different uses of one statute score up to 85,
but there each has an identical row of its own, which is paired first."""
SAME_PLACE = 25.0
"""The same for two rows under one statute with the same number of the same table: the amending law
reworded the row. Only a row whose own words live on elsewhere has a better partner."""
OTHER_STATUTE = 75.0
"""The least score of a pair that keeps its place while the statute is renamed."""

MOVED = 75.0
"""The same for a row of a table that stays and a row of one that is new (or the other way round): it moved and
was reworded. Two places never score above 90."""

NEVER = 1000.0

TASK_WEIGHT, BODY_WEIGHT, PLACE_BONUS = 0.7, 0.2, 10.0


@dataclass(frozen=True, slots=True)
class Entry:
    """A row with its position among the rows of its side."""

    index: int
    row: TableRow
    text: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """A row prepared for comparing its wording."""

    index: int
    row: TableRow
    core: str
    clauses: frozenset[str]
    body: str
    statute: str


@dataclass(frozen=True, slots=True)
class Pairing:
    """Every live row of both sides exactly once: paired, gone, or come."""

    pairs: tuple[tuple[TableRow, TableRow], ...]
    gone: tuple[TableRow, ...]
    come: tuple[TableRow, ...]


def pair_rows(old: Iterable[TableRow], new: Iterable[TableRow]) -> Pairing:
    """Pair the rows of two states of one law; `pair_rows(b, a)` is the mirror of `pair_rows(a, b)`.

    削除 placeholders are no rows here. Rows that say who may use the number are never paired with
    rows that say who gives what to whom, unless the same row only got further columns. Between tables
    that both exist before and after, only a word-for-word identical row has moved; a table that vanished
    or appeared is searched as well.
    """
    before, after = [row for row in old if not row.deleted], [row for row in new if not row.deleted]
    left = {i: Entry(i, row, row.text) for i, row in enumerate(before)}
    right = {i: Entry(i, row, row.text) for i, row in enumerate(after)}
    pairs: dict[int, int] = {}

    def take(couples: Iterable[tuple[int, int]]) -> None:
        for i, j in couples:
            pairs[i] = j
            del left[i], right[j]

    take(_equal(left, right, lambda entry: (entry.row.place, entry.text)))
    take(_equal(left, right, lambda entry: (entry.row.table, entry.text)))
    take(_equal(left, right, lambda entry: (entry.row.exchange, entry.text)))
    take(_equal(left, right, lambda entry: (entry.row.place, _who_and_what(entry.row))))
    if left and right:
        stable = {row.table for row in before} & {row.table for row in after}
        numbers = _law_numbers(before), _law_numbers(after)
        take(_similar(_candidates(left), _candidates(right), stable, numbers))
    return Pairing(
        pairs=tuple((before[i], after[j]) for i, j in sorted(pairs.items())),
        gone=tuple(entry.row for entry in left.values()),
        come=tuple(entry.row for entry in right.values()),
    )


def _equal(
    left: dict[int, Entry], right: dict[int, Entry], key: Callable[[Entry], Hashable]
) -> list[tuple[int, int]]:
    """Pairs of rows whose keys are equal, in the order of the tables."""
    waiting: dict[Hashable, deque[int]] = defaultdict(deque)
    for entry in left.values():
        waiting[key(entry)].append(entry.index)
    couples = []
    for entry in right.values():
        queue = waiting.get(key(entry))
        if queue:
            couples.append((queue.popleft(), entry.index))
    return couples


def _who_and_what(row: TableRow) -> str:
    return folded(row.body) + folded(row.task)


def _candidates(entries: dict[int, Entry]) -> list[Candidate]:
    found = []
    for entry in entries.values():
        found.append(
            Candidate(
                index=entry.index,
                row=entry.row,
                core=core(entry.row.task),
                clauses=clauses(entry.row.task),
                body=core(entry.row.body),
                statute=numbered_statute(entry.row.task)[0],
            )
        )
    return found


def core(text: str) -> str:
    """`text` without law numbers, definitions and boilerplate, which wander between rows."""
    return BOILERPLATE.sub("", DEFINED.sub("", CITATION.sub("", folded(text))))


def clauses(task: str) -> frozenset[str]:
    """The single tasks that a task consists of, its statute's name among them."""
    return frozenset(clause for clause in JOINTS.split(core(task)) if clause)


def _law_numbers(rows: Iterable[TableRow]) -> dict[str, str]:
    """The law numbers that the tasks give to the statutes they begin with: a renamed law keeps its number."""
    return {name: number for name, number in (numbered_statute(row.task) for row in rows) if number}


def _similar(
    left: list[Candidate],
    right: list[Candidate],
    stable: set[str],
    numbers: tuple[dict[str, str], dict[str, str]],
) -> list[tuple[int, int]]:
    """The best-scoring pairs among what is left, each row once."""
    scored = []
    for a in left:
        for b in right:
            if a.row.exchange != b.row.exchange or not _comparable(a.row, b.row, stable):
                continue
            score = _score(a, b)
            least = _least(a, b, numbers)
            if (a.row.table in stable) != (b.row.table in stable):
                least = max(least, MOVED)
            if score >= least:
                scored.append((score, a, b))
    couples = []
    taken_left: set[int] = set()
    taken_right: set[int] = set()
    # The sum of the indices breaks ties the same way when the two sides are exchanged.
    for _, a, b in sorted(scored, key=lambda entry: (-entry[0], entry[1].index + entry[2].index)):
        if a.index not in taken_left and b.index not in taken_right:
            taken_left.add(a.index)
            taken_right.add(b.index)
            couples.append((a.index, b.index))
    return couples


def _comparable(a: TableRow, b: TableRow, stable: set[str]) -> bool:
    return a.table == b.table or a.table not in stable or b.table not in stable


def _same_statute(
    a: Candidate, b: Candidate, numbers: tuple[dict[str, str], dict[str, str]]
) -> bool | None:
    """Whether both rows are under one law; None when that cannot be told (perhaps it was renamed)."""
    if a.statute == b.statute:
        return True
    if not a.statute or not b.statute:
        return folded(a.statute or b.statute) in (b.core if a.statute else a.core)
    one, other = numbers[0].get(a.statute), numbers[1].get(b.statute)
    return None if one is None or other is None else one == other


def _least(a: Candidate, b: Candidate, numbers: tuple[dict[str, str], dict[str, str]]) -> float:
    """The score that two rows need to be one."""
    same, in_place = _same_statute(a, b, numbers), a.row.place == b.row.place
    if same:
        return SAME_PLACE if in_place else SAME_STATUTE
    return OTHER_STATUTE if in_place and same is None else NEVER


def _score(a: Candidate, b: Candidate) -> float:
    """0 to 100: wording of the task, of the body, and a little for keeping the place."""
    task = max(fuzz.ratio(a.core, b.core), _contained(a.clauses, b.clauses))
    body = fuzz.ratio(a.body, b.body) if a.body or b.body else task
    bonus = PLACE_BONUS if a.row.place == b.row.place else 0.0
    return TASK_WEIGHT * task + BODY_WEIGHT * body + bonus


def _contained(a: frozenset[str], b: frozenset[str]) -> float:
    """How much of the shorter task's clauses the longer one still has, 0 to 100.

    An amendment that widens a row keeps the old clauses among many new ones. The statute's name is
    the first clause of both, so a task of one clause is compared by `fuzz.ratio` alone.
    """
    fewer = min(len(a), len(b))
    return 100.0 * (len(a & b) - 1) / (fewer - 1) if fewer > 2 and a & b else 0.0
