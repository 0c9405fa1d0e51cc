"""Readers of the smaller registries on pages of the real shape and recordings, and all readers on wrong answers."""

from __future__ import annotations

import gzip
import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.loader import read_source
from crawler.registries import (
    assessments,
    gazette,
    procurement,
    public_comments,
    written_questions,
)
from crawler.registries.readers import READERS
from crawler.source import Source
from data.clock import to_text
from data.errors import LayoutChanged, Malformed, SourceError
from tests.crawler.registries import registry_pages as pages

SOURCES = Path(__file__).resolve().parents[3] / "crawler" / "sources"
URL = "https://registry.example.jp/list"


def source_of(reader: str) -> Source:
    found = [
        read_source(path)
        for path in SOURCES.glob("*.yml")
        if f"registry: {reader}\n" in path.read_text()
    ]
    assert len(found) == 1, reader
    return found[0]


# Written questions -----------------------------------------------------------------------------


def test_written_questions_of_both_houses_and_their_answers() -> None:
    lower = written_questions.read_list(
        pages.QUESTIONS_SHUGIIN, "https://www.shugiin.example.jp/q/kaiji299_l.htm", "衆議院", 299
    )
    assert [(one.number, one.submitter, bool(one.answer_url)) for one in lower] == [
        (12, "青葉　花子", True),
        (13, "若葉　太郎", False),
    ]
    titles = [entry.title for one in lower for entry in written_questions.entries_of(one)]
    assert titles == [
        "衆議院 第299回国会 質問第12号 花火番号の警察による利用に関する質問主意書（青葉　花子）",
        "衆議院 第299回国会 質問第12号 花火番号の警察による利用に関する質問主意書 内閣の答弁書",
        "衆議院 第299回国会 質問第13号 打上げに関する質問主意書（若葉　太郎）",
    ]
    upper = written_questions.read_list(
        pages.QUESTIONS_SANGIIN, "https://www.sangiin.example.jp/299/syuisyo.htm", "参議院", 299
    )
    assert [(one.number, one.answer_url) for one in upper] == [
        (5, "https://www.sangiin.example.jp/299/touh/t299005.htm")
    ]


def test_the_recorded_table_of_questions(shared_data: Path) -> None:
    body = gzip.decompress((shared_data / "diet" / "sangiin_syuisyo_1-221.csv.gz").read_bytes())
    found = written_questions.read_csv(body, "syuisyo.csv")
    assert len(found) == 8422
    assert sum(bool(one.answer_url) for one in found) == 8364
    assert (found[0].submitted, found[0].answered) == (date(1947, 6, 6), date(1947, 6, 28))


# Public comments -------------------------------------------------------------------------------


def test_comments_keep_malformed_dates_and_find_deadlines() -> None:
    first, second = public_comments.read_feed(
        pages.COMMENT_FEED, "https://pcm.example.jp/rss/pcm_list.xml"
    )
    assert first.published is not None
    assert to_text(first.published.at) == "2026-08-16T15:00:00Z"
    assert second.published is None
    due = public_comments.deadline_in(first.summary)
    assert due is not None
    assert to_text(due) == "2026-09-14T15:00:00Z"
    assert public_comments.deadline_in(second.summary) is None


def test_a_comments_page_tells_law_deadline_and_documents() -> None:
    comment = public_comments.read_page(
        pages.COMMENT_PAGE, "https://pcm.example.jp/servlet/Public?id=299200001"
    )
    assert (comment.number, comment.law, comment.ministry) == (
        "299200001",
        "花火番号法第９条第１項",
        "花火庁番号課",
    )
    assert comment.deadline is not None
    assert comment.deadline.precision == "time"
    assert comment.documents == (
        ("意見公募要領", "https://pcm.example.jp/servlet/PcmFileDownload?seqNo=0000300001"),
        ("命令案", "https://pcm.example.jp/files/an.pdf"),
    )
    text = public_comments.extract_of(comment).text
    assert public_comments.deadline_in(text) == comment.deadline.at


# Procurement, gazette, assessments -------------------------------------------------------------


def test_tenders_and_awards() -> None:
    first, bare = procurement.read_tenders(pages.TENDERS, URL)
    assert (first.organisation, first.issued) == ("青葉市", date(2026, 8, 17))
    entry, text = procurement.tender_entry(first)
    assert entry.title == "青葉市 図書館個人番号連携システム構築業務"
    assert "個人番号を用いる" in text
    assert (bare.url, bare.issued, bare.organisation) == ("", None, "")
    assert procurement.read_tenders(b"<Results><SearchHits>0</SearchHits></Results>", URL) == []
    with pytest.raises(Malformed, match="no searchword"):
        procurement.read_tenders(b"<Results><Error>no searchword</Error></Results>", URL)
    with pytest.raises(LayoutChanged):
        procurement.read_tenders(b"<Results><SearchHits>4</SearchHits></Results>", URL)
    one, other = procurement.read_awards(pages.awards(), URL)
    assert (one.case, one.price, other.price) == ("0000000000000123456", Decimal(12345678), None)
    kept = READERS["awards"].read(pages.awards(), URL, source_of("awards")).entries
    assert [entry.title for entry, _ in kept] == ["マイナンバー関連システム改修 若葉電算株式会社"]


@pytest.mark.parametrize(
    "body",
    [
        pages.awards('"1","2"\r\n'),
        pages.awards()[:-30],
        pages.awards(name="readme.txt"),
        b"Bad Request",
    ],
)
def test_an_award_list_that_is_none_is_said_so(body: bytes) -> None:
    with pytest.raises(SourceError):
        list(procurement.read_awards(body, URL))


