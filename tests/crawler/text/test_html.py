import resource
import time
from dataclasses import dataclass
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from crawler.text import html_guard
from crawler.text.html import read_html
from crawler.text.html_guard import read_page
from crawler.text.layout_tables import without_layout
from data.clock import TOKYO

URL = "https://www.example.jp/news/20260116/a.html"
BODY = "".join(
    f"<p>見本銀行は、マイナンバーカードによる本人確認を{n}月からはじめると発表した。窓口に行く必要はなくなる。</p>"
    for n in range(1, 6)
)
PAGE = f"""<!DOCTYPE html><html lang="ja"><head><meta charset="utf-8"><title>見本銀行、カードで口座開設 | 見本新聞</title>
<meta property="og:title" content="見本銀行、カードで口座開設 - 見本新聞"><meta property="og:site_name" content="見本新聞">
<meta property="og:description" content="架空の要旨。"><meta name="author" content="見本 太郎"><link rel="canonical" href="/news/a">
<script type="application/ld+json">{{"@type":"NewsArticle","datePublished":"2026-01-15T10:30:00+09:00"}}</script></head>
<body><nav><a href="/">トップ</a><a href="/b">経済</a></nav><article><h1>見本銀行、カードで口座開設</h1>{BODY}
<ul><li>対象は普通預金の口座である</li><li>手数料はかからない</li></ul>
<table><tr><th>銀行</th><th>開始する時期</th></tr><tr><td>見本銀行</td><td>令和八年四月</td></tr></table>
<h2>関連記事</h2><p>見本信金も検討している</p></article><footer>無断転載を禁じます</footer></body></html>"""


@dataclass(frozen=True)
class Select:
    title: str | None = None
    text: str | None = None
    date: str | None = None
    byline: str | None = None
    drop: tuple[str, ...] = ()


def test_article_with_its_title_date_byline_lead_and_canonical_url() -> None:
    found = read_html(PAGE, url=URL)
    assert (found.status, found.title, found.byline, found.lead) == (
        "ok",
        "見本銀行、カードで口座開設",
        "見本 太郎",
        "架空の要旨。",
    )
    assert found.canonical_url == "https://www.example.jp/news/a"
    assert found.published is not None
    assert (found.published.at.astimezone(TOKYO).isoformat(), found.published.precision) == (
        "2026-01-15T10:30:00+09:00",
        "time",
    )
    assert "3月からはじめる" in found.text
    for word in ("トップ", "無断転載", "関連記事", "見本信金"):
        assert word not in found.text


def test_tables_and_lists_are_lines() -> None:
    lines = read_html(PAGE, url=URL).text.split("\n")
    assert any("対象は普通預金の口座である" in line for line in lines)
    assert any("見本銀行" in line and "令和八年四月" in line and len(line) < 40 for line in lines)


def test_selectors_of_a_source_decide() -> None:
    page = (
        '<div id="x"><h3 class="t">架空の公表</h3><p class="d">令和8年1月15日</p><div class="b"><p>本文の一段落目である。</p>'
        '<p class="ad">広告である。</p><table><tr><td>項目</td><td>値</td></tr></table><ul><li>一つ目</li><li>二つ目</li></ul>'
        '<script>x()</script></div><span class="w">見本 花子</span></div>'
    )
    select = Select(title=".t", text=".b", date=".d", byline=".w", drop=(".ad",))
    found = read_html(page, url=URL, selectors=select)
    assert (found.title, found.byline) == ("架空の公表", "見本 花子")
    assert found.text == "本文の一段落目である。\n項目 | 値\n一つ目\n二つ目"
    assert found.published is not None
    assert found.published.at.astimezone(TOKYO).date().isoformat() == "2026-01-15"


def test_selector_that_no_longer_fits_falls_back() -> None:
    assert "3月からはじめる" in read_html(PAGE, url=URL, selectors=Select(text=".gone")).text


@pytest.mark.parametrize(
    ("head", "body", "day"),
    [
        ('<meta name="DC.date.issued" content="2026-01-15">', "", "2026-01-15"),
        ("", '<p><time datetime="2026-01-15T09:00:00+09:00">今日</time></p>', "2026-01-15"),
        ("", '<p class="date">更新日：令和8年1月15日</p>', "2026-01-15"),
        ("", "<p>令和８年１月１５日</p>", "2026-01-15"),
        (
            "",
            "<p>平成15年8月25日に稼働した住基ネットについて、架空の団体が見解を公表したと分かった。</p>",
            "2026-01-16",
        ),
    ],
)
def test_dates_in_other_places(head: str, body: str, day: str) -> None:
    found = read_html(
        f"<html><head>{head}<title>架空</title></head><body>{body}{BODY}</body></html>", url=URL
    )
    assert found.published is not None
    assert found.published.at.astimezone(TOKYO).date().isoformat() == day


@pytest.mark.parametrize(
    ("head", "title"),
    [
        ("<title>架空の公表について｜見本省</title>", "架空の公表について"),
        (
            "<title>マイナンバー - 利用の拡大 | 見本新聞デジタル</title>",
            "マイナンバー - 利用の拡大",
        ),
        ("<title>見本省</title><meta property='og:title' content='架空の公表'>", "架空の公表"),
        ("<title>架空\n の公表</title>", "架空 の公表"),
        ("", ""),
    ],
)
def test_titles(head: str, title: str) -> None:
    assert read_html(f"<html><head>{head}</head><body><p>本文</p></body></html>").title == title


