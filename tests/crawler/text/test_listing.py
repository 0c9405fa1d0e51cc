from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.text.listing import parse_listing
from data.clock import TOKYO
from data.errors import LayoutChanged, Malformed
from data.models import Entry

URL = "https://www.example.go.jp/press/index.html"
NEAR = datetime(2026, 1, 20, 9, tzinfo=TOKYO)


@dataclass(frozen=True)
class Select:
    item: str
    link: str = "a"
    title: str | None = None
    date: str | None = None
    summary: str | None = None
    outlet: str | None = None
    date_attribute: str | None = None
    date_in: Literal["element", "title", "url", "comment", "heading"] = "element"
    heading: str | None = None
    dated: bool = False


def rows(entries: list[Entry]) -> list[tuple[str, str | None, str | None]]:
    return [
        (
            entry.title,
            entry.url,
            entry.published.at.astimezone(TOKYO).date().isoformat() if entry.published else None,
        )
        for entry in entries
    ]


def parse(html: str, select: Select) -> list[tuple[str, str | None, str | None]]:
    return rows(parse_listing(html.encode(), select, url=URL, near=NEAR))


X = "https://www.example.go.jp/x.html"


@pytest.mark.parametrize(
    ("html", "select"),
    [
        ('<h2>令和8年</h2><dl><dt>1月15日付</dt><dd><ul class="l"><li><a href="/x.html">架空</a></li></ul></dd></dl>',
         Select("ul.l li", heading="h2, dt", date_in="heading")),
        ('<dl><dt>2026年01月15日</dt><dd><a href="/x.html">架空</a></dd></dl>', Select("dl dd", heading="dt", date_in="heading")),
        ('<h2>令和8年1月分</h2><p class="d">15日</p><ul><li><a href="/x.html">架空</a></li></ul>',
         Select("ul li", heading="h2, p.d", date_in="heading")),
        ('<h2>令和８年</h2><ul><li><span>1月15日</span><a href="../x.html">架空</a></li></ul>', Select("ul li", heading="h2", date="span")),
        ('<dl class="d"><!-- dt>平成38年1月15日</dt --><dd><a href="/x.html">架空</a></dd><dl class="d"><dd></dd></dl>',
         Select("dl.d dd", date_in="comment")),
        ('<ul><li><p>2026年1月15日</p><a href="/x.html">架空</a></li></ul>', Select("ul li", date="p")),
        ('<ul><li><p>【1.15】</p><a href="/x.html">架空</a></li></ul>', Select("ul li", date="p")),
        ('<h2>令和8年</h2><ul><li><p>1・15 UP</p><a href="/x.html">架空</a></li></ul>', Select("ul li", heading="h2", date="p")),
        ('<dl><dt>26.1.15</dt><dd><a href="/x.html">架空</a></dd></dl>', Select("dl dd", heading="dt", date_in="heading")),
        ('<ul><li><a href="/x.html">【1/15】架空</a></li></ul>', Select("ul li", date_in="title")),
        ('<ul><li><time datetime="2026-01-15">令和八年</time><a href="/x.html"><span>架\n空</span></a></li></ul>'.replace("\n", ""),
         Select("ul li")),
        ('<table><tr><th>見出し</th></tr><tr><th>令和8年1月15日</th><td><a href="/x.html">架空</a></td></tr></table>',
         Select("table tr:has(a)", date="th")),
        ('<ul><li><a href="/x.html">架空</a>（令和８年１月１５日）</li></ul>', Select("ul li")),
        ('<ul><li><a href="/x.html">(令和8年1月15日)架空</a></li></ul>', Select("ul li", date_in="title")),
        ('<p><a href="/x.html">架空 2026年1月15日</a></p>', Select("p a", date_in="title")),
        ('<p><a class="n" href="/x.html">架空</a> 1/15（木）</p>', Select("p", link="a.n")),
        ('<base href="https://www.example.go.jp/"><p class="i"><a href="x.html">架空</a>2026.1.15</p>', Select("p.i")),
    ],
)  # fmt: skip
def test_shapes(html: str, select: Select) -> None:
    assert parse(html, select) == [("架空", X, "2026-01-15")]


@pytest.mark.parametrize("date", [None, "td:first-child"])
def test_a_day_that_spans_the_rows_of_its_news_is_the_day_of_each(date: str | None) -> None:
    html = (
        '<table><tr><td rowspan="2">2026年1月15日</td><td><a href="/x.html">架空</a></td></tr>'
        '<tr><td><a href="/x.html">架空（2026年1月20日まで）</a></td></tr>'
        '<tr><td>2026年1月14日</td><td><a href="/x.html">別</a></td></tr></table>'
    )
    days = [day for _, _, day in parse(html, Select("tr", title="a", date=date))]
    assert days == ["2026-01-15", "2026-01-15", "2026-01-14"]


