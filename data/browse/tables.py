"""The list of the public tables, from the metadata: counting a million rows is left to who opens one."""

from __future__ import annotations

import sqlite3
from functools import cache
from importlib import resources
from typing import Any

import yaml

from data.browse.rows import rows
from data.browse.visit import Page, Visit


@cache
def load_metadata() -> dict[str, Any]:
    """Datasette's metadata as metadata.yml says it; not to be changed by who asks."""
    text = resources.files("data.browse").joinpath("metadata.yml").read_text(encoding="utf-8")
    metadata: dict[str, Any] = yaml.safe_load(text)
    return metadata


def tables(connection: sqlite3.Connection, visit: Visit) -> Page:
    """The tables that are named in the metadata and are there, with their columns."""
    if "sql" in visit.query:
        return Page(template="message.html", context={"message": "no_sql"}, status=403)
    named = load_metadata()["databases"]["watch"]["tables"]
    found: dict[str, list[str]] = {}
    for row in rows(
        connection,
        "SELECT t.name AS name, c.name AS column_name FROM sqlite_master t "
        "JOIN pragma_table_info(t.name) c WHERE t.type IN ('table', 'view')",
    ):
        found.setdefault(row["name"], []).append(row["column_name"])
    return Page(
        template="tables.html",
        context={
            "tables": [
                {"name": name, "columns": found[name], **about}
                for name, about in named.items()
                if name in found and not about.get("hidden")
            ],
            "queries": load_metadata()["databases"]["watch"]["queries"],
        },
    )
