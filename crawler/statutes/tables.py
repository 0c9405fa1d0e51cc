"""Turn the printed cells of a 別表 into numbered rows, the same from every format."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import lru_cache

from data.statute_names import cited_statutes, leading_statute, statutes_named
from data.statutes import TableRow

_ONE = r"[一二三四五六七八九十百千]+(?:の[一二三四五六七八九十百千]+)*"
NUMBER = re.compile(rf"({_ONE}(?:(?:、|及び|から){_ONE}(?:まで)?)*)(?:[\s　]+|$)")
"""A row's number, at the start of its first cell, closed by a wide space (六から八まで　削除 too)."""
_DIGITS = r"[0-9０-９]{1,3}(?:の[0-9０-９]{1,3})*"
DIGIT_NUMBER = re.compile(rf"([(（]?{_DIGITS}[)）.．]?)(?:[\s　]+|$)")
"""The same in digits: read only where no row of the table has a numeral of kanji, for parts of a cell begin so too."""

Cell = str | None
"""None: the cell is covered by the one above it (rowspan)."""


def table_name(title: str) -> str:
    """別表第一（第九条関係） → 別表第一."""
    plain = "".join(title.split())
    return re.split(r"[(（]", plain, maxsplit=1)[0]


def split_number(cell: str, pattern: re.Pattern[str] = NUMBER) -> tuple[str, str]:
    """("十四の二", rest of the cell); ("", cell) when it does not begin with a number."""
    found = pattern.match(cell)
    return (found[1], cell[found.end() :].strip()) if found else ("", cell.strip())


def rows_of_grid(table: str, grid: Sequence[Sequence[Cell]]) -> list[TableRow]:
    """The rows of a printed table. What stands before the first number is its heading.

    Lines without a number continue the row above: they add a provider and its information (old
    別表第二 of 番号法), or a further task. In a table without any numbers each line is a row.
    """
    lines = [_cells(cells) for cells in grid]
    lines = [cells for cells in lines if any(cells)]
    pattern = next((p for p in (NUMBER, DIGIT_NUMBER) if _numbered(lines, p)), NUMBER)
    numbered = _numbered(lines, pattern)
    lines = _with_number_in_first_cell(lines, pattern)
    rows: list[TableRow] = []
    for cells in lines:
        number, first = split_number(cells[0] or "", pattern)
        if number or (not numbered and cells[0] is not None):
            rows.append(_row(table, number, first, cells))
        elif rows:
            rows[-1] = _continued(rows[-1], cells)
    return rows


def _numbered(lines: Sequence[Sequence[Cell]], pattern: re.Pattern[str]) -> bool:
    return any(cells[0] and split_number(cells[0], pattern)[0] for cells in lines)


def _with_number_in_first_cell(
    lines: list[list[Cell]], pattern: re.Pattern[str]
) -> list[list[Cell]]:
    """A table that prints its numbers in a column of their own, as one that prints them before the body."""
    heads = [split_number(cells[0], pattern) for cells in lines if cells[0]]
    alone = [rest for number, rest in heads if number]
    if not alone or any(alone) or max(len(cells) for cells in lines) < 3:
        return lines
    return [[_joined(cells[0], cells[1]), *cells[2:]] for cells in lines if len(cells) > 1]


def _joined(number: Cell, body: Cell) -> Cell:
    return f"{number}　{body or ''}" if number else body


def _cells(cells: Sequence[Cell]) -> list[Cell]:
    return [None if cell is None else cell.strip() for cell in cells]


def _row(table: str, number: str, first: str, cells: Sequence[Cell]) -> TableRow:
    texts = [cell or "" for cell in cells]
    if len(texts) == 1:
        return TableRow(table=table, number=number, body="", task=first)
    more = tuple(texts[2:])
    return TableRow(
        table=table,
        number=number,
        body=first,
        task=texts[1],
        lines=(more,) if any(more) else (),
    )


def _continued(row: TableRow, cells: Sequence[Cell]) -> TableRow:
    if len(cells) > 2:
        more = tuple(cell or "" for cell in cells[2:])
        task = cells[1] if cells[1] and cells[0] is None else None
        extra = (cells[0], *more) if cells[0] else more
        row = replace(row, lines=(*row.lines, extra))
    else:
        task = "\n".join(cell for cell in cells if cell)
    return replace(row, task=f"{row.task}\n{task}") if task else row


def aligned(cells: Sequence[str], width: int) -> list[Cell]:
    """A continuation line whose covered cells were left out: what is there belongs to the right."""
    present = list(cells)
    while len(present) > 1 and not present[-1].strip():
        present.pop()
    covered: list[Cell] = [None] * (width - len(present))
    return covered + list(present)


def with_statutes(rows: Iterable[TableRow]) -> tuple[TableRow, ...]:
    """The rows with the statutes each names; a name cited once is known in all rows of the law."""
    rows = tuple(rows)
    known = set()
    for row in rows:
        known.add(leading_statute(row.task))
        known.update(cited_statutes(f"{row.task}\n{row.body}"))
    names = _one_set(frozenset(name for name in known if len(name) > 2))
    return tuple(
        replace(row, statutes=() if row.deleted else statutes_named(row.body, row.task, names))
        for row in rows
    )


@lru_cache(maxsize=64)
def _one_set(names: frozenset[str]) -> frozenset[str]:
    """The same object for equal sets, so that what is cached under it is found without comparing them."""
    return names


def plain(text: str) -> str:
    """`text` without the line breaks and indentation of its file; wide spaces inside are kept."""
    return re.sub(r"\s*[\r\n]\s*", "", text).strip()