def test_date_in_url_and_item_that_is_the_link() -> None:
    html = '<a class="t" href="/20260115/20260115h01600/f.html">本紙</a><a class="t" href="/n-20260116_1.html">x</a>'
    found = parse(html, Select("a.t", link="a.t", date_in="url"))
    assert [row[2] for row in found] == ["2026-01-15", "2026-01-16"]


def test_year_turns_between_headings() -> None:
    html = (
        "<h2>令和8年</h2><dl><dt>1月5日</dt><dd><a href='/a'>甲</a></dd></dl>"
        "<h2>令和7年</h2><dl><dt>12月28日</dt><dd><a href='/b'>乙</a></dd><dd><a href='/c'>丙</a></dd></dl>"
    )
    found = parse(html, Select("dl dd", heading="h2, dt", date_in="heading"))
    assert [row[2] for row in found] == ["2026-01-05", "2025-12-28", "2025-12-28"]


def test_shift_jis_table_summary_outlet_and_image_link() -> None:
    html = '<meta charset="shift_jis"><table><tr><td class="o">見本省</td><td class="s">①要旨</td><td><a href="./k.htm"><img alt="架空法案" src="x"></a></td></tr></table>'
    (entry,) = parse_listing(html.encode("cp932"), Select("tr", outlet=".o", summary=".s"), url=URL)
    assert (entry.title, entry.outlet, entry.summary, entry.published) == (
        "架空法案",
        "見本省",
        "①要旨",
        None,
    )


@pytest.mark.parametrize(
    "html", ["<p>メンテナンス中です</p>", "<ul class='n'><li></li></ul>", "sorry"]
)
def test_nothing_matched_is_a_changed_layout(html: str) -> None:
    with pytest.raises(LayoutChanged, match=r"the item selector 'ul\.n li' matches nothing"):
        parse(html, Select("ul.n li"))


@pytest.mark.parametrize(("body", "why"), [
    (b"", "is empty"), (b"%PDF-1.4", "is a PDF"), (b'{"a":1}', "is JSON"), (b"\x00\x00\x01", "binary data"),
    (b"<html>" + b"<p>" * 400_000, "too large"),
])  # fmt: skip
def test_what_is_no_page_is_malformed(body: bytes, why: str) -> None:
    with pytest.raises(Malformed, match=why):
        parse_listing(body, Select("li"), url=URL)


@given(
    st.binary(max_size=300)
    | st.text(alphabet="<>/ ulia href=\"'h2dt1月日年", max_size=200).map(str.encode)
)
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    try:
        parse_listing(body, Select("li, a", heading="h2, dt"), url=URL, near=NEAR)
    except (Malformed, LayoutChanged):
        return


SHARED = Path(__file__).parents[4] / "shared" / "data" / "ministry_feeds"
READ = datetime(2026, 8, 20, 12, tzinfo=TOKYO)

# Counts are those of the raw start tags in the recordings.
RECORDED = [
    (
        "kasumigaseki_lens/meti.html",
        Select("li.clearfix:has(a.cut_txt)", date="p"),
        20,
        "2026-08-17",
    ),
    (
        "kasumigaseki_lens/mofa.html",
        Select("ul.link-list li", heading="dt.list-title", date_in="heading"),
        121,
        "2026-08-19",
    ),
    (
        "kasumigaseki_lens/maff.html",
        Select("dl.list_item dd", heading="h2, p.list_item_date", date_in="heading"),
        46,
        "2026-08-19",
    ),
    (
        "kasumigaseki_lens/pages/moj/0.html",
        Select("dl.dlst02 dd", date_in="comment"),
        28,
        "2026-08-07",
    ),
    (
        "kasumigaseki_lens/env.html",
        Select("li.c-news-link__item", heading=".p-press-release-list__heading", date_in="heading"),
        83,
        "2026-08-19",
    ),
    (
        "gov_online/gov_online_fixture_0.html",
        Select("li.p-newsList__item", outlet=".p-newsList__categoryLabel"),
        20,
        "2025-05-23",
    ),
    (
        "gov_online/gov_online_fixture_1.html",
        Select("li.p-newsList__item", outlet=".p-newsList__categoryLabel"),
        20,
        "2025-05-22",
    ),
]


@pytest.mark.shared
@pytest.mark.skipif(not SHARED.is_dir(), reason="../shared/data is not there")
@pytest.mark.parametrize(("name", "select", "count", "newest"), RECORDED)
def test_recorded_lists(name: str, select: Select, count: int, newest: str) -> None:
    entries = parse_listing(
        (SHARED / name).read_bytes(), select, url="https://www.example.go.jp/x/", near=READ
    )
    found = rows(entries)
    assert len(found) == count
    assert all(title and url and day for title, url, day in found)
    assert max(day or "" for _, _, day in found) == newest
