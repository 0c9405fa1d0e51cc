"""Ask the public database on whatever connection there is: Datasette's own, or one opened to read."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from typing import Any

Row = dict[str, Any]
Values = Sequence[Any] | Mapping[str, Any]


def rows(connection: sqlite3.Connection, sql: str, values: Values = ()) -> list[Row]:
    """Each row of the answer by column name."""
    cursor = connection.execute(sql, values)
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor]


def row(connection: sqlite3.Connection, sql: str, values: Values = ()) -> Row | None:
    """The first row of the answer, or None."""
    return next(iter(rows(connection, sql, values)), None)
