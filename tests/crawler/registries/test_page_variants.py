"""The registers' pages in shapes that were never seen and may come: other columns, headings, digits, encodings."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from crawler.registries import bills, public_comments, written_questions
from data.bills import Bill

TITLE = "花火番号法の一部を改正する法律案"
LIST = "https://www.shugiin.example.jp/gian/kaiji299.htm"
LINK = '<A HREF="./keika/1DDA01.htm">経過</A>'
MEISAI = '<a href="./meisai/m1.htm">花火番号法の一部を改正する法律案</a>'


def html(body: str, charset: str = "Shift_JIS", encoding: str = "cp932") -> bytes:
    head = f'<meta http-equiv="Content-Type" content="text/html; charset={charset}">'
    return f"<html><head>{head}</head><body>{body}</body></html>".encode(encoding)


def table(*rows: str, caption: str = "閣法の一覧") -> str:
    named = f"<caption>{caption}</caption>" if caption else ""
    return f"<table>{named}{''.join(f'<tr>{row}</tr>' for row in rows)}</table>"


def cells(*words: str, tag: str = "td") -> str:
    return "".join(f"<{tag}>{word}</{tag}>" for word in words)


HEADINGS = ("提出回次", "番号", "議案件名", "審議状況", "経過情報")


@pytest.mark.parametrize(
    "body",
    [
        table(cells(*HEADINGS, tag="th"), cells("299", "7", TITLE, "成立", LINK)),
        table(cells(*HEADINGS), cells("299", "7", TITLE, "成立", LINK)),
        table(cells("２９９", "７", TITLE, "成立", LINK)),
        table(cells("第299回", "第7号", TITLE, "成立", LINK)),
        table(cells("番号", "提出回次", "経過情報", "議案件名", "審議状況", tag="th"), cells("7", "299", LINK, TITLE, "成立")),
        table('<th colspan="2">提出</th><th rowspan="2">議案件名</th><th rowspan="2">審議状況</th><th rowspan="2">経過情報</th>', cells("提出回次", "番号", tag="th"), cells("299", "7", TITLE, "成立", LINK)),
        table(f'<td rowspan="2">299</td>{cells("7", TITLE, "成立", LINK)}', cells("8", "若葉法案", "未了", LINK)),
        "<h2>閣法</h2><p>一覧</p>" + table(cells(*HEADINGS, tag="th"), cells("299", "7", TITLE, "成立", LINK), caption=""),
        table(cells("種別", *HEADINGS, tag="th"), cells("閣法", "299", "7", TITLE, "成立", LINK), caption="議案"),
        table(cells(*HEADINGS, tag="th"), cells("299", "7", TITLE + "（内閣提出）", "成立", LINK)),
        table(cells("番号", "議案件名", "審議状況", "経過情報", tag="th"), cells("7", TITLE, "成立", LINK)),
    ],
    ids=[
        "as documented",
        "headings in td",
        "wide digits",
        "第 and 号",
        "columns in another order",
        "two rows of headings",
        "one session over several rows",
        "the kind in a heading above",
        "the kind in a column",
        "a remark behind the title",
        "the page's session",
    ],
)  # fmt: skip
@pytest.mark.parametrize(
    ("charset", "encoding"),
    [("Shift_JIS", "cp932"), ("Shift_JIS", "utf-8"), ("utf-8", "cp932"), ("x-sjis", "cp932")],
)
def test_a_list_of_bills_is_read_in_any_plausible_shape(
    body: str, charset: str, encoding: str
) -> None:
    first = bills.read_list(html(body, charset, encoding), LIST, "representatives", 299)[0]
    assert (first.key, first.title.removesuffix("（内閣提出）"), first.status) == (
        "299-閣法-7",
        TITLE,
        "成立",
    )
    assert first.url == "https://www.shugiin.example.jp/gian/keika/1DDA01.htm"


def test_a_session_that_spans_rows_belongs_to_each_of_them() -> None:
    rows = (
        f'<td rowspan="2">298</td>{cells("7", TITLE, "成立", LINK)}',
        cells("8", "若葉法案", "審査未了", LINK),
    )
    found = bills.read_list(html(table(*rows)), LIST, "representatives", 299)
    assert [(one.key, one.status) for one in found] == [
        ("298-閣法-7", "成立"),
        ("298-閣法-8", "審査未了"),
    ]


def test_the_councillors_sections_under_headings_are_told_apart() -> None:
    """h3 sections, as a public collector of that page reads them; the table above ends a heading's reach."""
    body = (
        f"<h3>法律案（内閣提出）一覧</h3>{table(cells('299', '7', MEISAI), caption='')}"
        f"<h3>法律案（参法）一覧</h3>{table(cells('299', '2', MEISAI), caption='')}"
        f"{table(cells('299', '3', MEISAI), caption='')}"
    )
    found = bills.read_list(html(body, "utf-8", "utf-8"), LIST, "councillors", 299)
    assert [one.key for one in found] == ["299-閣法-7", "299-参法-2"]


