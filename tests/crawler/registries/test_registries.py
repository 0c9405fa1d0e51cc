"""The registries' readers on pages of the real shape, on the recordings, and on answers that are wrong."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.loader import read_source
from crawler.registries import (
    assessments,
    bill_records,
    bills,
    diet_speeches,
    gazette,
    procurement,
    public_comments,
    written_questions,
)
from crawler.registries.readers import READERS
from crawler.source import Source
from data.bills import BillStep, law_id_of_number, merged, same_law, stage_on
from data.clock import to_text
from data.errors import Blocked, LayoutChanged, Malformed, SourceError
from data.vocabulary import Stage
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


# Diet ------------------------------------------------------------------------------------------


def test_an_answer_stands_under_the_question_that_names_its_subject() -> None:
    page = diet_speeches.read_speeches(pages.meeting_reply(pages.MEETING), URL)
    assert [one.order for one in page.speeches] == [1, 2, 3, 4, 5, 6]
    first, second = diet_speeches.exchanges(page.speeches)
    made = diet_speeches.entry_of(first, ["マイナンバー"])
    assert made is not None
    entry, text = made
    assert text == (
        "〔青葉花子 花火の会〕\n○青葉委員　マイナンバーを図書館の貸出に使う考えはありますか。\n\n"
        "〔鍵屋二郎 花火大臣〕\n○鍵屋国務大臣　そのような考えはございません。"
    )
    assert entry.title == "衆議院 花火特別委員会 第1号 青葉花子 → 鍵屋二郎（花火大臣）"
    assert entry.url == "https://kokkai.ndl.go.jp/txt/129904601X00120260805/4"
    assert entry.id == "129904601X00120260805_002"
    assert entry.published is not None
    assert entry.published.precision == "day"
    assert diet_speeches.entry_of(second, ["マイナンバー"]) is None


def test_a_minister_with_a_chairs_title_answers_and_a_witness_too() -> None:
    """The 国家公安委員会委員長 is a minister; a committee's chair only gives the floor."""
    meeting = [
        pages.speech(1, "玉屋一郎", "○委員長（玉屋一郎君）\u3000青葉花子君。", "委員長"),
        pages.speech(2, "青葉花子", "○青葉花子君\u3000マイナンバーを捜査に使いますか。"),
        pages.speech(3, "鍵屋二郎", "○国務大臣（鍵屋二郎君）\u3000否。", "国家公安委員会委員長"),
        pages.speech(4, "若葉三郎", "○若葉三郎君\u3000続けて伺います。"),
        pages.speech(5, "松葉四郎", "○参考人（松葉四郎君）\u3000はい。", "花火師会会長"),
    ]
    page = diet_speeches.read_speeches(pages.meeting_reply(meeting), URL)
    joined = [[one.order for one in each.turns] for each in diet_speeches.exchanges(page.speeches)]
    assert joined == [[2, 3], [4, 5]]


def test_xml_and_json_give_the_same_speeches_and_pages() -> None:
    reply = pages.speech_reply(pages.MEETING[1:3], following=101)
    page = diet_speeches.read_speeches(reply, URL)
    assert (page.total, page.next) == (2, "101")
    fields = "".join(f"<{key}>{value or ''}</{key}>" for key, value in pages.MEETING[2].items())
    xml = (
        "<data><numberOfRecords>1</numberOfRecords><nextRecordPosition>101</nextRecordPosition>"
        f"<records><record><recordData><speechRecord>{fields}</speechRecord></recordData></record></records></data>"
    ).encode()
    assert diet_speeches.read_speeches(xml, URL).speeches == page.speeches[1:]
    assert diet_speeches.read_speeches(b'{"numberOfRecords": 0}', URL) == diet_speeches.Page(
        (), 0, None
    )


def test_a_speech_with_other_spacing_is_one_speech() -> None:
    one = pages.MEETING[4]
    spaced = {
        **one,
        "speechID": "129904601X00120260805_0004",
        "speech": "○鍵屋国務大臣　\r\n　そのような考えは\u3000ございません。",
    }
    page = diet_speeches.read_speeches(pages.speech_reply([one, spaced, one]), URL)
    assert [speech.id for speech in page.speeches] == [one["speechID"]]


