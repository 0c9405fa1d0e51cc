"""Paragraphs and tables of a Word file in their order, a line per paragraph or row.

Rows are read from their elements: python-docx's own `row.cells` repeats a cell for every column it says it spans.
"""

from __future__ import annotations

import io
from collections.abc import Iterator

import docx
from docx.opc.exceptions import OpcError
from lxml.etree import _Element as Element

from crawler.text.markup import one_line
from crawler.text.office_lines import DAMAGE, Lines

FAULTS = (OpcError, *DAMAGE)
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_P, _TBL, _TR, _TC, _R, _T = (_W + name for name in ("p", "tbl", "tr", "tc", "r", "t"))
_HYPERLINK, _VALUE, _BR, _TYPE = _W + "hyperlink", _W + "val", _W + "br", _W + "type"
_SIGNS = {
    _W + "cr": "\n",
    _W + "tab": "\t",
    _W + "ptab": "\t",
    _W + "noBreakHyphen": "-",
}
_TC_PR, _SPAN, _MERGED = _W + "tcPr", _W + "gridSpan", _W + "vMerge"
_BEFORE = f"{_W}trPr/{_W}gridBefore"
_MOST_COLUMNS = 1_000
"""Word allows 63; a file may say 100,000,000."""


def read(body: bytes, lines: Lines) -> None:
    document = docx.Document(io.BytesIO(body))
    lines.title = document.core_properties.title or ""
    for block in document.element.body:
        if block.tag == _P:
            lines.add(one_line(_paragraph(block)))
        elif block.tag == _TBL:
            for line in _rows(block):
                lines.add(line)


def _rows(table: Element) -> Iterator[str]:
    """Each row's cells; one that is merged with the cell above it says the same again."""
    above: dict[int, str] = {}
    for row in table:
        if row.tag != _TR:
            continue
        cells: dict[int, str] = {}
        column = _number(row.find(_BEFORE), 0)
        for cell in row:
            if cell.tag != _TC:
                continue
            text, span, continued = _cell(cell)
            cells[column] = above.get(column, text) if continued else text
            column += span
        yield " | ".join(dict.fromkeys(cells.values()))
        above = cells


def _cell(cell: Element) -> tuple[str, int, bool]:
    """Its paragraphs on one line, how many columns it spans, and whether it goes on with the cell above."""
    paragraphs, span, continued = [], 1, False
    for child in cell:
        if child.tag == _P:
            paragraphs.append(_paragraph(child))
        elif child.tag == _TC_PR:
            span = _number(child.find(_SPAN), 1)
            merged = child.find(_MERGED)
            continued = merged is not None and merged.get(_VALUE, "continue") == "continue"
    return one_line("\n".join(paragraphs)), span, continued


def _paragraph(paragraph: Element) -> str:
    return "".join(_runs(paragraph))


def _runs(holder: Element) -> Iterator[str]:
    for child in holder:
        if child.tag == _R:
            yield from map(_sign, child)
        elif child.tag == _HYPERLINK and holder.tag == _P:
            yield from _runs(child)


def _sign(part: Element) -> str:
    if part.tag == _T:
        return part.text or ""
    if part.tag == _BR:
        return "\n" if part.get(_TYPE, "textWrapping") == "textWrapping" else ""
    return _SIGNS.get(part.tag, "")


def _number(element: Element | None, least: int) -> int:
    said = "" if element is None else element.get(_VALUE, "")
    number = int(said) if said.isdecimal() and len(said) < 10 else least
    return min(max(number, least), _MOST_COLUMNS)
