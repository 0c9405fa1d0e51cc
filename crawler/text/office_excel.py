"""Each sheet's name and rows of an Excel file, cells parted by ` | `."""

from __future__ import annotations

import io
import warnings
from typing import Any

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from crawler.text.markup import one_line
from crawler.text.office_lines import DAMAGE, Lines

FAULTS = (InvalidFileException, *DAMAGE)
MAX_ROWS = 20_000
"""Of one sheet, that hold something."""
MAX_COUNTED = 1_048_576
"""Rows of one sheet, those included that are not there: row 1 may be followed by Excel's last, or by 999999999."""
MAX_COLUMNS = 200
MAX_CELL = 32_767
"""Characters, as Excel has it; a shared string of 10 MB may stand in every cell."""


def read(body: bytes, lines: Lines) -> None:
    with warnings.catch_warnings():
        # openpyxl warns of styles and extensions that hold no text
        warnings.simplefilter("ignore")
        book = openpyxl.load_workbook(
            io.BytesIO(body), read_only=True, data_only=True, keep_links=False
        )
        lines.title = book.properties.title or ""
        for sheet in book.worksheets:
            lines.add(one_line(sheet.title))
            _read_sheet(sheet, lines)


def _read_sheet(sheet: Any, lines: Lines) -> None:
    sheet.reset_dimensions()  # what the sheet says of its size is not what it holds
    rows, seen = 0, None
    for number, row in enumerate(sheet.iter_rows(values_only=True, max_col=MAX_COLUMNS)):
        if number >= MAX_COUNTED or rows >= MAX_ROWS:
            lines.truncated = True
            return
        if row is seen:  # one and the same empty row stands for all that are not there
            continue
        seen = row
        cells = [one_line(str(value)[:MAX_CELL]) for value in row if value is not None]
        if cells:
            rows += 1
            lines.add(" | ".join(cells))
