"""Charts from datasette-dashboards' settings: the queries run here, a reader's browser only draws.

The plugin's own pages send SQL from the browser and run inline scripts, which our policy forbids; its
format, its operator's dashboards and its copy of Vega serve here without either. Vega interprets its
expressions (`ast`), so nothing is evaluated as code, and a page without JavaScript shows the tables.
"""

from __future__ import annotations

import copy
import json
import sqlite3
from collections.abc import Mapping
from functools import cache, partial
from importlib import resources
from typing import Any

import yaml

from data.browse import words
from data.browse.memory import Memory
from data.browse.visit import NoSuchRecord, Page, Visit
from data.names import Language
from data.statute_watch import watched
from data.vocabulary import Sector

PLUGIN = "datasette-dashboards"
MOST_ROWS = 500
MINUTES = 5
"""How old a chart may be: its sources are read once an hour."""
DRAWN = {"vega", "vega-lite"}
VOCABULARY = {"sector", "stage", "identifier", "standing", "source_class", "event"}


@cache
def own_dashboards() -> Mapping[str, Any]:
    """The dashboards that come with scopewatch."""
    text = resources.files("data.browse").joinpath("dashboards.yml").read_text(encoding="utf-8")
    found: dict[str, Any] = yaml.safe_load(text)
    return found


def dashboards(connection: sqlite3.Connection, visit: Visit) -> Page:
    """All dashboards, those of the operator too."""
    return Page(
        template="dashboard_list.html",
        context={
            "dashboards": [
                (slug, said(dashboard, "title", visit.language))
                for slug, dashboard in visit.dashboards.items()
            ]
        },
    )


def dashboard(connection: sqlite3.Connection, visit: Visit) -> Page:
    """One dashboard: each chart with the rows that it is drawn from."""
    found = visit.dashboards.get(visit.matched["slug"])
    if found is None:
        raise NoSuchRecord
    charts = found.get("charts", {}).items()
    return Page(
        template="dashboard_view.html",
        context={
            "title": said(found, "title", visit.language),
            "description": said(found, "description", visit.language),
            "charts": [
                chart(connection, slug, given, visit.language, visit.memory)
                for slug, given in charts
            ],
        },
    )


def said(given: Mapping[str, Any], key: str, language: Language) -> str:
    """A title or description in the reader's language, else as the operator wrote it."""
    return str(given.get(f"{key}_{language}") or given.get(key) or "")


def chart(
    connection: sqlite3.Connection,
    slug: str,
    given: Mapping[str, Any],
    language: Language,
    memory: Memory,
) -> dict[str, Any]:
    """The table of a chart and, where Vega draws it, what is to be drawn."""
    columns: list[str] = []
    table: list[tuple[Any, ...]] = []
    busy = False
    if "query" in given:
        ask = partial(_asked, connection, given["query"])
        try:
            columns, table = memory.once((given["query"],), ask, times=MINUTES)
        except sqlite3.OperationalError as error:
            if "interrupted" not in str(error):
                raise
            busy = True  # What was asked in time is remembered: the page is whole at the next load.
    rows = [
        [shown(column, value, language) for column, value in zip(columns, row, strict=True)]
        for row in table
    ]
    drawn = given.get("library") in DRAWN and len(rows) > 1
    return {
        "slug": slug,
        "title": said(given, "title", language),
        "note": said(given, "note", language),
        "busy": busy,
        "columns": columns,
        "rows": rows,
        "library": given.get("library"),
        "spec": json.dumps(drawing(given, language), ensure_ascii=False) if drawn else None,
    }


def _asked(connection: sqlite3.Connection, query: str) -> tuple[list[str], list[tuple[Any, ...]]]:
    cursor = connection.execute(query)
    return [c[0] for c in cursor.description], [tuple(r) for r in cursor.fetchmany(MOST_ROWS)]


def shown(column: str, value: Any, language: Language) -> Any:
    """A cell in the reader's words: vocabulary and use cases have names."""
    if column in VOCABULARY and isinstance(value, str):
        return words.label(column, value, language)
    if column == "use_case_id" and isinstance(value, str) and ":" in value:
        subject, _, identifier = value.rpartition(":")
        return words.title_of(subject, identifier, language)
    if column == "law_id" and isinstance(value, str):
        law = watched(value)
        return (law.english if language == "en" else law.short) if law else value
    return value


def drawing(given: Mapping[str, Any], language: Language) -> dict[str, Any]:
    """What Vega is to draw; sectors have the same colours in every chart, whichever occur in it."""
    display = copy.deepcopy(dict(given.get("display", {})))
    colour = display.get("encoding", {}).get("color", {})
    if colour.get("field") == "sector":
        colour["scale"] = {"domain": [words.label("sector", s.value, language) for s in Sector]}
    return display
