import base64
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.identity import (
    canonical_url,
    document_id,
    document_ids,
    is_positional,
    shared_links_of,
)
from crawler.redirectors import is_aggregator, unwrap
from crawler.titles import sound_entry
from data.models import Entry, Moment


def google(url: str) -> str:
    code = b"\x08\x13\x22" + bytes((len(url),)) + url.encode() + b"\xd2\x01\x00"
    return (
        "https://news.google.com/rss/articles/"
        + base64.urlsafe_b64encode(code).decode().rstrip("=")
        + "?oc=5"
    )


def test_a_link_that_is_no_web_address_is_none() -> None:
    for url, kept in (("javascript:alert(1)", None), ("data:text/html,x", None), ("HTTPS://a.example/", "HTTPS://a.example/")):  # fmt: skip
        assert sound_entry(Entry(title="題", url=url)).url == kept


@pytest.mark.parametrize(
    ("url", "canonical"),
    [
        ("http://www.example.go.jp/index.html", "https://www.example.go.jp/"),
        ("HTTP://WWW.Example.go.jp:80", "https://www.example.go.jp/"),
        ("https://example.jp:443/a/./b/../c", "https://example.jp/a/c"),
        ("http://127.0.0.1:8000/a", "http://127.0.0.1:8000/a"),
        ("https://example.jp/a?utm_source=x&id=3&fbclid=y", "https://example.jp/a?id=3"),
        ("https://example.jp/a?gad_source=1&id=3&amp;PHPSESSID=4&ns_mchannel=rss&cmp=rss", "https://example.jp/a?id=3"),
        ("https://example.jp/a/index.cfm?cmp=3", "https://example.jp/a/?cmp=3"),
        ("https://www.example.com/articles/A.html?ref=rss", "https://www.example.com/articles/A.html"),
        ("https://example.jp/articles/0?source=rss", "https://example.jp/articles/0"),
        ("https://example.jp/list?source=soumu&ref=3", "https://example.jp/list?source=soumu&ref=3"),
        ("https://example.jp/a#b", "https://example.jp/a"),
        ("https://example.jp/#/detail?minId=1", "https://example.jp/#/detail?minId=1"),
        ("https://example.jp/%7efoo/%e3%81%82", "https://example.jp/~foo/%E3%81%82"),
        ("https://example.jp/あ", "https://example.jp/%E3%81%82"),
        ("https://bücher.example.jp/", "https://xn--bcher-kva.example.jp/"),
        ("https://example.jp/a;jsessionid=ABC?x=", "https://example.jp/a?x="),
        ("https://example.jp/servlet/P?C=D&id=9&Mode=0", "https://example.jp/servlet/P?C=D&id=9&Mode=0"),
        ("  https://example.jp/a\n", "https://example.jp/a"),
        ("mailto:a@example.jp", "mailto:a@example.jp"),
        ("", ""),
        ("http://www.bing.com/news/apiclick.aspx?ref=FexRss&url=https%3a%2f%2fexample.jp%2fa&c=1", "https://example.jp/a"),
        ("https://go.theregister.com/feed/www.example.com/2026/01/15/x/", "https://www.example.com/2026/01/15/x/"),
        ("https://www.google.com/url?q=http://example.jp/index.html&sa=D", "https://example.jp/"),
        (google("https://example.jp/news/1"), "https://example.jp/news/1"),
        ("https://www.bing.com/ck/a?!&&p=1f&u=a1aHR0cHM6Ly9leGFtcGxlLmpwL25ld3MvMQ&ntb=1", "https://example.jp/news/1"),
        ("https://www.bing.com/ck/a?!&&p=1f&u=a1bm90aGluZw&ntb=1", "https://www.bing.com/ck/a?!&p=1f&u=a1bm90aGluZw&ntb=1"),
        ("https://news.google.com/rss/articles/CBMiXXXX?oc=5", "https://news.google.com/rss/articles/CBMiXXXX"),
    ],
)  # fmt: skip
def test_canonical_url(url: str, canonical: str) -> None:
    assert canonical_url(url) == canonical


def test_fragments_are_kept_when_asked() -> None:
    assert (
        canonical_url("http://example.jp/rolling#n3", keep_fragment=True)
        == "https://example.jp/rolling#n3"
    )


URLS = st.text(max_size=60) | st.text(alphabet="htps:/.?&=#%aA1é日;[]@-_~:\\ ", max_size=60).map(
    lambda rest: "https://example.jp/" + rest
)


@given(URLS, st.booleans())
def test_canonical_url_is_total_and_idempotent(url: str, keep: bool) -> None:
    once = canonical_url(url, keep_fragment=keep)
    assert canonical_url(once, keep_fragment=keep) == once


@given(URLS, st.integers(1, 4))
def test_nested_redirectors_end(url: str, depth: int) -> None:
    for _ in range(depth):
        url = "https://www.google.com/url?q=" + url
    unwrap(url)


