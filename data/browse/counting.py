"""watch.db as Datasette's tables ask it: their counts without counting a million rows."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, TypeVar

from datasette.database import Database, QueryInterrupted, Results

from data.browse import hits
from data.browse.boxes import LOOKED_UP, STRETCH, WALKED
from data.browse.memory import Memory
from data.browse.tables import load_metadata

T = TypeVar("T")

_CONDITION = r'"(?:source_id|kind|status)" = :p\d+'
_WHERE = rf"(?P<where>(?:where {_CONDITION}(?: and {_CONDITION})* )?)"
_COUNT = re.compile(rf"select count\(\*\) from documents {_WHERE}$")  # noqa: S608  # a pattern
_FACET = re.compile(
    r"\s*select (?P<by>source_id|kind|status) as value, count\(\*\) as count from \(\s*"  # noqa: S608  # as above
    rf"select [^()]* from documents {_WHERE}\s*\)(?P<rest>\s*where .*)",
    re.DOTALL,
)
"""What Datasette 0.65 asks; should another one word it otherwise, the answers are the same, only slower."""
_ANY_FACET = re.compile(r"\s*select \w+ as value, count\(\*\) as count from \(")
_ANY_COUNT = re.compile(rf"{_ANY_FACET.pattern}|select count\(\*\) from ")  # noqa: S608  # as above
COUNTS = 200
"""Answers remembered, of a few lines each."""


class WatchDatabase(Database):  # type: ignore[misc]  # datasette has no types
    """Counts documents by the table that triggers keep, and leaves off counting where a search has too many hits.

    It remembers for a minute, as long as a browser may keep the page, what was counted by facet or in a search,
    and for good how tables are made, which Datasette asks a thread for fifteen times a page: only migrations
    change it, and they run before the pages are served.
    """

    def __init__(self, *settings: Any, **more: Any) -> None:
        super().__init__(*settings, **more)
        self._made: dict[tuple[str, str], Any] = {}
        self._named = load_metadata()["databases"]["watch"]["tables"]
        self._counted = Memory(most=COUNTS)

    async def table_columns(self, table: str) -> list[str]:
        return await self._once("columns", table, super().table_columns)

    async def table_column_details(self, table: str) -> list[Any]:
        return await self._once("details", table, super().table_column_details)

    async def primary_keys(self, table: str) -> list[str]:
        return await self._once("keys", table, super().primary_keys)

    async def foreign_keys_for_table(self, table: str) -> list[Any]:
        return await self._once("foreign", table, super().foreign_keys_for_table)

    async def get_table_definition(self, table: str, type_: str = "table") -> str | None:
        asked = partial(super().get_table_definition, type_=type_)
        return await self._once(f"definition of {type_}", table, asked)

    async def _once(self, what: str, table: str, ask: Callable[[str], Awaitable[T]]) -> T:
        """What there is of a table; of a name made up it is not remembered, or such names would fill the memory."""
        if (what, table) in self._made:
            known: T = self._made[what, table]
            return known
        found = await ask(table)
        if found or table in self._named:
            self._made[what, table] = found
        return found

    async def execute(self, sql: str, params: Any = None, **settings: Any) -> Results:
        settings.setdefault(
            "log_sql_errors", False
        )  # they are readers' mistakes, and failures.py answers
        if not _ANY_COUNT.match(sql):
            return await super().execute(sql, params, **settings)
        named = params or {}
        searched = any(name == "search" or name.startswith("search_") for name in named)
        lasting = [each for each in named.items() if each[0] not in {"first", "last"}]
        question = (sql, *lasting) if searched or _ANY_FACET.match(sql) else None
        found = self._counted.known(question) if question else None
        if found is None:
            found = await super().execute(_quicker(sql), params, **settings)
            if question:
                self._counted.keep(question, found)
        if searched and not _ANY_FACET.match(sql):
            _stop_at_newest(sql, named, found)
        return found


def _quicker(sql: str) -> str:
    """The same count from what is kept for it."""
    if counted := _COUNT.match(sql):
        return f"select coalesce(sum(documents), 0) from document_counts {counted['where']}"  # noqa: S608  # Datasette's own words, checked
    if facet := _FACET.match(sql):
        return (
            f"select {facet['by']} as value, sum(documents) as count from document_counts "  # noqa: S608  # as above
            f"{facet['where'] or 'where 1 '}{facet['rest'].replace('where', 'and', 1)}"
        )
    if " from documents " in sql:  # of whose sources each has few entries and many hits
        return sql.replace(STRETCH, "")
    return sql.replace(WALKED, LOOKED_UP)


def _stop_at_newest(sql: str, params: Any, found: Results) -> None:
    """Raise what a count that takes too long raises, where it is one among the newest hits only."""
    bounded = "hits" in params or f"limit {hits.NEWEST + 1}" in sql
    if bounded and found.rows[0][0] > hits.NEWEST:
        raise QueryInterrupted(None, sql, params)
