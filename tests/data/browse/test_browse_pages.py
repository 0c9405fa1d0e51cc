"""The pages as a reader gets them: every record has one, in two languages, and the links lead somewhere."""

from __future__ import annotations

from datetime import timedelta

import pytest
from public_library import PROMISE
from visiting import Pages

from data.clock import now, tokyo
from data.store.connection import Store
from data.store.deadlines import Deadline, save_deadlines
from data.store.ledger import update_ledger
from data.store.reviews import merge_use_cases, review_finding


def finding_id(store: Store, document: str) -> str:
    row = next(store.public.query("SELECT id FROM findings WHERE document_id = ?", [document]))
    return str(row["id"])


def test_the_front_page_says_what_changed_and_how_complete_the_reading_was(pages: Pages) -> None:
    body = pages.get("/?lang=ja").text
    assert "4の情報源のうち3を読みました" in body
    assert "1の情報源が読めていません" in body
    assert "否定・停止からの転換" in body
    assert "警保庁は、捜査の照会に個人番号を利用しないと国会で述べた。" in body
    assert "<svg" in body
    assert "表で見る" in body


def test_the_front_page_filters_by_sector_and_identifier(pages: Pages) -> None:
    body = pages.get("/?sector=passport&lang=ja").text
    assert "旅券・出入国×カード" in body
    assert "固定資産税×住基" not in body
    assert "固定資産税×住基" in pages.get("/?sector=nonsense&lang=ja").text
    assert "固定資産税×住基" not in pages.get("/?identifier=card&lang=ja").text


def test_a_use_case_shows_its_rungs_with_both_quotations_of_a_reversal(pages: Pages) -> None:
    body = pages.get("/-/use-case/police:number?lang=en").text
    assert "turned around" in body
    assert "ruled out" in body
    assert "利用しないと国会で述べた" in body
    assert "197 days later" in body


def test_a_long_timeline_is_cut_and_shown_whole_when_asked_for(
    pages: Pages, library: Store
) -> None:
    with library.writing_public() as db:
        for number in range(30):
            db.execute(
                "INSERT INTO events (id, use_case_id, kind, stage_after, finding_id, at, standing, recorded_at) "
                "SELECT id || ?, use_case_id, 'advance', stage_after, finding_id, at, standing, recorded_at "
                "FROM events WHERE use_case_id = 'bank:juki' LIMIT 1",
                [str(number)],
            )
    page = "/-/use-case/bank:juki?lang=en"
    cut, whole = pages.get(page).text, pages.get(f"{page}&all=1").text
    assert cut.count('class="card event-') == 20
    assert "/-/use-case/bank:juki?all=1&amp;lang=en" in cut
    assert whole.count('class="card event-') == 32
    assert "Show the whole timeline" not in whole


def test_a_use_case_says_how_many_of_its_documents_it_shows(pages: Pages, library: Store) -> None:
    page = "/-/use-case/bank:juki?lang=en"
    assert "are shown" not in pages.get(page).text
    with library.writing_public() as db:
        row = next(db.query("SELECT * FROM findings WHERE document_id = 'shi-1'"))
        db["findings"].insert_all(
            row | {"id": f"{number:020d}", "search_id": None} for number in range(30)
        )
    cut, whole = pages.get(page).text, pages.get(f"{page}&all=1").text
    assert "The latest 20 are shown." in cut
    assert "/watch/findings?use_case_id=bank%3Ajuki" in cut
    assert cut.count("/-/finding/0000") == 20
    assert whole.count("/-/finding/0000") == 30
    assert "are shown" not in whole