@pytest.mark.parametrize("inner", ["javascript:alert(1)", "http%3A%2F%2F%5Bbad", "http%3A%2F%2F"])
def test_a_redirector_to_no_address_stays(inner: str) -> None:
    url = f"https://www.bing.com/news/apiclick.aspx?url={inner}"
    assert unwrap(url) == url


def test_google_has_several_redirectors() -> None:
    page = "https://example.jp/a?x=1"
    code = base64.urlsafe_b64encode(b"\x08\x13\x22\x18" + page.encode()).decode().rstrip("=")
    for path in ("rss/articles", "articles", "read"):
        assert unwrap(f"https://news.google.com/{path}/{code}?oc=5") == page
    assert unwrap("https://google.com/url?q=https%3A%2F%2Fexample.jp%2Fa%3Fx%3D1") == page


@pytest.mark.parametrize("host", ["google.com", "go.theregister.com", "www.mihon.example"])
def test_only_bing_has_the_path_of_bings_redirector(host: str) -> None:
    page = "https://example.jp/a?x=1"
    rest = f"/ck/a?u=a1{base64.urlsafe_b64encode(page.encode()).decode().rstrip('=')}"
    assert unwrap(f"https://www.bing.com{rest}") == page
    assert unwrap(f"https://{host}{rest}") == f"https://{host}{rest}"


def test_aggregators_are_known() -> None:
    assert is_aggregator("https://news.google.com/rss/articles/CBMiXXXX")
    assert not is_aggregator("https://example.jp/")


def entry(
    title: str = "架空の公表", url: str | None = "https://example.jp/a", guid: str | None = None
) -> Entry:
    published = Moment(at=datetime(2026, 1, 15, tzinfo=UTC), precision="day", raw="2026-01-15")
    return Entry(title=title, url=url, id=guid, published=published)


@pytest.mark.parametrize("guid", ["item_1", "item-25", "3", "entry 4", "No:12"])
def test_positional_guids_never_count(guid: str) -> None:
    assert is_positional(guid)
    assert document_id("kantei", entry(guid=guid)) == document_id("kantei", entry())
    assert document_id("kantei", entry("甲", None, guid)) != document_id(
        "kantei", entry("乙", None, guid)
    )


def test_title_edit_and_tracking_keep_the_id() -> None:
    edited = entry("架空の公表（訂正）", "http://example.jp/a?utm_source=rss")
    assert document_id("soumu", edited) == document_id("soumu", entry())
    assert document_id("mof", entry()) != document_id("soumu", entry())


def test_uuid_guid_separates_news_on_one_page() -> None:
    one = entry(
        "甲の調達", "https://example.jp/procurement", "00000000-0000-4000-8000-000000000001"
    )
    two = entry(
        "乙の調達", "https://example.jp/procurement", "00000000-0000-4000-8000-000000000002"
    )
    assert document_id("digital", one) != document_id("digital", two)


def test_one_link_with_several_titles_is_several_documents() -> None:
    entries = [entry("甲", "/x"), entry("乙", "/x"), entry("丙", "/y")]
    ids = document_ids("mod", entries)
    assert len(set(ids)) == 3
    known = shared_links_of(entries)
    assert document_ids("mod", entries[:1], shared_links=known) == ids[:1]
    assert (
        document_ids("mod", [entry("甲", "/x"), entry("甲", "/x")])
        == [document_id("mod", entry("甲", "/x"))] * 2
    )


def test_a_guid_that_a_generator_writes_for_all_identifies_none() -> None:
    guid = "urn:uuid:00000000-0000-0000-0000-000000000000"
    entries = [Entry(title=f"題 {n}", url=f"https://example.jp/{n}", id=guid) for n in range(3)]
    assert len(set(document_ids("s", entries))) == 3
    twice = [entries[0], replace(entries[0], url="https://example.jp/0?utm_source=x")]
    assert len(set(document_ids("s", twice))) == 1
    listed_twice = [entries[0], replace(entries[0], url="https://example.jp/mobile/0")]
    alone = document_ids("s", entries[:1])
    assert document_ids("s", listed_twice) == alone * 2


def test_rules_of_a_source() -> None:
    edited = entry("訂正")
    assert document_id("a", edited, rule="link_title") != document_id(
        "a", entry(), rule="link_title"
    )
    assert document_id("a", entry(guid="x9"), rule="guid") != document_id(
        "a", entry(guid="y9"), rule="guid"
    )
    assert document_id("a", entry(guid="x9"), rule="link") == document_id("a", entry(), rule="link")


@given(st.text(), st.none() | st.text(), st.none() | st.text())
def test_any_entry_has_an_id(title: str, url: str | None, guid: str | None) -> None:
    found = document_id("s", Entry(title=title, url=url, id=guid))
    assert len(found) == 20
    assert int(found, 16) >= 0