@pytest.mark.parametrize(
    ("body", "error", "words"),
    [
        (b'{"message":"(19007)\xe6\xa4\x9c\xe7\xb4\xa2"}', Malformed, "19007"),
        (b'{"message":"(19011)","details":["any"]}', Malformed, "any"),
        (b'{"numberOfRecords": 3}', LayoutChanged, "3 records"),
        (b'{"numberOfRecords": 1, "speechRecord": [{"speechID": "x"}]}', LayoutChanged, "lacks"),
        (b"[]", Malformed, "no object"),
        (b"<data><message>(19011)</message></data>", Malformed, "19011"),
        (pages.speech_reply(pages.MEETING)[:300], Malformed, "cut off"),
        (b"<html><body>hello</body></html>", Blocked, "page"),
    ],
)
def test_the_diet_says_what_is_wrong(body: bytes, error: type[SourceError], words: str) -> None:
    with pytest.raises(error, match=words):
        diet_speeches.read_speeches(body, URL)


def test_the_recorded_meetings_are_read_whole(shared_data: Path) -> None:
    counted = {}
    for path in (shared_data / "diet" / "kokkai_api_xml").glob("*.xml"):
        page = diet_speeches.read_speeches(path.read_bytes(), path.name)
        joined = diet_speeches.exchanges(page.speeches)
        counted[path.name] = (
            len(page.speeches),
            len(joined),
            sum(len(one.turns) > 1 for one in joined),
        )
    # speeches without the agenda, exchanges, exchanges with an answer; 7 agenda headers are dropped.
    assert counted == {
        "1-end.xml": (67, 31, 24),
        "212-end.xml": (293, 134, 113),
        "212-plane.xml": (61, 18, 5),
    }


def test_the_recorded_speeches_hold_their_duplicates_once(shared_data: Path) -> None:
    rows = json.loads(
        (shared_data / "diet" / "speeches_mynumber_2024-10_2025-05.json").read_bytes()
    )
    speeches = [
        diet_speeches.Speech(
            id=row["id"],
            order=int(row["id"][-3:]),
            speaker=row["speaker"],
            position=row["position"] or "",
            group=row["party"] or "",
            text=row["text"],
            date=row["date"],
            house=row["house"],
            meeting=row["committee"],
            issue="",
            url=row["url"],
        )
        for row in rows
    ]
    assert (len(speeches), len(diet_speeches.folded(speeches))) == (46, 43)
    answered = [
        one for one in diet_speeches.exchanges(diet_speeches.folded(speeches)) if len(one.turns) > 1
    ]
    assert {one.turns[-1].speaker for one in answered} >= {
        "新田一郎",
        "村上敬亮",
        "望月禎",
        "石破茂",
    }


# Bills -----------------------------------------------------------------------------------------


def test_both_houses_lists_name_the_bills_and_their_pages() -> None:
    lower = bills.read_list(
        pages.SHUGIIN_LIST,
        "https://www.shugiin.example.jp/gian/kaiji299.htm",
        "representatives",
        299,
    )
    assert [(one.key, one.title, one.status) for one in lower] == [
        ("299-閣法-7", "花火番号法の一部を改正する法律案", "成立"),
        ("299-閣法-8", "髙﨑市民広場法案", "衆議院で審議中"),
        ("298-衆法-3", "花火番号の廃止に関する法律案", "審査未了"),
    ]
    assert lower[0].url == "https://www.shugiin.example.jp/gian/keika/1DDA01.htm"
    upper = bills.read_list(
        pages.SANGIIN_LIST, "https://www.sangiin.example.jp/299/gian.htm", "councillors", 299
    )
    assert [(one.key, one.url) for one in upper] == [
        ("299-閣法-7", "https://www.sangiin.example.jp/299/meisai/m299080299007.htm"),
        ("299-参法-2", "https://www.sangiin.example.jp/299/meisai/m299100299002.htm"),
    ]


