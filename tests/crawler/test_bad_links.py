"""Items whose links, redirects or letters no request and no database can take: they harm no other item."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.crawler.web import BODY, Answer, Place, Web, article, rss, serving

PAGES = {
    "/port": Answer(status=302, headers={"Location": "http://1.1.1.1:99999/"}, etag=False),
    "/half": Answer(status=302, headers={"Location": "http://[bad/"}, etag=False),
    "/script": Answer(b'<meta http-equiv="refresh" content="0;url=javascript:x"><p>x'),
    "/gzip": Answer(b"\x1f\x8bgarbage", headers={"Content-Encoding": "gzip"}, etag=False),
    "/unasked": Answer(status=304, etag=False),
}
LOCS = ("/1", "javascript:1", "http://www.example.jp:99999/", "/2")
JSON_FEED = {
    "version": "https://jsonfeed.org/version/1",
    "items": [
        {"id": "1", "title": "一\ud800つ"},
        {"id": "2", "title": "二", "url": "https://www.example.jp/\ud800", "summary": "\udfff"},
        {"id": "\ud800", "title": "三", "date_published": "2026-11-16\ud800"},
    ],
}
RECORDS = {"found": [{"t": "一\ud800つ", "u": "http://1.1.1.1:99999/"}, {"t": "二", "u": "\ud800"}]}


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Place, dict[str, Any]]]:
    place, web = Place(tmp_path_factory.mktemp("links")), Web()
    with serving(web) as host:
        web.pages.update(PAGES)
        for path in ("/1", "/2"):
            web.put(path, article(f"題{path}", BODY))
        feed = rss(host, [(path, f"題{path}") for path in ("/1", *PAGES, "/2")])
        bad = "<item><title>外</title><link>http://1.1.1.1:99999/</link></item>"
        web.put("/feed.xml", feed.replace("<item>", f"{bad}<item>", 1), content_type="text/xml")
        urls = "".join(f"<url><loc>{loc}</loc></url>" for loc in LOCS)
        web.put("/map.xml", f"<urlset>{urls}</urlset>", content_type="text/xml")
        web.put("/feed.json", json.dumps(JSON_FEED), content_type="application/json")
        web.put("/api.json", json.dumps(RECORDS), content_type="application/json")
        place.source("feed", host, "/feed.xml")
        place.source("map", host, "/map.xml", "sitemap")
        place.source("json", host, "/feed.json", more="fetch: title_only")
        fields = "records: {format: json, items: found, title: t, url: u}"
        place.source("api", host, "/api.json", "api", fields)
        said = {
            "error": "\ud800\x1b[2J\n壊れた",
            "found": [],
        }  # half a pair took all sources' process along
        web.put("/error.json", json.dumps(said), content_type="application/json")
        fields = "records: {format: json, items: found, title: t, url: u, error: error}"
        place.source("error", host, "/error.json", "api", fields)
        place.configure()
        yield place, place.crawl()


def _titles(place: Place, source: str) -> dict[str, str]:
    return {row["title"]: row["status"] for row in place.documents() if row["source_id"] == source}


def test_bad_items_take_no_other_along(crawled: tuple[Place, dict[str, Any]]) -> None:
    place, summary = crawled
    assert "Traceback" not in summary["stderr"]
    assert _titles(place, "feed") == {
        "題/1": "ok",
        "題/2": "ok",
        "外": "title_only",
        **{f"題{path}": "title_only" for path in PAGES},
    }
    issues = place.rows("SELECT url, detail FROM issues WHERE source_id = 'feed'")
    assert {row["url"].rpartition("/")[2] for row in issues} == {path[1:] for path in PAGES}
    assert any("Port out of range" in row["detail"] for row in issues)
    assert _titles(place, "map") == {"題/1": "ok", "題/2": "ok"}


def test_half_a_surrogate_pair_is_stored_as_a_replacement(
    crawled: tuple[Place, dict[str, Any]],
) -> None:
    place, _ = crawled
    assert _titles(place, "json") == dict.fromkeys(["一\ufffdつ", "二", "三"], "title_only")
    assert _titles(place, "api") == dict.fromkeys(["一\ufffdつ", "二"], "title_only")
    [link] = place.rows("SELECT url FROM documents WHERE source_id = 'json' AND title = '二'")
    assert link["url"] == "https://www.example.jp/\ufffd"
    assert {place.health(name)["state"] for name in ("json", "api")} == {"ok"}


def test_what_a_server_says_of_its_error_commands_no_terminal_and_stops_no_process(
    crawled: tuple[Place, dict[str, Any]],
) -> None:
    place, summary = crawled
    health = place.health("error")
    assert health["state"] == "malformed"
    assert health["detail"].endswith("the API says \\ud800\\x1b[2J 壊れた")
    assert summary["failed"] == {"error": "malformed"}
    told = [json.loads(line)["event"] for line in summary["stderr"].splitlines()]
    assert sorted(told) == ["crawl", *["done"] * 5]
    assert "\x1b" not in summary["stderr"]
