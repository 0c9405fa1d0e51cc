"""What a source changes after its first publication: edits are versions, and what vanishes takes no text away."""

from __future__ import annotations

import json
from pathlib import Path

from tests.crawler.web import BODY, Answer, Place, Web, article, serving

SHELL = "<html><head><title>読込中</title><script src=a.js></script></head><body><div id=app></div></body></html>"
RECORDS = "records: {items: r, title: t, url: u, text: x}\nfetch: title_only"
DAYS = ("2026-11-20T07:00+09:00", "2026-11-21T07:00+09:00", "2026-11-22T07:00+09:00")


def put_list(web: Web, path: str, body: str) -> None:
    web.put(path, body, etag=False, content_type="application/xml")


def atom(host: str, updated: str, note: str = "") -> str:
    return (
        f"<feed xmlns='http://www.w3.org/2005/Atom'><title>x{note}</title><entry><title>題 edited</title>"
        f"<id>x</id><link href='http://{host}/edited'/><updated>{updated}</updated></entry></feed>"
    )


def sitemap(host: str, *names: str, day: str) -> str:
    rows = (f"<url><loc>http://{host}/{one}</loc><lastmod>{day}</lastmod></url>" for one in names)
    return f"<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>{''.join(rows)}</urlset>"


def reply(*items: tuple[str, str, str]) -> str:
    return json.dumps({"r": [{"t": title, "u": url, "x": text} for title, url, text in items]})


def versions(place: Place) -> dict[tuple[str, str], tuple[int, str]]:
    texts = place.texts()
    return {
        (row["source_id"], row["title"]): (row["version"], texts[row["id"]])
        for row in place.documents()
    }


def test_edits_are_versions_and_an_emptied_page_takes_no_text_away(tmp_path: Path) -> None:
    place, web = Place(tmp_path), Web()
    with serving(web) as host:
        names = ("edited", "mapped", "emptied", "page")
        for name in names:
            web.pages[f"/{name}"] = Answer(article(f"題 {name}", BODY).encode(), etag=False)
        put_list(web, "/atom", atom(host, "2026-11-01T00:00:00+09:00"))
        put_list(web, "/map", sitemap(host, "mapped", "emptied", day="2026-11-01"))
        api = [("甲", "/same", "甲の文"), ("乙", "/same", "乙の文"), ("丙", "/3", "丙の文")]
        web.put("/api", reply(*api))
        place.source("feed", host, "/atom")
        place.source("map", host, "/map", "sitemap")
        place.source("api", host, "/api", "api", RECORDS)
        web.put("/api-paged", reply(("丁", "/page", "丁の要約")))
        place.source("paged", host, "/api-paged", "api", RECORDS.partition("\n")[0])
        place.source("page", host, "/page", "page")
        place.configure()
        assert place.crawl("--all", SCOPEWATCH_NOW=DAYS[0])["failed"] == {}
        first = versions(place)
        assert BODY[:20] in first["paged", "丁"][1]
        assert [first["api", one][1] for one in "甲乙丙"] == ["甲の文", "乙の文", "丙の文"]

        put_list(web, "/atom", atom(host, "2026-11-20T12:00:00+09:00"))
        put_list(web, "/map", sitemap(host, "mapped", "emptied", day="2026-11-21"))
        web.put("/api", reply(*api[:2], ("丙", "/3", "丙の文を改める")))
        web.put("/api-paged", reply(("丁", "/page", "丁の要約を改める")))
        web.put("/mapped", article("題 mapped", BODY + "\n末尾に一文を加えた。"), etag=False)
        for name in ("emptied", "page"):
            web.put(f"/{name}", SHELL, etag=False)
        out = place.crawl("--all", SCOPEWATCH_NOW=DAYS[1])
        assert (out["failed"], out["changed"]) == ({"page": "layout_changed"}, 2)
        second = versions(place)
        assert second["api", "丙"] == (2, "丙の文を改める")
        assert second["map", "題 mapped"][0] == 2
        same = {key for key in first if first[key] == second[key]}
        assert same == {*first} - {("api", "丙"), ("map", "題 mapped")}

        put_list(web, "/atom", atom(host, "2026-11-20T12:00:00+09:00", "!"))  # looked at already
        place.crawl("feed", SCOPEWATCH_NOW=DAYS[2])
        assert web.paths().count("/edited") == 2


def test_a_counter_is_no_edit_and_numbers_that_stand_still_are(tmp_path: Path) -> None:
    place, web = Place(tmp_path), Web()
    shown = (
        ("閲覧数：1,204", "期限は11月29日", "更新 31"),
        ("閲覧数：1,377", "期限は11月30日", "更新 32"),
        ("閲覧数：1,401", "期限は12月1日", "更新 33"),
        ("閲覧数：1,402", "期限は12月1日", "更新 34"),
    )
    with serving(web) as host:
        place.source("api", host, "/api", "api", RECORDS)
        place.source("page", host, "/page", "page")
        place.configure()
        told = []
        for day, texts in enumerate(shown):
            web.put("/api", reply(*((f"題{n}", f"/{n}", one) for n, one in enumerate(texts))))
            web.put("/page", article("頁", f"{BODY}\nあなたは{day}人目の訪問者です。"), etag=False)
            place.crawl("--all", SCOPEWATCH_NOW=f"2026-11-2{day}T07:00+09:00")
            told.append([row[0] for _, row in sorted(versions(place).items())])
        assert told == [[1, 1, 1, 1], [1, 2, 2, 2], [1, 2, 2, 2], [1, 3, 2, 2]]
        assert versions(place)["api", "題1"] == (3, "期限は12月1日")


