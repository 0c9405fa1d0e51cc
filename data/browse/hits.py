"""How far a page of a search must look: the newest hits, found without gathering all hits first.

Gathering is what makes a word of every page dear: fifty thousand entries are read in 2 ms and kept in 8, and a
page shows thirty. So a part of the newest rows is looked at first, and everything only where that is too little.
"""

from __future__ import annotations

from typing import Any

NEWEST = 1000
"""Counting what matches fifty thousand times by three facets took 300 ms; among so many it takes 5."""
_MANY = 10
"""A word with so many times as many hits has enough of them among the newest rows, as a rule."""
NARROWED = ("source_id", "kind", "status")
"""The columns whose rows an index keeps in the order of the documents' page."""
_WITHIN = (
    "rowid between (select min(search_id) from latest) and (select max(search_id) from latest)"
)


async def newest_findings(
    database: Any, narrow: str, words: str, params: dict[str, Any]
) -> list[int]:
    """The entries of the `NEWEST` latest findings that match and one more, or of all where there are fewer."""
    matching = f"select rowid from findings_search where findings_search match {words}"  # noqa: S608  # our own words
    some = f"with some as ({matching} limit {_MANY * NEWEST + 1}) select count(*) from some"  # noqa: S608  # as above
    (hits,) = await _numbers(database, some, params)
    if hits <= NEWEST:
        return await _numbers(database, matching, params)
    order = f"order by at desc limit {NEWEST + 1}"
    if hits > _MANY * NEWEST:
        latest = f"select at, search_id from {narrow} order by at desc limit {4 * NEWEST}"  # noqa: S608  # as above
        found = await _numbers(
            database,
            f"with latest as materialized ({latest}) select search_id from latest "  # noqa: S608  # as above
            f"where search_id in ({matching} and {_WITHIN}) {order}",
            params,
        )
        if len(found) > NEWEST:
            return found
    walked = f"select search_id from {narrow} where +search_id in ({matching}) {order}"  # noqa: S608  # as above
    return await _numbers(database, walked, params)


async def newest_documents(
    database: Any, column: str, value: str, words: str, params: dict[str, Any], most: int
) -> list[int]:
    """The entries of the latest hits among the `NEWEST` documents of one source, kind or status, `most` at most.

    With `start` in `params` they begin there. Where there are fewer, older documents may have the others.
    """
    start = "and search_id <= :start " if "start" in params else ""
    latest = (
        f"select search_id from documents where {column} = :narrowed {start}"  # noqa: S608  # as above
        f"order by search_id desc limit {NEWEST}"
    )
    return await _numbers(
        database,
        f"with latest as materialized ({latest}) select search_id from latest where search_id in "  # noqa: S608  # as above
        f"(select rowid from documents_search where documents_search match {words} and {_WITHIN}) "
        f"order by search_id desc limit {most}",
        {**params, "narrowed": value},
    )


async def _numbers(database: Any, sql: str, params: dict[str, Any]) -> list[int]:
    return [row[0] for row in await database.execute(sql, params, truncate=False)]
