"""Tables that only place things on a page: their cells read as blocks, so that lines and navigation stay apart."""

from __future__ import annotations

import copy
from functools import cache

from lxml import etree

LONG = 200
"""Characters of a cell that is no cell of data."""
_CELL = etree.XPath("//td[.//br or .//p or .//div or .//table or .//ul]")
_OWN = frozenset({"tr", "td", "tbody", "thead", "tfoot"})


def holds_layout(text: str) -> bool:
    """Whether a text's table rows hold a cell so long that its table may be one of layout."""
    rows = (line for line in text.split("\n") if line.startswith("|"))
    return any(len(cell) > LONG for row in rows for cell in row.split("|"))


def without_layout(tree: etree._Element) -> str | None:
    """The page with its tables of layout made blocks; None where no table is one.

    A table is one when one of its cells is long and has at least half of its words, and no cell is a heading.
    """
    page = copy.deepcopy(tree)
    size = cache(_size)
    tables = {
        table
        for cell in _CELL(page)
        if (table := _table_of(cell)) is not None and max(LONG, size(table) // 2) < size(cell)
    }
    tables = {
        table for table in tables if not any(_table_of(one) is table for one in table.iter("th"))
    }
    if not tables:
        return None
    own = [one for table in tables for one in table.iter() if one.tag in _OWN]
    for one in (*(one for one in own if _table_of(one) in tables), *tables):
        one.tag = "div"
    plain: str = etree.tostring(page, encoding="unicode", method="html")
    return plain


def _table_of(element: etree._Element) -> etree._Element | None:
    return next(element.iterancestors("table"), None)


def _size(element: etree._Element) -> int:
    return sum(map(len, element.itertext()))
