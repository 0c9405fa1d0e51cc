"""Datasette's page of a table, without reading and rendering the columns that it would not show."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any

from datasette.utils import path_with_replaced_args
from datasette.utils.asgi import BadRequest, Response
from datasette.views.table import TableView

from data.browse.cells import quiet_columns

ROUTE = r"^/(?P<database>watch)/(?P<table>[^/.]+)(\.(?P<format>\w+))?$"


class ListingView(TableView):  # type: ignore[misc]  # datasette has no types
    """As TableView; JSON and CSV have all columns, and `?_col=` and `?_nocol=` choose any beside the page's order."""

    async def get(self, request: Any) -> Any:
        table = request.url_vars["table"]
        columns = await self.ds.get_database("watch").table_columns(table)
        if columns and "lang" in request.args and "lang" not in columns:
            return Response.redirect(_with_own_language(request))
        refuse(request.args, columns, is_view=table == "evidence")
        return await super().get(request)

    async def columns_to_select(self, table_columns: Any, pks: Any, request: Any) -> list[str]:
        columns: list[str] = await super().columns_to_select(table_columns, pks, request)
        order = _sorted_by(self.ds, request)
        if request.url_vars["format"] or "_col" in request.args or "_nocol" in request.args:
            unasked = [column for column in table_columns if column in order - {*columns}]
            return [*columns, *unasked]
        hidden = quiet_columns(request.url_vars["table"]) - {*pks, *order}
        return [column for column in columns if column not in hidden]


def _sorted_by(datasette: Any, request: Any) -> set[str]:
    """The column that the next page's address is made from."""
    about = datasette.table_metadata("watch", request.url_vars["table"])
    keys = ("_sort", "_sort_desc")
    return {request.args.get(key) or about.get(key[1:]) or "" for key in keys}


def _with_own_language(request: Any) -> str:
    """The same page with the language under the name that Datasette does not take for a column."""
    changed = {"lang": None, "_lang": request.args["lang"]}
    address: str = path_with_replaced_args(request, changed)
    return address


_WHOLE_NUMBER = re.compile(r"[0-9]{1,9}")
_OR_MAX = re.compile(r"[0-9]{1,9}|max")
_FORMS = {"_size": _OR_MAX, "_facet_size": _OR_MAX, "_timelimit": _WHOLE_NUMBER}
MOST_FACETS = 8
"""As many as the issue names; each may take its time, so that a hundred would hold a thread for a minute."""


def refuse(asked: Any, columns: Collection[str], *, is_view: bool) -> None:
    """Raise `BadRequest` for what Datasette 0.65 answers with an error of its own (500), or not at all."""
    forms = {**_FORMS, "_next": _WHOLE_NUMBER} if is_view else _FORMS
    for name, form in forms.items():
        if name in asked and not form.fullmatch(asked[name]):
            raise BadRequest(f"{name}: give a whole number")
    if "_through" in asked:
        raise BadRequest("_through: is not offered; filter a table by its own columns")
    facets = [
        column
        for name in asked
        if name.startswith("_facet") and name != "_facet_size"
        for column in asked.getlist(name)
    ]
    if len(facets) > MOST_FACETS:
        raise BadRequest(f"_facet: at most {MOST_FACETS} at once")
    filtered = [name.rpartition("__")[0] or name for name in asked if not _is_special(name)]
    for column in (*facets, *filtered):
        if columns and column not in columns and column != "rowid":
            raise BadRequest(f"{column[:40]}: no such column here")


def _is_special(name: str) -> bool:
    """As Datasette tells its own arguments from filters."""
    return name.startswith("_") and "__" not in name
