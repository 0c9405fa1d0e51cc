"""Sitemaps: the news extension's titles and days, plain ones whose pages tell their title, indexes."""

from __future__ import annotations

from pathlib import Path

from crawler.spiders.sitemap import entries_of, newest_children
from crawler.xml import parse_xml
from data.clock import to_text
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
    [entry] = entries_of(parse_xml(NEWS.encode(), "https://mihon.example/map.xml"))
    assert (entry.title, entry.url) == ("風車と銀行", "https://mihon.example/1")
    assert entry.published is not None
    assert (to_text(entry.published.at), entry.published.precision) == (
        "2026-11-14T15:00:00Z",
        "day",
    )
    assert entry.updated is not None
    assert to_text(entry.updated.at) == "2026-11-16T00:00:00Z"


def test_an_index_leads_to_its_newest_first() -> None:
    root = parse_xml(INDEX.encode(), "https://mihon.example/index.xml")
    assert newest_children(root) == [
        "https://mihon.example/new.xml",
        "https://mihon.example/old.xml",
    ]


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