def progress(*rows: str) -> Bill:
    return bills.read_page(
        html(f"<table>{''.join(rows)}</table>"), "https://shugiin.example/keika/1.htm"
    )


def row(name: str, value: str) -> str:
    return f"<tr><td>{name}</td><td>{value}</td></tr>"


BASE = [
    ("議案種類", "閣法"),
    ("議案提出回次", "２９９"),
    ("議案番号", "第７号"),
    ("議案件名", TITLE),
]
PASSED = ("衆議院審議終了年月日／衆議院審議結果", "令和７年４月１７日／可決")
LAW = ("公布年月日／法律番号", "令和 7年 5月23日／第38号")


@pytest.mark.parametrize(
    "rows",
    [
        [row(*one) for one in (*BASE, PASSED, LAW)],
        [row(name.replace("／", "/"), value.replace("／", "/")) for name, value in (*BASE, PASSED, LAW)],
        [row(f"議 案　{name.removeprefix('議案')}" if name.startswith("議案") else name, value) for name, value in (*BASE, PASSED, LAW)],
        [row(name, value.replace("令和７年４月１７日", "令和七年四月十七日")) for name, value in (*BASE, PASSED, LAW)],
        [row(name, value.replace("令和７年４月１７日", "2025年4月17日")) for name, value in (*BASE, PASSED, LAW)],
        ["<tr>" + "".join(f"<th>{name}</th><td>{value}</td>" for name, value in (*BASE, PASSED, LAW)) + "</tr>"],
        [f'<tr><th rowspan="6">議案</th><td>{BASE[0][0]}</td><td>{BASE[0][1]}</td></tr>', *(row(*one) for one in (*BASE[1:], PASSED, LAW))],
    ],
    ids=["wide digits", "narrow slash", "spaces in labels", "kanji date", "western date", "pairs side by side", "grouped"],
)  # fmt: skip
def test_a_progress_page_is_read_in_any_plausible_shape(rows: list[str]) -> None:
    bill = progress(*rows)
    assert (bill.key, bill.law_number) == ("299-閣法-7", "令和7年法律第38号")
    assert [(step.step, step.on.isoformat()) for step in bill.steps] == [
        ("plenary", "2025-04-17"),
        ("promulgated", "2025-05-23"),
    ]


def test_questions_are_found_where_the_number_spans_rows() -> None:
    rows = (
        '<td rowspan="2">5</td><td colspan="3">花火番号の利用範囲に関する質問主意書</td>',
        '<td>若葉　次郎君</td><td><a href="syuh/s299005.htm">質問</a></td><td><a href="touh/t299005.htm">答弁</a></td>',
    )
    body = html(table(*rows, caption=""), "utf-8", "utf-8")
    url = "https://sangiin.example/299/syuisyo.htm"
    found = written_questions.read_list(body, url, "参議院", 299)
    assert [(one.number, one.submitter) for one in found] == [(5, "若葉　次郎")]