def test_a_cabinet_bill_is_planned_from_its_submission_until_the_tables_say_more() -> None:
    bill = bills.read_page(pages.SHUGIIN_PAGE, "https://www.shugiin.example.jp/keika/1DDA01.htm")
    assert (bill.key, bill.proposer, bill.law_number, bill.law_id) == (
        "299-閣法-7",
        "内閣",
        "令和7年法律第38号",
        "507AC0000000038",
    )
    assert [(step.on.isoformat(), step.step, step.result) for step in bill.steps] == [
        ("2025-03-07", "submitted", ""),
        ("2025-04-11", "referred", "花火特別"),
        ("2025-04-16", "committee", "可決"),
        ("2025-04-17", "plenary", "可決"),
        ("2025-05-16", "plenary", "可決"),
        ("2025-05-23", "promulgated", "令和7年法律第38号"),
    ]
    assert stage_on(bill, date(2025, 3, 6)) is None
    assert stage_on(bill, date(2025, 3, 7)) is Stage.PLANNED
    assert stage_on(bill, date(2030, 1, 1)) is Stage.PLANNED
    assert bill_records.bill_in(bill_records.extract_of(bill).text) == bill
    assert bill_records.bill_in("花火") is None
    assert bill_records.bill_in(bill_records.MARK + "{") is None


def test_a_members_bill_is_considered_until_one_house_passes_it() -> None:
    bill = bills.read_page(pages.SANGIIN_PAGE, "https://www.sangiin.example.jp/meisai/m.htm")
    assert (bill.key, bill.proposer, bill.outcome) == ("299-参法-2", "青葉　花子君", "open")
    assert stage_on(bill, date(2025, 5, 8)) is Stage.CONSIDERED
    assert stage_on(bill, date(2025, 5, 9)) is Stage.PLANNED
    listed = bills.read_list(pages.SHUGIIN_LIST, URL, "representatives", 299)[2]
    failed = merged(
        [
            listed,
            bills.bill_of(
                {
                    "種類": "衆法",
                    "提出回次": "298",
                    "提出番号": "3",
                    "件名": listed.title,
                    "提出日": "2025-01-30",
                },
                URL,
                "",
            ),
        ]
    )
    only = failed["298-衆法-3"]
    assert (only.outcome, stage_on(only, date(2025, 2, 1))) == ("failed", Stage.HALTED)


def test_a_bill_that_both_houses_passed_is_law_before_it_is_promulgated() -> None:
    page = pages.SHUGIIN_PAGE.decode("cp932")
    bill = bills.read_page(
        page[: page.index("<TR><TD>公布")].encode("cp932"), "https://www.shugiin.example.jp/keika/1"
    )
    assert (bill.law_number, bill.enacted_on, bill.outcome) == ("", date(2025, 5, 16), "enacted")
    one_house = bills.read_page(
        page[: page.index("<TR><TD>参議院議案")].encode(), "https://www.shugiin.example.jp/keika/1"
    )
    assert (one_house.enacted_on, one_house.outcome) == (None, "open")


def test_law_numbers_are_law_ids() -> None:
    assert law_id_of_number("令和7年法律第38号") == "507AC0000000038"
    assert law_id_of_number("（平成 二十五年）") is None
    assert law_id_of_number("令和元年法律第１６号") == "501AC0000000016"
    assert law_id_of_number("平成14年法律第153号") == "414AC0000000153"
    assert same_law("426AC1000000104", "426AC0000000104")
    assert not same_law("426AC1000000104", "427AC1000000104")
    assert not same_law(None, None)


def test_the_recorded_table_of_bills(shared_data: Path) -> None:
    body = gzip.decompress((shared_data / "diet" / "sangiin_gian_153-216.csv.gz").read_bytes())
    rows = bills.read_csv(body, "gian.csv")
    # Counted apart with csv.DictReader: 2,506 + 3,324 + 1,118 rows of the three kinds without （表）.
    assert len(rows) == 6948
    joined = merged(rows)
    assert len(joined) == 4551
    assert Counter(one.origin for one in joined.values()) == {
        "cabinet": 2152,
        "representatives": 1388,
        "councillors": 1011,
    }
    assert Counter(one.outcome for one in joined.values()) == {
        "enacted": 2544,  # 11 of them passed both houses and lack their promulgation in the table.
        "open": 1097,
        "failed": 910,
    }
    act = joined["183-閣法-3"]
    assert (act.law_id, act.steps[-1]) == (
        "425AC0000000027",
        BillStep(on=date(2013, 5, 31), step="promulgated", result="平成25年法律第27号"),
    )
    assert joined["180-閣法-32"].outcome == "failed"
    assert joined["212-衆法-5"].outcome == "failed"
    with pytest.raises(Malformed, match="cut off"):
        bills.read_csv(body[: len(body) // 2], "gian.csv")


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