def test_states() -> None:
    assert (
        read_page("<html><head><title>架空</title></head><body></body></html>").status
        == "title_only"
    )
    assert read_page("").status == "empty"
    assert read_page("<html><body><script>var x</script></body></html>").status == "empty"


def test_canonical_front_page_is_a_mistake() -> None:
    assert (
        read_html(
            '<link rel="canonical" href="https://www.example.jp/"><p>x</p>', url=URL
        ).canonical_url
        is None
    )


@pytest.mark.parametrize(
    "page",
    ["<html><body><p " + " ".join(f'a{n}="1"' for n in range(250_000)) + ">本文", "<html><body>" + "<div>" * 80_000 + "架空の本文",
     "<html><body><article>" + "架空の本文がここ。<br><br>" * 39_000,
     "<html><body><p>架空の本文" + "<script>" + "<" * 4_000_000],
    ids=["attributes", "depth", "breaks", "script"],
)  # fmt: skip
def test_heavy_pages_end_with_their_words(page: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert html_guard.CPU_SECONDS < html_guard.CLOCK_SECONDS < 20
    monkeypatch.setattr(
        html_guard, "CPU_SECONDS", 2
    )  # what is cut off is cut off as it would be at ten
    used = children_seconds()
    started = time.process_time()
    found = read_page(page, url=URL)
    assert children_seconds() - used < 4
    assert time.process_time() - started < 10
    assert "本文" in found.text


def children_seconds() -> float:
    """Processor time of the ended children: other jobs of a loaded machine do not count."""
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime


def test_the_child_reads_as_the_parent_does() -> None:
    padded = PAGE.replace("</body>", "<!-- " + "x" * 1_100_000 + " --></body>")
    assert read_page(padded, url=URL) == read_html(PAGE, url=URL)
    select = Select(text="article", drop=("h2",))
    assert read_page(padded, url=URL, selectors=select) == read_html(
        PAGE, url=URL, selectors=select
    )


@settings(deadline=None, max_examples=60)
@given(st.text(max_size=200) | st.text(alphabet="<>/!-&;\"'=aptdliHTMLbody 架空。\n", max_size=200))
def test_any_markup_is_read(markup: str) -> None:
    read_page(markup, url=URL)


def test_the_parsers_caches_are_emptied_now_and_then(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crawler.text.html._RESET_EVERY", 1)
    assert (
        "段落"
        in read_html(
            f"<html><body><article><p>{'この段落は長い。' * 40}</p></article></body></html>"
        ).text
    )


def test_a_page_deeper_than_the_parser_goes_keeps_its_words() -> None:
    article = read_page(f"<html><head><title>題</title></head><body>{'<div>' * 3000}深い所の文。")
    assert (article.title, article.status) == ("題", "truncated")
    assert "深い所の文。" in article.text


def test_what_a_frameset_says_without_frames_is_read_without_its_tags() -> None:
    frames = f"<frameset cols='1,2'><frame src='a.html'><noframes>{BODY}</noframes></frameset>"
    article = read_page(f"<html><head><title>枠</title></head>{frames}</html>")
    assert "窓口に行く必要はなくなる。" in article.text
    assert "<" not in article.text


@pytest.mark.parametrize(
    "heading",
    [
        "<h1><a href='/'>見本市公式サイト</a></h1>",
        "<a href='https://www.mihon.example/index.html'><h1>見本市公式サイト</h1></a>",
        "<meta property='og:site_name' content='見本市公式サイト'><h1>見本市公式サイト</h1>",
    ],
)
def test_a_heading_that_names_the_site_is_no_title(heading: str) -> None:
    head = "<head><title>カードの利用について｜見本市公式サイト</title></head>"
    page = f"<html>{head}<body>{heading}<h2>カードの利用について</h2><p>{BODY}</p></body></html>"
    assert read_page(page).title == "カードの利用について"
    linked = page.replace("公式サイト</a>", "の記事</a>").replace("href='/'", "href='/2.html'")
    if linked != page:
        assert read_page(linked).title == "見本市の記事"


def test_a_page_read_without_a_parser_has_its_entities_read() -> None:
    deep = "<div>" * 300 + "A&amp;B&nbsp;の見本です" + "</div>" * 300
    assert read_page(f"<html><body>{deep}</body></html>").text == "A&B の見本です"


def test_a_table_of_layout_is_read_as_blocks_and_one_of_data_as_rows() -> None:
    lines = "<br>".join(f"第{n}回の会議で、委員は利用の範囲を確かめた。" for n in range(12))
    menu = "<td><a href='/'>トップ</a><br><a href='/b'>窓口</a></td>"
    page = f"<table><tr>{menu}<td><b>会議の記録</b><br>令和8年1月5日<br>{lines}</td></tr></table>"
    article = read_page(f"<html><head><title>会議の記録</title></head><body>{page}</body></html>")
    assert "令和8年1月5日" in article.text.split("\n")
    assert "第3回の会議で、委員は利用の範囲を確かめた。" in article.text.split("\n")
    assert article.published is not None
    rows = "".join(f"<tr><th>第{n}号</th><td>{lines}</td></tr>" for n in range(3))
    data = read_page(f"<html><body><h1>別表</h1><table>{rows}</table></body></html>")
    assert sum(line.startswith("| 第") for line in data.text.split("\n")) == 3


def test_many_long_cells_are_judged_in_time() -> None:
    rows = f"<tr><td>{'語' * 210}<br></td></tr>" * 2_500
    page = etree.fromstring(f"<table>{rows}</table>", etree.HTMLParser())
    started = process_time()
    assert without_layout(page) is None
    assert process_time() - started < 5