def test_a_finding_shows_its_sentence_highlighted_and_the_way_to_the_original(
    pages: Pages, library: Store
) -> None:
    body = pages.get(f"/-/finding/{finding_id(library, 'shi-1')}?lang=ja").text
    sentence = "汐見銀行は口座開設の本人確認に住民票コードを使うことを検討している。"
    assert f"<mark>{sentence}</mark>" in body
    assert "https://shiomi-news.example.jp/shi-1#:~:text=%E6%B1%90" in body
    assert "識別番号: 住民票コード" in body
    assert "0.87" in body
    row = next(library.public.query("SELECT * FROM findings WHERE document_id = 'shi-1'"))
    assert row["evidence_sha256"] in body


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/-/ladder?stage=adopted", "固定資産税×住基"),
        ("/-/story/shi-2", "旅券の申請、カードで完結へ"),
        ("/-/document/kin-1", "預金口座のひも付け、来春から"),
        ("/-/promises", "衆議院 内務委員会 第3号"),
        (f"/-/promise/{PROMISE}", "架空太郎"),
        ("/-/source/kinkan_trade", "遮断・保守中"),
        ("/-/health", "潮路の税を見る会"),
        ("/watch", "documents"),
        ("/watch/findings", "<h1>認定</h1>"),
        ("/watch/documents/shi-1", "汐見銀行、口座開設に住民票コード"),
    ],
)
def test_every_kind_of_page_answers(pages: Pages, path: str, expected: str) -> None:
    answer = pages.get(path, accept_language="ja")
    assert answer.status_code == 200
    assert expected in answer.text


@pytest.mark.parametrize("kind", ["finding", "use-case", "story", "promise", "source", "document"])
def test_a_record_that_is_not_there_is_a_404(pages: Pages, kind: str) -> None:
    for name in ("nope", "a:b:c", "%00", "%E3%81%82", "x" * 500):
        assert pages.get(f"/-/{kind}/{name}").status_code == 404, name


def test_the_language_follows_the_address_and_else_the_browser(pages: Pages) -> None:
    assert '<html lang="ja">' in pages.get("/").text
    assert '<html lang="en">' in pages.get("/", accept_language="en-GB,ja;q=0.5").text
    assert '<html lang="ja">' in pages.get("/?lang=ja", accept_language="en").text
    assert '<html lang="en">' in pages.get("/watch/documents?_lang=en").text
    body = pages.get("/?lang=en").text
    assert 'href="/-/health?lang=en"' in body
    assert 'href="/watch/documents?_lang=en"' in body
    assert "set-cookie" not in pages.get("/?lang=en").headers


def test_a_page_that_the_reader_has_is_not_sent_again(pages: Pages) -> None:
    first = pages.get("/-/health")
    again = pages.get("/-/health", if_none_match=first.headers["etag"])
    assert again.status_code == 304
    assert again.text == ""


def test_a_review_is_shown_without_its_author(pages: Pages, library: Store) -> None:
    address = f"/-/finding/{finding_id(library, 'shi-1')}?lang=en"
    assert "not reviewed yet" in pages.get(address).text
    review_finding(
        library, finding_id(library, "shi-1"), "confirm", author="Reviewer R", note="seen in print"
    )
    body = pages.get(address).text
    assert "confirmed" in body
    assert "seen in print" in body
    assert "Reviewer R" not in body


def test_a_merged_use_case_leads_to_the_one_that_took_it_in(pages: Pages, library: Store) -> None:
    merge_use_cases(library, "police:number", "bank:juki", author="R", note="test")
    update_ledger(library)
    answer = pages.get("/-/use-case/police:number?lang=ja")
    assert "<h1>金融×住基</h1>" in answer.text


def test_dates_ahead_stand_on_the_front_page_until_they_have_passed(
    pages: Pages, library: Store
) -> None:
    assert "これからの期日" not in pages.get("/?lang=ja").text
    today = tokyo(now()).date()
    save_deadlines(
        library,
        [
            Deadline(
                id=f"c{days}",
                kind="comment",
                title_ja=f"意見募集{days}",
                due=today + timedelta(days=days),
                url="https://comment.example.go.jp/1",
            )
            for days in (-1, 7)
        ],
    )
    body = pages.get("/?lang=ja").text
    assert "意見募集7" in body
    assert "あと7日" in body
    calendar = pages.get("/-/deadlines.ics")
    assert calendar.headers["content-type"].startswith("text/calendar")
    assert "意見募集7" in calendar.text
    assert "意見募集-1" not in calendar.text
    assert "意見募集-1" not in body
