"""Tables for people: as wide as they are where no terminal cuts them, and with whole names where one does."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table

UNBOUNDED = 10_000
"""Columns of a file or pipe: a table takes what it needs, and no name in it is cut."""


def show(table: Table) -> None:
    """Print `table`; on a narrow terminal long words are folded, not cut."""
    for column in table.columns:
        column.overflow = "fold"
    table_console().print(table, markup=False)


def table_console() -> Console:
    """Standard output; where it is no terminal there is no width to keep to."""
    console = Console()
    return console if console.is_terminal else Console(width=UNBOUNDED)
