"""Fetched text is inert in every form of a digest: no markup, no mention, no hidden character, no odd link."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from alerts import inert
from alerts.composing import preview
from alerts.render import render, render_within
from data.store.connection import Store
from data.store.told import ToldDeadline
from data.subscribers import Subscriber
from tests.alerts.world import MONDAY, PLAN, PROMISE, TURN, open_world, tell

NASTY = (
    "<script>alert(1)</script> <!channel> <https://evil.example|click> & *太* _斜_ ~消~ `打`\r\nBcc: all@example.org\r\n\r\n"
    "\u202e逆\u202c \u200bゼロ\u200d幅 😀 [x](javascript:alert(1)) ![y](https://evil.example/p.png) www.evil.example\x00\x1b[31m"
)
LINKS = {
    "https://a.example/x?y=1&z=2#f": "https://a.example/x?y=1&z=2#f",
    "https://a.example/新着?q=番号": "https://a.example/%E6%96%B0%E7%9D%80?q=%E7%95%AA%E5%8F%B7",
    'https://a.example/"><script>': "https://a.example/%22%3E%3Cscript%3E",
    "https://a.example/(x)|y'": "https://a.example/%28x%29%7Cy%27",
    "https://番号.example/": "https://xn--3kq1a98g.example/",
    "http://[2001:db8::1]:80/": "http://[2001:db8::1]:80/",
    "javascript:alert(1)": None,
    "data:text/html,x": None,
    "https://good.example@evil.example/": None,
    "https://a.example/\u202etxt.exe": None,
    "https://a.example/ b": None,
    "https://a.example/\r\nBcc: x": None,
    "https:///nohost": None,
    "https://[broken": None,
    "https://a.example:99999/": None,
    "": None,
    "https://a.example/" + "a" * 3000: None,
}


@pytest.mark.parametrize(("url", "expected"), LINKS.items(), ids=[url[:40] for url in LINKS])
def test_links(url: str, expected: str | None) -> None:
    if expected and "xn--" in expected:
        expected = f"https://{'番号.example'.encode('idna').decode()}/"
    assert inert.link(url) == expected


@given(st.text(), st.integers(min_value=1, max_value=50))
def test_a_line_is_one_visible_line(text: str, longest: int) -> None:
    shown = inert.line(text, longest)
    assert len(shown) <= longest
    assert not {unicodedata.category(c) for c in shown} & {"Cc", "Cf", "Cs", "Zl", "Zp"}
    assert inert.line(shown, longest) == shown


@given(st.text())
@example("0)")
@example("1. 番号")
def test_no_markdown_mark_is_left_unescaped(text: str) -> None:
    bare = re.sub(r"\\.", "", inert.markdown(text))
    assert not set(bare) & set("\\`*_{}[]()<>#+-!|~@:&")
    assert not re.match(r"\d+[.)]", inert.markdown(text))


@given(st.text() | st.from_regex(r"https?://\S{1,60}"))
def test_a_link_is_ascii_and_ends_nowhere(url: str) -> None:
    found = inert.link(url)
    if found is not None:
        assert re.fullmatch(r"https?://[!-~]+", found)
        assert not set(found) & set("<>\"'()|\\ `")


class Tags(HTMLParser):
    """Collects what a browser would see."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.links: list[str] = []
        self.handlers: list[str] = []
        self.visible = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.links += [value or "" for name, value in attrs if name in ("href", "src")]
        self.handlers += [name for name, _ in attrs if name.startswith("on")]

    def handle_data(self, data: str) -> None:
        self.visible += data


@pytest.fixture
def nasty(store: Store) -> Store:
    open_world(store)
    tell(
        store,
        PROMISE,
        replace(
            TURN, text=NASTY + "題" * 2000, title=NASTY + "題" * 2000, actor=NASTY,
            url="https://evil.example/\"><img src=x onerror=alert(1)>",
        ),
        replace(PLAN, url="javascript:alert(1)"),
    )  # fmt: skip
    return store


@pytest.mark.parametrize("language", ["ja", "en", "both"])
def test_html_keeps_only_our_own_tags(nasty: Store, language: str) -> None:
    digest = preview(nasty, Subscriber(name="desk", language=language), MONDAY)
    seen = Tags()
    seen.feed(render(digest, "html", "https://watch.example.org"))
    assert not seen.tags & {"script", "img", "iframe", "form", "object"}
    assert seen.handlers == []
    assert all(link.startswith("https://") for link in seen.links)
    assert "<script>alert(1)</script>" in seen.visible
    assert not re.search("[\u202a-\u202e\u200b-\u200f]", seen.visible)


def test_text_and_markdown_have_no_line_of_the_attackers(nasty: Store) -> None:
    digest = preview(nasty, Subscriber(name="desk"), MONDAY)
    for form in ("text", "markdown"):
        text = render(digest, form, None)  # type: ignore[arg-type]
        assert not re.search(r"^\s*Bcc:", text, flags=re.M)
        assert "javascript:" not in text.replace("javascript\\:", "") or form == "text"
        assert "\x1b" not in text
        assert max(len(line) for line in text.splitlines()) < 2600
    markdown = render(digest, "markdown", None)
    assert "](javascript:" not in markdown
    assert "<script>" not in re.sub(r"\\.", "", markdown)


def test_html_fits_under_the_clip_of_mail_readers(store: Store) -> None:
    open_world(store, failing=3)
    tell(
        store,
        *(
            replace(
                PLAN, name=f"n{number}", text=f"{number}番の" + "長い文言" * 200, title="題" * 300
            )
            for number in range(5)
        ),
    )
    digest = preview(store, Subscriber(name="desk", language="both"), MONDAY)
    many = replace(
        digest,
        changes=tuple(
            replace(digest.changes[0], event=replace(digest.changes[0].event, id=f"e{n}"))
            for n in range(300)
        ),
    )
    text = render_within(many, "html", "https://watch.example.org", 90_000)
    assert 60_000 < len(text.encode()) <= 90_000
    assert re.search(r"ほか\d+件", text)


def test_a_day_of_long_comparisons_and_dates_fits_too(store: Store) -> None:
    """With quotations and addresses at their longest; it must neither raise nor push the changes out."""
    open_world(store, failing=3)
    tell(store, PROMISE, replace(TURN, system="driving_licence"), PLAN)
    digest = preview(store, Subscriber(name="desk", language="both"), MONDAY)
    [compared] = digest.comparisons
    url, long = "https://e.example/" + "a" * 1900, "長い文言" * 200
    promised, later = (
        replace(said, text=long, actor="甲" * 90, url=url)
        for said in (compared.promised, compared.later)
    )
    date_ahead = ToldDeadline(
        id="d", title_ja="題" * 200, title_en="t" * 200, due=date(2026, 11, 20), url=url, use_case_id=None
    )  # fmt: skip
    large = replace(
        digest,
        comparisons=(replace(compared, promised=promised, later=later),) * 12,
        deadlines=(date_ahead,) * 30,
    )
    text = render_within(large, "html", "https://watch.example.org", 90_000)
    assert len(text.encode()) <= 90_000
    assert text.count(PLAN.text) == 2, "the change is told, in both languages"
    japanese = text[: text.index('<div lang="en"')]
    shown = japanese.count("運転免許証×番号：使わないとの約束")
    dates = japanese.count("2026年11月20日（金）まで")
    assert f">ほか{12 - shown}件<" in japanese
    assert f">ほか{30 - dates}件<" in japanese
    assert min(shown, dates) >= 1
    tiny = render_within(large, "html", None, 12_000)
    assert re.search(r"ほか\d+件", tiny)
