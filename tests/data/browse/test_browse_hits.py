"""A page of a search begins with the newest hits, whether a part of the rows was looked at for them or all."""

from __future__ import annotations

import json
import re
from urllib.parse import quote

import pytest
from visiting import Pages

from data.browse import hits
from data.store.connection import Store

WORDS = "escape_fts(:search)"
THREE = {"shi-2", "nai-2", "evil"}
NARROWED = (
    ("照会", "source_id=shiomi_news", {"kei-1", "kei-2"}),
    ("旅券", "kind=html", THREE),
    ("カード", "status=ok", THREE),
)


@pytest.mark.parametrize("many", [0, 10])
@pytest.mark.parametrize(
    ("question", "newest"), [("カード", "nai-2"), ("銀行", "shi-1"), ("違法", "zei-1")]
)
@pytest.mark.parametrize("table", ["evidence", "findings"])
def test_the_first_page_of_findings(
    pages: Pages,
    monkeypatch: pytest.MonkeyPatch,
    many: int,
    question: str,
    newest: str,
    table: str,
) -> None:
    monkeypatch.setattr(hits, "NEWEST", 1)
    monkeypatch.setattr(hits, "_MANY", many)
    page = pages.get(f"/watch/{table}?_size=1&_col=document_id&_search={quote(question)}").text
    assert re.findall(r"(?:/-/document/|/watch/documents/)([\w-]+)\"", page) == [newest]


def test_the_newest_hits_of_one_source(pages: Pages, library: Store) -> None:
    def found(column: str, value: str, most: int, **start: int) -> list[int]:
        database = pages.datasette.get_database("watch")
        asked = {"search": "照会", **start}
        return pages.runner.run(hits.newest_documents(database, column, value, WORDS, asked, most))

    entries = [
        row["search_id"]
        for row in library.public.query(
            "SELECT search_id FROM documents WHERE id IN ('kei-1', 'kei-2') ORDER BY search_id DESC"
        )
    ]
    assert found("source_id", "shiomi_news", 1) == entries[:1]
    assert found("kind", "html", 2) == entries
    assert found("source_id", "shiomi_news", 3) == entries
    assert found("source_id", "shiomi_news", 1, start=entries[1]) == entries[1:]
    assert found("source_id", "zei_blog", 1) == []


@pytest.mark.parametrize("newest", [1, 1000])
@pytest.mark.parametrize(("question", "condition", "documents"), NARROWED)
def test_a_box_of_one_source_shows_every_hit_and_counts_all(
    pages: Pages,
    monkeypatch: pytest.MonkeyPatch,
    newest: int,
    question: str,
    condition: str,
    documents: set[str],
) -> None:
    monkeypatch.setattr(pages.datasette, "page_size", 1)
    monkeypatch.setattr(hits, "NEWEST", newest)
    address = f"/watch/documents.json?_search={quote(question)}&{condition}&_facet=kind"
    found: list[str] = []
    following: str | None = ""
    while following is not None:
        query = f"&_next={quote(following)}" if following else ""
        page = json.loads(pages.get(address + query).text)
        found += [row[page["columns"].index("id")] for row in page["rows"]]
        following = page["next"]
        assert page["filtered_table_rows_count"] == len(documents)
        if not query:
            (kind,) = page["facet_results"]["kind"]["results"]
            assert kind["count"] == len(documents)
    assert sorted(found) == sorted(documents)


def test_a_search_of_one_column_says_where_its_count_stops(
    pages: Pages, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = f"/watch/documents?_lang=en&_search_title={quote('旅券')}"
    assert "3 rows" in pages.get(address).text
    monkeypatch.setattr(hits, "NEWEST", 1)
    assert "More than 1 rows" in pages.get(f"{address}&_size=1").text


def test_words_that_never_meet_in_a_title_are_found_in_an_excerpt(pages: Pages) -> None:
    body = pages.get(f"/-/search?q={quote('税 潮路市')}").text
    assert re.findall(r'href="/-/document/([\w-]+)"', body) == ["zei-1"]
