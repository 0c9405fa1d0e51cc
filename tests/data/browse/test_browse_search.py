"""Search finds Japanese words of any length and spelling: on its own page and in the tables' ordinary box."""

from __future__ import annotations

import json
from dataclasses import replace
from urllib.parse import quote

import pytest
from public_library import TOLD, document
from visiting import Pages

from data.browse import hits
from data.models import Reading
from data.store.connection import Store
from data.store.documents import save_document, save_documents
from data.store.findings import save_reading
from data.store.search import index_missing

EXPECTED = [
    ("銀行", {"nai-1", "shi-1"}),
    ("旅券", {"shi-2", "nai-2", "evil"}),
    ("税", {"zei-1"}),
    ("ＰＩＡ", {"kin-1"}),
    ("PIA", {"kin-1"}),
    ("pia", {"kin-1"}),
    ("ひも付け", {"kin-1"}),
    ("紐付け", {"kin-1"}),
    ("紐づけ", {"kin-1"}),
    ("ひもづけ", {"kin-1"}),
    ("ヒモ付け", {"kin-1"}),
    ("ﾋﾓ付け", {"kin-1"}),
    ("ﾏｲﾅﾝﾊﾞｰｶｰﾄﾞ", {"shi-2", "nai-2"}),
    ("オンライン", {"nai-2"}),
    ("ｵﾝﾗｲﾝ化", {"nai-2"}),
    ("口座　紐付け　ＰＩＡ", {"kin-1"}),
    ("警察", {"kei-2"}),
    ("住民票コード", {"nai-1", "shi-1"}),
    ("住民票コード 検討", {"shi-1"}),
    ("マイナンバー 銀行", set()),
    ("マイナンバー　旅券", {"shi-2", "nai-2"}),
    ("カード alert", {"evil"}),
    ("住基ネット", {"zei-1"}),
    ("違法", {"zei-1"}),
    ("パスポート", set()),
]


def searched(pages: Pages, table: str, question: str) -> list[str]:
    address = f"/watch/{table}.json?_shape=array&_size=max&_search={quote(question)}"
    key = "id" if table == "documents" else "document_id"
    return [row[key] for row in json.loads(pages.get(address).text)]


@pytest.mark.parametrize(("question", "expected"), EXPECTED)
def test_the_ordinary_search_box_of_the_documents_table(
    pages: Pages, question: str, expected: set[str]
) -> None:
    assert set(searched(pages, "documents", question)) == expected


@pytest.mark.parametrize(("question", "expected"), EXPECTED)
def test_the_search_page_finds_the_same(pages: Pages, question: str, expected: set[str]) -> None:
    body = pages.get(f"/-/search?q={quote(question)}").text
    assert {told.name for told in TOLD if f'"/-/document/{told.name}"' in body} == expected


def test_the_findings_table_is_searched_by_sentence_and_actor(pages: Pages) -> None:
    assert set(searched(pages, "findings", "照会")) == {"kei-1", "kei-2"}
    assert set(searched(pages, "findings", "金融監理庁")) == {"kin-1"}


def test_found_words_are_marked_and_a_title_comes_first(pages: Pages) -> None:
    body = pages.get(f"/-/search?q={quote('旅券')}").text
    assert "<mark>旅券</mark>の申請" in body
    assert "<mark>紐付" not in body
    body = pages.get(f"/-/search?q={quote('銀行')}").text
    assert body.index("/-/document/shi-1") < body.index("/-/document/nai-1")


@pytest.mark.parametrize(
    "question",
    [
        '"',
        "'",
        "title:旅券",
        "旅券 OR 銀行",
        "NEAR(旅券 銀行)",
        "旅*",
        "\x00",
        "a" * 1500,
        "🏦",
        "-",
        "^銀行",
    ],
)
def test_no_question_breaks_anything(pages: Pages, question: str) -> None:
    for address in ("/-/search?q=", "/watch/documents?_search=", "/watch/documents.json?_search="):
        assert pages.get(address + quote(question)).status_code == 200


def test_a_search_with_many_hits_says_among_which_it_chose_and_where_the_others_are(
    pages: Pages, monkeypatch: pytest.MonkeyPatch
) -> None:
    def found(newest: int) -> tuple[set[str], str]:
        monkeypatch.setattr(hits, "NEWEST", newest)
        body = pages.get(f"/-/search?lang=en&q={quote('カード')}").text
        return {told.name for told in TOLD if f'"/-/document/{told.name}?' in body}, body

    everything, body = found(3)
    assert everything == {"shi-2", "nai-2", "evil"}
    assert "3 results" in body
    some, body = found(2)
    assert len(some) == 2
    assert some < everything
    assert "The best 2 of the latest 2 documents with these words." in body
    assert f"/watch/documents?_search={quote('カード')}" in body


def test_a_changed_document_is_found_by_its_new_words_only(pages: Pages, library: Store) -> None:
    told = TOLD[2]
    save_document(library, replace(document(told), title="免許証の更新", text="免許証の話。", text_sha256="1"))  # fmt: skip
    save_reading(library, Reading(document_id=told.name, version=2, gated=True), "test-model-1")
    assert searched(pages, "documents", "免許") == [told.name]
    assert told.name not in searched(pages, "documents", "旅券")
    later = replace(document(told), title="印鑑の登録", text="印鑑の話。", text_sha256="2")
    assert save_documents(library, [later], index=False) == ["changed"]
    assert index_missing(library) == 1
    assert searched(pages, "documents", "印鑑") == [told.name]
    assert told.name not in searched(pages, "documents", "免許")


def test_documents_of_before_the_index_are_caught_up_with(pages: Pages, library: Store) -> None:
    with library.writing_public() as db:
        db.execute("UPDATE documents SET search_id = NULL")
    assert searched(pages, "documents", "銀行") == []
    assert index_missing(library) == len(TOLD)
    assert set(searched(pages, "documents", "銀行")) == {"nai-1", "shi-1"}
    assert index_missing(library) == 0
