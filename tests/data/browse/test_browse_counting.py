"""What the tables count: kept beside what is counted, complete, and bounded only where the page says so."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from urllib.parse import quote

import pytest
from public_library import SOURCES, TOLD, document
from visiting import Pages

from data.browse import hits
from data.browse.tables import load_metadata
from data.models import Reading
from data.store.connection import Store
from data.store.documents import save_document
from data.store.findings import save_reading
from data.store.ledger import update_ledger
from data.store.sources import save_sources

COUNTED_ANEW = """
    SELECT f.id, f.document_id, f.use_case_id, f.search_id, f.at, f.sector, f.system, f.identifier, f.stage,
        (SELECT e.kind FROM events e WHERE e.finding_id = f.id AND e.state = 'live' LIMIT 1),
        d.source_id, s.publisher_ja, s.source_group, f.source_class, strftime('%Y', f.at, '+9 hours')
    FROM findings f JOIN documents d ON d.id = f.document_id JOIN sources s ON s.id = d.source_id
    WHERE f.state = 'kept' ORDER BY 1
"""


def assert_true(store: Store) -> int:
    """Both tables of counts say what counting anew says; gives the number of findings."""
    db = store.public
    kept = db.execute("SELECT * FROM evidence_facets ORDER BY 1").fetchall()
    assert kept == db.execute(COUNTED_ANEW).fetchall()
    assert (
        db.execute("SELECT * FROM document_counts ORDER BY 1, 2, 3").fetchall()
        == db.execute(
            "SELECT source_id, kind, status, count(*) FROM documents GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"
        ).fetchall()
    )
    return len(kept)


def test_facets_stay_true_through_every_kind_of_writing(library: Store) -> None:
    assert assert_true(library) == len(TOLD)
    told = TOLD[2]
    save_document(library, replace(document(told), title="別の話", text="別の話。", text_sha256="1", kind="pdf"))  # fmt: skip
    save_reading(library, Reading(document_id=told.name, version=2, gated=True), "test-model-1")
    assert assert_true(library) == len(TOLD) - 1
    update_ledger(library)
    assert_true(library)
    save_sources(library, [replace(SOURCES[0], publisher_ja="汐見新報社"), *SOURCES[1:]])
    assert_true(library)
    for change in (
        "UPDATE events SET state = 'withdrawn' WHERE kind = 'reversal'",
        "UPDATE documents SET source_id = 'zei_blog', status = 'gone' WHERE id = 'kei-2'",
        "DELETE FROM events WHERE kind = 'new'",
        "DELETE FROM events WHERE finding_id IN (SELECT id FROM findings WHERE document_id = 'zei-1')",
    ):
        with library.writing_public() as db:
            db.execute(change)
        assert_true(library)


def test_documents_are_counted_from_the_kept_counts(pages: Pages, library: Store) -> None:
    address = "/watch/documents.json?_facet=source_id&_facet=kind&_size=1"
    found = json.loads(pages.get(address).text)
    assert found["filtered_table_rows_count"] == len(TOLD)
    by_source = {
        each["value"]: each["count"] for each in found["facet_results"]["source_id"]["results"]
    }
    assert by_source == {"shiomi_news": 4, "naisei_press": 2, "zei_blog": 2, "kinkan_trade": 1}
    with library.writing_public() as db:
        db.execute("UPDATE document_counts SET documents = documents + 1000000")
    assert json.loads(pages.get(address).text)["filtered_table_rows_count"] > 1_000_000
    narrowed = json.loads(pages.get(address + "&source_id=zei_blog&kind=html").text)
    assert narrowed["filtered_table_rows_count"] == 1_000_002
    assert [each["count"] for each in narrowed["facet_results"]["kind"]["results"]] == [1_000_002]


def test_a_filter_that_nobody_keeps_counts_for_is_counted(pages: Pages) -> None:
    found = json.loads(pages.get("/watch/documents.json?title__contains=旅券&_facet=kind").text)
    assert found["filtered_table_rows_count"] == 3
    assert [each["count"] for each in found["facet_results"]["kind"]["results"]] == [3]


@pytest.mark.parametrize(
    ("table", "question", "documents"),
    [
        ("documents", "旅券", {"shi-2", "nai-2", "evil"}),
        ("evidence", "使う", {"shi-1", "evil", "zei-1"}),
        ("findings", "カード", {"shi-2", "nai-2", "evil"}),
    ],
)
def test_every_hit_can_be_paged_to_however_many_there_are(
    pages: Pages,
    monkeypatch: pytest.MonkeyPatch,
    table: str,
    question: str,
    documents: set[str],
) -> None:
    whole = pages.get(f"/watch/{table}?_search={quote(question)}&_lang=en").text
    assert f"{len(documents)} rows" in whole
    monkeypatch.setattr(hits, "NEWEST", 2)
    assert "More than 2 rows" in pages.get(f"/watch/{table}?_search={quote(question)}&_lang=en").text  # fmt: skip
    found: set[str] = set()
    following: str | None = ""
    while following is not None:
        query = f"_search={quote(question)}&_size=1&_next={quote(following)}"
        query = query.removesuffix("&_next=")
        page = json.loads(pages.get(f"/watch/{table}.json?{query}").text)
        shown = pages.get(f"/watch/{table}?{query}").text
        assert ('rel="next' in shown) == bool(page["next"])
        (row,) = page["rows"]
        found.add(row[page["columns"].index("id" if table == "documents" else "document_id")])
        following = page["next"]
    assert found == documents
    rows = pages.get(f"/watch/{table}.csv?_search={quote(question)}&_stream=1&_size=1").text
    assert len(rows.strip().splitlines()) == 1 + len(documents)


def test_a_box_of_one_column_and_what_it_may_not_be(pages: Pages) -> None:
    def found(query: str) -> set[str]:
        answer = pages.get(f"/watch/documents.json?_shape=array&{query}")
        return {row["id"] for row in json.loads(answer.text)}

    assert found(f"_search_title={quote('旅券')}") == {"shi-2", "nai-2", "evil"}
    assert found(f"_search_title={quote('旅券')}&_search_excerpt={quote('外事省')}") == {"shi-2"}
    assert found(f"_search_title={quote('外事省')}") == set()
    assert found(f"_search={quote('title:旅券 OR 銀行')}&_searchmode=raw") == set()
    refused = pages.get("/watch/documents.json?_search_kanji=x")
    assert (refused.status_code, "title, quotation, excerpt" in refused.text) == (400, True)
    assert pages.get("/watch/documents?_search=x&_fts_table=findings_search&_fts_pk=id").status_code == 200  # fmt: skip


def test_a_list_reads_only_the_columns_that_it_shows(pages: Pages) -> None:
    page = pages.get("/watch/documents").text
    assert 'data-field="title"' in page
    assert 'data-field="simhash"' not in page
    assert 'data-field="simhash"' in pages.get("/watch/documents?_col=simhash").text
    assert "simhash" in json.loads(pages.get("/watch/documents.json?_shape=array").text)[0]
    assert 'data-field="simhash"' in pages.get("/watch/documents/evil").text


@pytest.mark.parametrize("form", ["", ".json"])
@pytest.mark.parametrize("columns", ["_col=document_id", "_nocol=at"])
def test_a_list_of_chosen_columns_has_a_next_page(pages: Pages, form: str, columns: str) -> None:
    answer = pages.get(f"/watch/findings{form}?_size=1&{columns}")
    assert answer.status_code == 200
    assert "_next=" in answer.text


def test_the_pages_start_without_the_number_libraries() -> None:
    code = (
        "import sys, data.browse.server\n"
        "print(sorted({'dask', 'scipy', 'datasette.vendored.pint'} & set(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_no_table_asks_for_the_converter_of_units_that_is_left_out() -> None:
    assert not [name for name, about in load_metadata()["databases"]["watch"]["tables"].items() if "units" in about]  # fmt: skip
