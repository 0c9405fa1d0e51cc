"""Sitemaps: the news extension's titles and days, plain ones whose pages tell their title, indexes."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from crawler.text.sitemap import parse_sitemap
from data.clock import to_text
from data.errors import Malformed
from tests.crawler.web import BODY, Place, Web, article, serving

NEWS = (
    '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:n="http://www.google.com/schemas/sitemap-news/0.9"'
    ' xmlns:i="http://www.google.com/schemas/sitemap-image/1.1"><url><loc> https://mihon.example/1 </loc>'
    "<lastmod>2026-11-16T09:00:00+09:00</lastmod><i:image><i:loc>https://mihon.example/i.png</i:loc><i:title>絵の題</i:title></i:image>"
    "<n:news><n:publication><n:name>見本</n:name></n:publication><n:publication_date>2026-11-15</n:publication_date>"
    "<n:title><![CDATA[風車と銀行]]></n:title></n:news></url><url><loc/></url></urlset>"
)
PLAIN = (
    '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url><loc>http://{host}/a.html</loc>'
    "<lastmod>{changed}</lastmod></url></urlset>"
)
INDEX = (
    "<sitemapindex><sitemap><loc>https://mihon.example/old.xml</loc><lastmod>2025-01-01</lastmod></sitemap>"
    "<sitemap><loc>https://mihon.example/new.xml</loc><lastmod>2026-11-01</lastmod></sitemap></sitemapindex>"
)


def test_titles_and_days_are_those_of_the_news_and_not_of_its_images() -> None:
    [entry] = parse_sitemap(NEWS.encode(), url="https://mihon.example/map.xml").entries
    assert (entry.title, entry.url) == ("風車と銀行", "https://mihon.example/1")
    assert entry.published is not None
    assert (to_text(entry.published.at), entry.published.precision) == (
        "2026-11-14T15:00:00Z",
        "day",
    )
    assert entry.updated is not None
    assert to_text(entry.updated.at) == "2026-11-16T00:00:00Z"


def test_an_index_leads_to_its_newest_first() -> None:
    found = parse_sitemap(INDEX.encode(), url="https://mihon.example/index.xml")
    assert found.children == [
        "https://mihon.example/new.xml",
        "https://mihon.example/old.xml",
    ]


@pytest.mark.parametrize(
    "junk", [b"\n", b"\r\n \n", b"\xef\xbb\xbf", b"\xef\xbb\xbf\n", b"\n\xef\xbb\xbf"]
)
@pytest.mark.parametrize("prolog", ["", '<?xml version="1.0" encoding="UTF-8"?>\n'])
def test_what_stands_before_the_prolog_is_passed_over(junk: bytes, prolog: str) -> None:
    [entry] = parse_sitemap(junk + f"{prolog}{NEWS}".encode(), url="https://mihon.example/").entries
    assert entry.title == "風車と銀行"


def test_a_sitemap_in_shift_jis_keeps_its_vendor_signs() -> None:
    body = f'<?xml version="1.0" encoding="Shift_JIS"?>{NEWS}'.replace("風車", "①髙㈱")
    [entry] = parse_sitemap(body.encode("cp932"), url="https://mihon.example/").entries
    assert entry.title == "①髙㈱と銀行"


def test_a_plain_text_names_one_address_on_each_line() -> None:
    body = "\ufeffhttps://mihon.example/1\r\n\r\n https://mihon.example/2 \r\n# 終わり\r\n".encode()
    for sent in (body, gzip.compress(body)):
        found = parse_sitemap(sent, url="https://mihon.example/map.txt")
        assert [e.url for e in found.entries] == [f"https://mihon.example/{n}" for n in (1, 2)]


@pytest.mark.parametrize(
    "body",
    [
        "",
        "ただいま工事中です。\nhttps://mihon.example/\nお待ちください。",
        "<html><body>https://mihon.example/1</body></html>",
        '{"error": "https://mihon.example/1"}',
        '<!DOCTYPE x [<!ENTITY e "https://mihon.example/1">]><urlset><url><loc>&e;</loc></url></urlset>',
    ],
)
def test_what_is_no_sitemap_is_malformed(body: str) -> None:
    with pytest.raises(Malformed, match=r"https://mihon\.example/map"):
        parse_sitemap(body.encode(), url="https://mihon.example/map")


def test_an_address_that_is_not_of_the_web_is_left_out() -> None:
    body = NEWS.replace("https://mihon.example/1", "javascript:alert(1)")
    assert parse_sitemap(body.encode(), url="https://mihon.example/").entries == []


def test_an_index_within_an_index_is_read_and_an_unchanged_one_hides_nothing(
    tmp_path: Path,
) -> None:
    place, web = Place(tmp_path), Web()
    with serving(web) as host:

        def index(path: str) -> str:
            return f"<sitemapindex><sitemap><loc>http://{host}{path}</loc></sitemap></sitemapindex>"

        web.put("/map.xml", "\n" + index("/inner.xml"), content_type="text/xml")
        web.put("/inner.xml", index("/list.txt"), content_type="text/xml")
        web.put("/list.txt", f"http://{host}/a.html\n", content_type="text/plain")
        web.put("/loop.xml", index("/loop.xml"), content_type="text/xml")
        web.put("/a.html", article("風車の題", BODY))
        web.put("/b.html", article("水車の題", BODY))
        place.source("map", host, "/map.xml", "sitemap")
        place.source("loop", host, "/loop.xml", "sitemap")
        place.configure()
        first = place.crawl()
        assert (first["new"], list(first["failed"])) == (1, ["loop"])
        assert web.paths().count("/loop.xml") == 3
        web.put("/list.txt", f"http://{host}/a.html\nhttp://{host}/b.html\n", content_type="text/plain")  # fmt: skip
        assert place.crawl("--all", "map")["new"] == 1
        assert {row["title"] for row in place.documents()} == {"風車の題", "水車の題"}


def test_a_plain_sitemaps_pages_tell_their_titles_and_are_read_again_when_changed(
    tmp_path: Path,
) -> None:
    place, web = Place(tmp_path), Web()
    with serving(web) as host:
        web.put(
            "/map.xml",
            PLAIN.format(host=host, changed="2026-11-16T09:00:00+09:00"),
            content_type="text/xml",
        )
        web.put("/a.html", article("風車の題", BODY))
        place.source("map", host, "/map.xml", "sitemap", "expect: {silence_days: 3650}")
        place.configure()
        assert place.crawl(SCOPEWATCH_NOW="2026-11-16T22:00:00+09:00")["new"] == 1
        [row] = place.documents()
        assert (row["title"], row["published_at"]) == ("風車の題", "2026-11-16T00:00:00Z")
        assert place.crawl("--all", SCOPEWATCH_NOW="2026-11-17T22:00:00+09:00")["new"] == 0
        web.put(
            "/map.xml",
            PLAIN.format(host=host, changed="2026-11-18T09:00:00+09:00"),
            content_type="text/xml",
        )
        web.put("/a.html", article("風車の題", f"{BODY}\n利用を警察に広げる。"))
        assert place.crawl("--all", SCOPEWATCH_NOW="2026-11-18T22:00:00+09:00")["changed"] == 1
        assert web.paths().count("/a.html") == 2
