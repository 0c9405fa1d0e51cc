"""The search box of the tables: Datasette's `?_search=`, where a word of every page is no dearer than a rare one.

Datasette asks for all entries that match before it shows thirty of them, and counts them by every
facet. Here the first page of a search starts from the `NEWEST` latest hits (hits.py), a further page from
where it begins. No row is ever left out; only counts stop there, and the page says so.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any

from datasette import hookimpl
from datasette.filters import FilterArguments, where_filters
from datasette.utils.asgi import BadRequest

from data.browse import hits

__all__ = ["filters_from_request", "where_filters"]
"""This module stands in the place of Datasette's own plugin of conditions; `?_where=` stays as it is."""

WALKED = "+search_id in "
"""How rows are asked for: along the page's order, each looked up among the hits (the sign rules their index out)."""
LOOKED_UP = "search_id in "
"""How the same hits are counted: each looked up by its index."""
_COLUMNS = {
    "documents": ("title", "quotation", "excerpt"),
    "findings": ("evidence", "actor"),
    "evidence": ("evidence", "actor"),
}
"""The tables with a box, and what `?_search_COLUMN=` may name."""
_NARROW = {"findings": "findings", "evidence": "evidence_facets"}
_MATCHING = "(select rowid from {index} where {index} match {words}{stretch})"
STRETCH = " and documents_search.rowid between :last and :first"
"""The entries among which a page of one source lies; what is counted is not bound to them."""
_FEW = 200
"""So many findings are quicker looked up and sorted than found along the page's order."""
_NEWEST_DOCUMENTS = (
    "(select documents_search.rowid from documents_search cross join documents as d "
    "on d.search_id = documents_search.rowid where documents_search match {words}{start} "
    "order by documents_search.rowid desc limit {most})"
)
"""Of documents only: a document that changed left an entry behind, and a run of those must not fill a page."""


@hookimpl  # type: ignore[untyped-decorator]  # datasette has no types
def filters_from_request(
    request: Any, database: str, table: str, datasette: Any
) -> Callable[[], Coroutine[Any, Any, FilterArguments]]:
    return partial(_box, request, datasette.get_database(database), table)


async def _box(request: Any, database: Any, table: str) -> FilterArguments:
    asked = {
        key: request.args[key]
        for key in request.args
        if key.startswith("_search") and key != "_searchmode"
    }
    context = {"supports_search": table in _COLUMNS, "newest": hits.NEWEST}
    if table not in _COLUMNS or not asked:
        return FilterArguments([], extra_context=context)
    if "_search" in asked:
        asked = {"_search": asked["_search"]}
    match = " || ' AND ' || ".join(_words(table, key) for key in asked)
    params = {key[1:]: words for key, words in asked.items()}
    clause, more = await _clause(request, database, table, match, params)
    shown = " ".join(asked.values())
    return FilterArguments(
        [clause], {**params, **more}, [f'search matches "{shown}"'], {**context, "search": shown}
    )


def _words(table: str, key: str) -> str:
    """The FTS5 expression for one box; words always pass `escape_fts`, ours, and are never syntax."""
    if key == "_search":
        return "escape_fts(:search)"
    column = key.removeprefix("_search_")
    if column not in _COLUMNS[table]:
        raise BadRequest(f"_search_{column}: search in {', '.join(_COLUMNS[table])}")
    return f"'{{{column}}} : (' || escape_fts(:{key[1:]}) || ')'"


async def _clause(
    request: Any, database: Any, table: str, match: str, params: dict[str, str]
) -> tuple[str, dict[str, Any]]:
    """What rows must satisfy, and its parameters beside the words."""
    form = request.url_vars.get("format") or "html"
    alone = _is_alone(request)
    if table == "documents" and alone and form != "csv":
        start = _start_of(request.args.get("_next"))
        further = " and documents_search.rowid <= :start" if start else ""
        newest = _NEWEST_DOCUMENTS.format(words=match, start=further, most=hits.NEWEST + 1)
        return LOOKED_UP + newest, {"start": start} if start else {}
    if table == "documents":
        ends = await _stretch(request, database, match, params) if form != "csv" else {}
        stretch = STRETCH if ends else ""
        matching = _MATCHING.format(index="documents_search", words=match, stretch=stretch)
        # One source has few entries; any other condition is better asked of the hits.
        asked = WALKED if "source_id" in request.args else LOOKED_UP
        return asked + matching, ends
    if alone and form == "html" and "_next" not in request.args:
        found = await hits.newest_findings(database, _NARROW[table], match, params)
        asked = LOOKED_UP if len(found) <= _FEW else WALKED
        return asked + "(select value from json_each(:hits))", {"hits": json.dumps(found)}  # noqa: S608  # our own words
    return WALKED + _MATCHING.format(index="findings_search", words=match, stretch=""), {}


async def _stretch(
    request: Any, database: Any, match: str, params: dict[str, Any]
) -> dict[str, Any]:
    """Where the page of one source, kind or status begins and ends; empty where that is not known beforehand."""
    conditions = [key for key in request.args if not key.startswith("_") or "__" in key]
    changed = {"_sort", "_sort_desc", "_where", "_size"} & set(request.args)
    if len(conditions) != 1 or conditions[0] not in hits.NARROWED or changed:
        return {}
    values = request.args.getlist(conditions[0])
    if len(values) != 1:
        return {}
    start = _start_of(request.args.get("_next"))
    asked = {**params, "start": start} if start else params
    # One more than is shown says that there is a next page; what a further page starts after is no row of it.
    needed = database.ds.page_size + 1 + bool(start)
    found = await hits.newest_documents(database, conditions[0], values[0], match, asked, needed)
    return {"first": found[0], "last": found[-1]} if len(found) == needed else {}


def _is_alone(request: Any) -> bool:
    """Whether the search is the only condition, and the rows come in the table's own order."""
    return not any(
        key in {"_sort", "_sort_desc", "_where"} or not key.startswith("_") or "__" in key
        for key in request.args
    )


def _start_of(following: str | None) -> int:
    """The entry after which a further page begins, which Datasette writes first; 0 for the first page."""
    first = (following or "").partition(",")[0]
    return int(first) if first.isascii() and first.isdigit() and len(first) < 19 else 0