def test_a_list_that_dates_all_pages_of_today_is_not_believed(tmp_path: Path) -> None:
    place, web = Place(tmp_path), Web()
    with serving(web) as host:
        names = [f"p{number}" for number in range(24)]
        for name in names:
            web.pages[f"/{name}"] = Answer(article(f"題 {name}", BODY).encode(), etag=False)
        place.source("map", host, "/map", "sitemap")
        place.source("few", host, "/few", "sitemap")
        place.configure()
        for day in DAYS[:2]:
            put_list(web, "/map", sitemap(host, *names, day=day[:10]))
            put_list(web, "/few", sitemap(host, *names[:5], day=day[:10]))
            web.asked.clear()
            assert place.crawl("--all", SCOPEWATCH_NOW=day)["failed"] == {}
        assert sorted({*web.paths()}) == ["/few", "/map", "/robots.txt"]


def test_an_edited_page_that_is_gone_is_asked_for_once(tmp_path: Path) -> None:
    place, web = Place(tmp_path), Web()
    with serving(web) as host:
        for name in ("edited", "other"):
            web.pages[f"/{name}"] = Answer(article(f"題 {name}", BODY).encode(), etag=False)
        place.source("feed", host, "/atom")
        place.configure()
        put_list(web, "/atom", atom(host, "2026-11-01T00:00:00+09:00"))
        place.crawl("feed", SCOPEWATCH_NOW=DAYS[0])
        web.pages["/edited"] = Answer(b"gone", status=404)
        for day, note in zip(DAYS[1:], "!?", strict=True):
            put_list(web, "/atom", atom(host, "2026-11-20T12:00:00+09:00", note))
            place.crawl("feed", SCOPEWATCH_NOW=day)
        assert web.paths().count("/edited") == 2
        assert [row["version"] for row in place.documents()] == [1]
        assert BODY[:20] in next(iter(place.texts().values()))


def test_a_page_that_never_had_a_text_has_lost_none(tmp_path: Path) -> None:
    place, web = Place(tmp_path), Web()
    with serving(web) as host:
        web.put("/shell", "<html><body><div id=app></div></body></html>", etag=False)
        put_list(web, "/map", sitemap(host, "shell", day="2026-11-01"))
        place.source("map", host, "/map", "sitemap", "recheck_days: 0.5")
        place.configure()
        for day in DAYS[:2]:
            assert place.crawl("--all", SCOPEWATCH_NOW=day)["failed"] == {}
        assert web.paths().count("/shell") == 2
        [run] = place.rows("SELECT extra FROM source_runs ORDER BY id DESC LIMIT 1")
        assert json.loads(run["extra"])["page_failures"] == 0


def test_a_page_keeps_its_identity_wherever_it_leads(tmp_path: Path) -> None:
    place, web = Place(tmp_path), Web()
    with serving(web) as host:
        place.source("page", host, "/now", "page")
        place.configure()
        for number, day in enumerate(DAYS[:2], 1):
            web.put("/now", "", status=302, headers={"Location": f"/v{number}.html"}, etag=False)
            web.put(f"/v{number}.html", article("題", f"{BODY}\n第{number}版である。"))
            assert place.crawl("--all", SCOPEWATCH_NOW=day)["failed"] == {}
        [document] = place.documents()
        assert (document["version"], document["url"]) == (2, f"http://{host}/v2.html")


def test_the_page_of_a_month_that_is_over_may_be_gone(tmp_path: Path) -> None:
    place, web = Place(tmp_path), Web()
    with serving(web) as host:
        web.put("/202612", article("師走", BODY))
        web.put("/map202612", sitemap(host, "202612", day="2026-12-01"), content_type="text/xml")
        place.source("page", host, "/{YYYYMM}", "page")
        place.source("map", host, "/map{YYYYMM}", "sitemap")
        place.configure()
        out = place.crawl("--all", SCOPEWATCH_NOW="2026-12-02T07:00+09:00")
        assert (out["failed"], out["new"]) == ({}, 2)
        assert "/map202611" in web.paths()
        assert place.crawl("--all", SCOPEWATCH_NOW="2027-01-05T07:00+09:00")["failed"] == {}
        out = place.crawl("--all", SCOPEWATCH_NOW="2027-01-20T07:00+09:00")
        assert out["failed"] == dict.fromkeys(("page", "map"), "layout_changed")
