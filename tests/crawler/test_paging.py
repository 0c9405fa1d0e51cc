"""Where a list of several pages ends."""

from __future__ import annotations

import json
from pathlib import Path

from tests.crawler.web import Place, Web, serving

LINKS = ("#", "javascript:void(0)", "http://[bad", "mailto:a@mihon.example", "")
SELECT = "fetch: title_only\nselect: {item: li, date: span}\npaging: "


def page(number: int, link: str = "") -> str:
    return (
        f"<html><meta charset='utf-8'><ul><li><span>令和8年11月{number}日</span><a href='/{number}.html'>"
        f"第{number}号の公表</a></li></ul><a class='next' href='{link}'>次へ</a></html>"
    )


def test_a_list_ends_where_its_pages_do(tmp_path: Path) -> None:
    place, web = Place(tmp_path), Web()
    with serving(web) as host:
        for number, link in enumerate(LINKS, 1):
            web.put(f"/next{number}", page(number, link))
            place.source(f"next{number}", host, f"/next{number}", "listing", SELECT + "{next: a.next, limit: 4}")  # fmt: skip
        counted = f"{{url: 'http://{host}/%s?p={{n}}', limit: 4}}"
        web.put("/gone", page(7))
        web.put("/empty", page(8))
        web.put("/empty?p=2", "<html><p>該当する頁はありません。</p></html>")
        web.put("/broken", page(9))
        web.put("/broken?p=2", "busy", status=500)
        for name in ("gone", "empty", "broken"):
            place.source(name, host, f"/{name}", "listing", SELECT + counted % name)
        web.put("/changed", "<html><p>新しい頁です。</p></html>")
        place.source("changed", host, "/changed", "listing", SELECT + counted % "changed")
        web.put("/based", page(10, "more.html").replace("<html>", "<html><base href='/below/'>"))
        web.put("/below/more.html", page(11))
        place.source("based", host, "/based", "listing", SELECT + "{next: a.next}")
        for path in ("/same", "/same?p=2", "/same?p=3"):
            web.put(path, page(12))
        place.source("same", host, "/same", "listing", SELECT + counted % "same")
        rows = json.dumps({"found": [{"t": "十三", "u": f"http://{host}/13.html"}], "after": "2"})
        for path in ("/back", "/back?c=2"):
            web.put(path, rows.replace('"2"', f'"{3 if "=" in path else 2}"'))
        fields = "{items: found, title: t, url: u, next: after, next_parameter: c}"
        place.source("back", host, "/back", "api", f"fetch: title_only\nrecords: {fields}")
        web.put("/hub", "<html><a class='next' href='javascript:void(0)'>一覧</a></html>")
        place.source(
            "single", host, "/gone", "page", "fetch: title_only\nselect: {item: li, date: span}"
        )
        place.source("hub", host, "/hub", "listing", "select: {item: li}\nhub: a.next")
        place.configure()
        failed = place.crawl("--all")["failed"]
        assert failed == {
            "broken": "unreachable",
            "changed": "layout_changed",
            "hub": "layout_changed",
        }
        assert len(place.documents()) == len(LINKS) + 8
        assert [web.paths().count(path) for path in ("/same?p=2", "/same?p=3")] == [1, 0]
        assert [web.paths().count(path) for path in ("/back?c=2", "/back?c=3")] == [1, 0]
        assert all(web.paths().count(f"/next{n}") == 1 for n in range(1, len(LINKS) + 1))