def feed(
    description: str, *, date_field: str = "2026-08-16T15:00:Z", encoding: str = "utf-8"
) -> bytes:
    return f"""<?xml version="1.0" encoding="{encoding}"?>
<rdf:RDF xmlns="http://purl.org/rss/1.0/" xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel rdf:about="https://pcm.example.jp/rss"><title>意見募集中案件</title><link>https://pcm.example.jp/</link></channel>
<item rdf:about="https://pcm.example.jp/1"><title>花火番号法施行規則案</title><link>https://pcm.example.jp/1</link>
<description>{description}</description><dc:date>{date_field}</dc:date></item></rdf:RDF>""".encode(
        encoding
    )


DEADLINES = [
    "案の公示日：2026/08/17&lt;br/&gt;受付締切日時：2026/09/15 00:00&lt;br/&gt;カテゴリー：見本&lt;br/&gt;",
    "受付締切日時：２０２６年９月１５日０時０分",
    "受付締切日時　令和8年9月15日0時0分",
    "&lt;p&gt;意見募集期間の終了：令和８年９月１５日&lt;/p&gt;",
    "締切日 2026-09-15",
]


@pytest.mark.parametrize("description", DEADLINES)
@pytest.mark.parametrize("encoding", ["utf-8", "cp932", "euc_jp"])
def test_the_feed_tells_the_deadline_in_any_plausible_writing(
    description: str, encoding: str
) -> None:
    body = feed(description, encoding=encoding)
    (entry,) = public_comments.read_feed(body, "https://pcm.example.jp/rss/pcm_list.xml")
    midnight = datetime(2026, 9, 14, 15, tzinfo=UTC)
    assert public_comments.deadline_in(entry.summary) == midnight


@pytest.mark.parametrize(
    ("field", "day"),
    [("2026-08-16T15:00:Z", date(2026, 8, 16)), ("令和8年8月17日", date(2026, 8, 16)), ("unknown", None), ("", None)],
)  # fmt: skip
def test_a_malformed_date_of_the_feed_leaves_the_item(field: str, day: date | None) -> None:
    (entry,) = public_comments.read_feed(feed("x", date_field=field), "https://pcm.example.jp/rss")
    assert (entry.published.at.date() if entry.published else None) == day


@pytest.mark.parametrize(
    "body",
    [
        "<dl><dt>案の名称</dt><dd>花火番号法施行規則案</dd><dt>受付締切日時</dt><dd>2026年9月15日0時0分</dd><dt>根拠法令項</dt><dd>花火番号法第９条</dd></dl>",
        table(*(f"<th>{n}</th><td>{v}</td>" for n, v in (("案 の 名 称", "花火番号法施行規則案"), ("意見・情報受付締切日", "令和８年９月１５日"), ("根拠法令条項", "花火番号法第９条"))), caption=""),
        table(*(f'<th scope="row">{n}</th><td colspan="3">{v}</td>' for n, v in (("案件名", "花火番号法施行規則案"), ("締切日", "2026/09/15"), ("根拠法令", "花火番号法第９条"))), caption=""),
    ],
    ids=["definition list", "other labels", "wide cells"],
)  # fmt: skip
def test_a_detail_page_is_read_in_any_plausible_shape(body: str) -> None:
    page = html(body + '<a href="/pcm/download?seqNo=0000300001">命令案</a>', "utf-8", "utf-8")
    comment = public_comments.read_page(page, "https://pcm.example.jp/servlet/Public?id=1")
    assert (comment.title, comment.law) == ("花火番号法施行規則案", "花火番号法第９条")
    assert comment.deadline is not None
    assert comment.deadline.at == datetime(2026, 9, 14, 15, tzinfo=UTC)
    assert [address for _, address in comment.documents] == [
        "https://pcm.example.jp/pcm/download?seqNo=0000300001"
    ]