def test_the_gazettes_issuer_is_carried_down_within_its_section() -> None:
    lines = [
        (
            "府令",
            "花火番号規則の一部を改正する命令（花火庁・総務一）",
            "https://www.kanpo.go.jp/20260129/20260129g00019/20260129g000190004f.html",
        ),
        ("府令", "打上げに関する命令の一部を改正する命令（同二）", ""),
        ("告示", "指定を解除する件（同三）", ""),
        ("法律", "花火番号法の一部を改正する法律（三八）", ""),
        ("官庁報告", "試験の施行（花火庁）", ""),
        ("官庁報告", "試験委員（同）", ""),
    ]
    found = list(gazette.with_issuers(lines))
    assert [(one.issuer, one.number) for one in found] == [
        ("花火庁・総務", "一"),
        ("花火庁・総務", "二"),
        ("", "三"),
        ("", "三八"),
        ("花火庁", ""),
        ("花火庁", ""),
    ]
    assert (found[0].on, found[0].issue) == (date(2026, 1, 29), "号外第19号")
    assert not source_of("gazette").enabled


def test_the_recorded_contents_of_the_gazette(shared_data: Path) -> None:
    counted = {}
    for name, day in (("honshi", "20260303h01657"), ("gougai", "20260303g00043")):
        body = (shared_data / "kanpo" / f"fixture_issue_page_{name}.html").read_bytes()
        found = gazette.read_contents(
            body, f"https://www.kanpo.go.jp/20260303/{day}/{day}0000f.html"
        )
        counted[name] = (len(found), sum(bool(one.issuer) for one in found))
    assert counted == {"honshi": (18, 15), "gougai": (5, 3)}
    packed = shared_data / "kanpo" / "kanpo_articles_2025-12-04_2026-03-31.jsonl.gz"
    rows = [json.loads(line) for line in gzip.decompress(packed.read_bytes()).splitlines()]
    carried = list(
        gazette.with_issuers((f"{r['issue']} {r['section']}", r["title"], r["url"]) for r in rows)
    )
    assert len(carried) == 4277
    ours = {
        one.issuer
        for row, one in zip(rows, carried, strict=True)
        if "特定の個人を識別" in row["title"]
    }
    assert ours == {"デジタル庁・総務"}


def test_a_reports_fields_from_its_text() -> None:
    report = assessments.assessment_of(pages.REPORT, URL)
    assert (report.number, report.kind, report.body, report.published) == (
        "12",
        "focused",
        "青葉市長",
        date(2025, 3, 31),
    )
    assert report.items == ("56", "9_2")
    assert report.systems == ("花火手当システム",)
    assert report.links == ("情報提供ネットワークシステム", "住民基本台帳ネットワークシステム")
    html = (
        "<html><head><title>評価書</title></head><body>"
        + "".join(f"<p>{line}</p>" for line in pages.REPORT.splitlines())
        + "</body></html>"
    )
    assert assessments.read_report(html.encode(), URL).items == report.items
    with pytest.raises(LayoutChanged):
        assessments.assessment_of("花火大会のお知らせ", URL)


def test_items_of_a_legal_ground() -> None:
    assert assessments.items_in("番号法第九条第一項、別表第一の十六の項") == ("16",)
    assert assessments.items_in("番号法別表の24の項、28の項及び30の項") == ("24", "28", "30")
    assert assessments.items_in("別表第二の27の項") == ()
    assert assessments.items_in("住民基本台帳法第7条") == ()


# Wrong answers ---------------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(READERS))
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b" \n",
        pages.SORRY,
        b"\x00\xff\xfe junk \x80" * 9,
        b"<html><head><title>404</title></head><body>Not Found</body></html>",
        b'{"error": "Too Many Requests"}',
    ],
    ids=["empty", "blank", "sorry", "binary", "other page", "rate limit"],
)
def test_what_is_not_the_registry_is_a_typed_error(name: str, body: bytes) -> None:
    source = source_of(name)
    with pytest.raises(SourceError):
        READERS[name].read(body, source.url, source)


@pytest.mark.parametrize("name", sorted(name for name, reader in READERS.items() if reader.page))
def test_what_is_not_the_page_is_a_typed_error(name: str) -> None:
    page = READERS[name].page
    assert page is not None
    for body in (b"", pages.SORRY, b"%PDF-1.4 \x00\xff", b"<html><body><p>404</p></body></html>"):
        with pytest.raises(SourceError):
            page(body, "https://www.example.go.jp/keika/x.htm")


@settings(max_examples=60, deadline=None)
@given(body=st.binary(max_size=200), name=st.sampled_from(sorted(READERS)))
def test_no_bytes_crash_a_reader(body: bytes, name: str) -> None:
    source = source_of(name)
    try:
        READERS[name].read(body, source.url, source)
    except SourceError:
        return


@settings(max_examples=60, deadline=None)
@given(cut=st.integers(0, 5000))
def test_truncated_answers_give_a_part_or_a_typed_error(cut: int) -> None:
    for name, body in (
        ("bills_representatives", pages.SHUGIIN_LIST),
        ("tenders", pages.TENDERS),
        ("awards", pages.awards()),
        ("diet_speeches", pages.speech_reply(pages.MEETING)),
    ):
        source = source_of(name)
        whole = READERS[name].read(body, source.url, source)
        try:
            part = READERS[name].read(body[: min(cut, len(body) - 1)], source.url, source)
        except SourceError:
            continue
        assert len(part.entries) <= len(whole.entries)
