"""The guess at an unknown page's list: by invented shapes, and by the recorded pages of six ministries."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from parsel import Selector

from crawler.draft import as_template
from crawler.list_guess import guess_lists, next_page
from crawler.text.listing import parse_listing
from data.clock import tokyo

NEAR = datetime(2026, 11, 30, tzinfo=UTC)
FOOT = "<ul>" + "".join(f"<li><a href='/f{n}'>規約{n}</a></li>" for n in range(12)) + "</ul>"
CARDS = "".join(
    f"<div class=card><a href='/{n}'><span class=d>2026.11.{n}</span><h3>見出し{n}</h3></a></div>"
    for n in range(10, 14)
)
BARE = "".join(f"<li><time>11.{n}</time><a href='/{n}'>見出し{n}</a></li>" for n in range(10, 14))
BELOW = "".join(
    f"<h3>11月{n}日</h3><ul><li><a href='/{n}'>見出し{n}</a></li><li><a href='/{n}b'>別の件{n}</a></li></ul>"
    for n in (13, 12)
)
NOTED = "".join(
    f"<dl class=l><!-- dt>平成38年11月{n}日</dt --><dd><a href='/{n}'>見出し{n}</a></dd></dl>"
    for n in range(10, 14)
)


@pytest.mark.parametrize(
    ("page", "count", "first"),
    [
        (f"<main>{CARDS}</main>", 4, ("見出し10", "2026-11-10")),
        (f"<ul class=l>{BARE}</ul>", 4, ("見出し10", "2026-11-10")),
        (f"<main><h2>令和7年</h2>{BELOW}</main>", 4, ("見出し13", "2025-11-13")),
        (f"<main>{NOTED}</main>", 4, ("見出し10", "2026-11-10")),
    ],
    ids=["date and title in one link", "bare numbers", "below dates", "in comments"],
)
def test_a_list_is_found_without_the_links_around_it(
    page: str, count: int, first: tuple[str, str]
) -> None:
    whole = f"<html><body>{page}<footer>{FOOT}</footer></body></html>"
    select = guess_lists(Selector(text=whole, type="html"))[0]
    entries = parse_listing(whole.encode(), select, url="https://mihon.example/", near=NEAR)
    assert len(entries) == count
    assert entries[0].published is not None
    assert (entries[0].title, tokyo(entries[0].published.at).date().isoformat()) == first


def test_a_page_of_links_alone_has_no_list_and_a_marked_next_page_is_named() -> None:
    page = Selector(text=f"<body>{FOOT}<p class=next><a href='/2'>次へ</a></p></body>", type="html")
    assert guess_lists(page) == []
    assert next_page(page) == "p.next a"


def test_an_address_of_this_month_is_one_of_any_month(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCOPEWATCH_NOW", "2026-11-30T12:00:00+09:00")
    assert [as_template(f"https://a.example/{path}") for path in ("n/202611.html", "2026/11/", "r8/", "20261130.html", "no2026110")] == [
        f"https://a.example/{path}" for path in ("n/{YYYYMM}.html", "{YYYY}/{MM}/", "r{REIWA}/", "20261130.html", "no2026110")
    ]  # fmt: skip


@pytest.mark.shared
@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("kasumigaseki_lens/maff.html", 46),
        ("kasumigaseki_lens/env.html", 83),
        ("kasumigaseki_lens/meti.html", 20),
        ("kasumigaseki_lens/mofa.html", 121),
        ("kasumigaseki_lens/pages/moj/0.html", 28),
        ("gov_online/gov_online_fixture_0.html", 20),
    ],
)
def test_the_guess_finds_all_of_a_recorded_list(name: str, count: int, shared_data: Path) -> None:
    body = (shared_data / "ministry_feeds" / name).read_bytes()
    near = datetime(2026, 8, 20, tzinfo=UTC)
    found = [
        parse_listing(body, select, url="https://mihon.example/", near=near)
        for select in guess_lists(Selector(text=body.decode(), type="html"))[:1]
    ]
    assert [len(entries) for entries in found] == [count]
    assert all(entry.published and entry.url for entry in found[0])
