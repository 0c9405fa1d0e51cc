"""Crawls as a user runs them: once and again, changed pages, every kind of source, kills, hangs."""

from __future__ import annotations

import json
import os
import random
import resource
import signal
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import trustme
from warcio.archiveiterator import ArchiveIterator

from crawler import manifest
from data.errors import InputError
from tests.crawler.kills import content, cut_off
from tests.crawler.web import BODY, Answer, Place, Web, article, rss, serving


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


@pytest.fixture
def web() -> Web:
    return Web()


@pytest.fixture
def host(web: Web) -> Iterator[str]:
    with serving(web) as address:
        yield address


def _fill(web: Web, count: int, folder: str = "") -> None:
    items = [(f"{folder}/{n}.html", f"見出し{folder}{n}") for n in range(count)]
    web.put(f"{folder}/feed.xml", rss(web.host, items), content_type="text/xml")
    for path, title in items:
        web.put(path, article(title, f"{BODY}\n{title}の本文。"))


def test_a_second_run_costs_little_and_stores_nothing(place: Place, web: Web, host: str) -> None:
    _fill(web, 12)
    place.source("one", host, "/feed.xml")
    place.configure()
    first = place.crawl()
    assert (first["exit"], first["new"], first["seen"]) == (0, 12, 12)
    documents = place.documents()
    assert {row["status"] for row in documents} == {"ok"}
    assert all(row["search_id"] for row in documents)
    assert all(BODY[:20] in text for text in place.texts().values())
    second = place.crawl("--all")
    assert (second["exit"], second["new"], second["changed"]) == (0, 0, 0)
    assert second["bytes"] <= first["bytes"] * 0.05
    assert place.documents() == documents
    assert place.health("one")["usual_items"] == 12


def test_what_did_not_change_costs_nothing_and_a_list_that_never_changes_is_doubted(
    place: Place, web: Web, host: str
) -> None:
    tag = '"\xff<>"'  # bytes of no charset, which have to come back as they are

    def frozen(handler: Any) -> Answer:
        known = handler.headers.get("If-None-Match") == tag.encode().decode("latin-1")
        feed = rss(host, items).encode()
        return Answer(
            b"" if known else feed, "text/xml", 304 if known else 200, {"ETag": tag}, etag=False
        )

    items = [("/1", "一"), ("/2", "二")]
    web.pages["/feed.xml"] = web.pages["/q?%E4%B8%80"] = frozen
    more = "fetch: title_only\nexpect: {silence_days: 3}\n"
    place.source("one", host, "/feed.xml", more=more)
    place.source("asks", host, "/q?{WORD}", kind="query", more=more + "query: {words: [一]}")
    place.configure()
    runs = []
    for day in (17, 18, 28, 29):
        runs.append(place.crawl("--all", SCOPEWATCH_NOW=f"2026-11-{day}T10:00:00+09:00"))
        items = [("/1", "一"), ("/2", "二"), ("/3", "三")]
    assert [run["new"] for run in runs] == [4, 0, 0, 2]
    assert [run["bytes"] for run in runs[1:3]] == [0, 0]
    assert runs[2]["stale"] == ["asks", "one"]


def test_only_due_sources_are_read(place: Place, web: Web, host: str) -> None:
    _fill(web, 2)
    place.source("one", host, "/feed.xml")
    place.configure()
    assert place.crawl(SCOPEWATCH_NOW="2026-11-16T22:00:00+09:00")["sources"] == 1
    assert place.crawl(SCOPEWATCH_NOW="2026-11-16T23:00:00+09:00")["sources"] == 0
    assert place.crawl(SCOPEWATCH_NOW="2026-11-17T21:50:00+09:00")["sources"] == 1
    assert place.crawl("one", SCOPEWATCH_NOW="2026-11-17T21:51:00+09:00")["sources"] == 1


def test_a_silent_edit_is_a_version_and_a_failing_page_takes_nothing_away(
    place: Place, web: Web, host: str
) -> None:
    _fill(web, 3)
    place.source("one", host, "/feed.xml", more="recheck_days: 1")
    place.configure()
    place.crawl(SCOPEWATCH_NOW="2026-11-16T22:00:00+09:00")
    web.put("/1.html", article("見出し1", f"{BODY}\n利用の範囲を警察に広げる。"))
    web.put("/2.html", "gone", status=404)
    feed = web.pages["/feed.xml"]
    assert isinstance(feed, Answer)
    web.put("/feed.xml", feed.body + b"<!-- built again -->", content_type="text/xml")
    again = place.crawl(SCOPEWATCH_NOW="2026-11-18T22:00:00+09:00")
    assert (again["new"], again["changed"]) == (0, 1)
    versions = place.rows("SELECT * FROM document_versions ORDER BY document_id, version")
    assert len(versions) == 4
    assert {row["status"] for row in place.documents()} == {"ok"}


def test_pages_are_looked_at_again_although_their_list_is_unchanged(
    place: Place, web: Web, host: str
) -> None:
    _fill(web, 30)
    web.pages["/4.html"] = lambda handler: Answer(status=302, headers={"Location": "/moved.html"})
    web.put("/moved.html", article("見出し4", BODY))
    place.source("one", host, "/feed.xml", more="recheck_days: 3\nexpect: {silence_days: 3650}")
    place.configure()
    place.crawl(SCOPEWATCH_NOW="2026-11-16T22:00:00+09:00")

    def pages_asked(day: int) -> list[tuple[str, dict[str, str]]]:
        web.asked.clear()
        assert place.crawl(SCOPEWATCH_NOW=f"2026-11-{day}T22:00:00+09:00")["failed"] == {}
        return [
            one for one in web.asked if one[0] not in {"/feed.xml", "/robots.txt", "/moved.html"}
        ]

    assert pages_asked(18) == []
    web.put("/7.html", article("見出し7", f"{BODY}\n利用の範囲を警察に広げる。"))
    web.put("/8.html", "gone", status=404)
    first, second = pages_asked(20), pages_asked(21)
    assert (len(first), len(second)) == (20, 10)
    assert len({path for path, _ in first + second}) == 30
    assert all("If-None-Match" in fields for path, fields in first + second if path != "/4.html")
    assert pages_asked(22) == []
    rows = place.rows("SELECT * FROM documents WHERE version = 2")
    assert [(row["title"], row["published_at"]) for row in rows] == [
        ("見出し7", "2026-11-16T01:07:00Z")
    ]
    assert {row["status"] for row in place.documents()} == {"ok"}


def test_a_list_that_changes_every_day_does_not_keep_its_pages_from_being_looked_at(
    place: Place, web: Web, host: str
) -> None:
    _fill(web, 2)
    place.source("one", host, "/feed.xml", more="recheck_days: 3")
    place.configure()
    place.crawl(SCOPEWATCH_NOW="2026-11-16T22:00:00+09:00")
    web.put("/1.html", article("見出し1", f"{BODY}\n利用の範囲を警察に広げる。"))
    for day in range(17, 21):
        _fill(web, 2 + day)
        web.put("/1.html", article("見出し1", f"{BODY}\n利用の範囲を警察に広げる。"))
        place.crawl(SCOPEWATCH_NOW=f"2026-11-{day}T22:00:00+09:00")
    assert [row["title"] for row in place.rows("SELECT * FROM documents WHERE version = 2")] == [
        "見出し1"
    ]


def test_a_silent_source_was_read_and_is_named(place: Place, web: Web, host: str) -> None:
    _fill(web, 2)
    place.source("one", host, "/feed.xml", more="expect: {silence_days: 3}")
    place.configure()
    assert place.crawl(SCOPEWATCH_NOW="2026-11-16T22:00:00+09:00")["stale"] == []
    late = place.crawl(SCOPEWATCH_NOW="2026-11-26T22:00:00+09:00")
    assert (late["exit"], late["failed"], late["stale"]) == (0, {}, ["one"])
    health = place.health("one")
    assert (health["state"], health["consecutive_failures"]) == ("stale", 0)
    assert health["last_success_at"] == "2026-11-26T13:00:00Z"


def test_a_page_that_fails_leaves_the_title_and_is_tried_again(
    place: Place, web: Web, host: str
) -> None:
    _fill(web, 3)
    web.put("/2.html", "busy", status=500, etag=False)
    place.source("one", host, "/feed.xml")
    place.configure()
    assert place.crawl()["new"] == 3
    assert sorted(row["status"] for row in place.documents()) == ["ok", "ok", "title_only"]
    web.put("/2.html", article("見出し2", BODY))
    assert place.crawl("--all")["changed"] == 1
    assert {row["status"] for row in place.documents()} == {"ok"}


LISTING = """<html><meta charset="euc-jp"><body><ul class="news">
<li><span class="d">令和8年11月16日</span><a href="./a.html">旅券の申請の見直し</a></li>
<li><span class="d">令和8年11月13日</span><a href="./b.html">口座の登録の状況</a></li></ul></body></html>"""
PAGE = article("利用機関の一覧", BODY)
SPEECH = {
    "numberOfRecords": 3, "numberOfReturn": 2, "startRecord": 1, "nextRecordPosition": 3,
    "speechRecord": [
        {"speechID": f"122100000X00120261116_00{n}", "nameOfHouse": "衆議院", "nameOfMeeting": "見本委員会",
         "issue": "第1号", "date": "2026-11-16", "speechOrder": n, "speaker": f"見本{n}",
         "speech": f"○見本{n}　銀行の口座への付番は検討していない。\r\n　続き{n}。",
         "speechURL": f"https://kokkai.ndl.go.jp/txt/122100000X00120261116/{n}"}
        for n in (0, 1)
    ],
}  # fmt: skip
SITEMAP = """<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
 xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"><url><loc>http://{host}/s1.html</loc><news:news>
<news:publication_date>2026-11-16T10:00:00+09:00</news:publication_date><news:title>地図の記事</news:title>
</news:news></url></urlset>"""
RECORDS = """
fetch: title_only
expect: {items_min: 0}
records: {items: speechRecord, title: '{nameOfMeeting} {speaker}', url: speechURL, date: date, text: speech,
  id: speechID, skip: {speechOrder: ['0']}, total: numberOfRecords, error: message,
  next: nextRecordPosition, next_parameter: startRecord}
"""


def test_every_kind_of_source_is_read(place: Place, web: Web, host: str) -> None:
    web.put("/list/index.html", LISTING.encode("euc_jp"), content_type="text/html")
    web.put("/list/a.html", article("旅券の申請の見直し", BODY))
    web.put("/list/b.html", article("口座の登録の状況", BODY))
    web.put("/page/", PAGE)
    web.put("/map.xml", SITEMAP.format(host=host), content_type="application/xml")
    web.put("/s1.html", article("地図の記事", BODY))
    web.put("/api?any=%E9%8A%80%E8%A1%8C", json.dumps(SPEECH), content_type="application/json")
    rest = {**SPEECH, "nextRecordPosition": None, "speechRecord": [
        {**SPEECH["speechRecord"][1], "speechID": "x_009", "speechURL": "https://kokkai.ndl.go.jp/txt/x/9"}]}  # type: ignore[index]  # fmt: skip
    web.put(
        "/api?any=%E9%8A%80%E8%A1%8C&startRecord=3",
        json.dumps(rest),
        content_type="application/json",
    )
    web.put(
        "/api?any=%E7%A9%BA", json.dumps({"numberOfRecords": 0}), content_type="application/json"
    )
    select = "select: {item: ul.news li, title: a, date: span.d}"
    place.source("listing", host, "/list/index.html", "listing", select)
    place.source("page", host, "/page/", "page")
    place.source("map", host, "/map.xml", "sitemap")
    place.source(
        "minutes", host, "/api?any={WORD}", "api", RECORDS + "query: {words: [銀行, 空]}\n"
    )
    place.configure()
    summary = place.crawl()
    assert summary["failed"] == {}
    found = {(row["source_id"], row["title"], row["published_at"]) for row in place.documents()}
    assert found >= {
        ("listing", "旅券の申請の見直し", "2026-11-15T15:00:00Z"),
        ("listing", "口座の登録の状況", "2026-11-12T15:00:00Z"),
        ("map", "地図の記事", "2026-11-16T01:00:00Z"),
        ("minutes", "見本委員会 見本1", "2026-11-15T15:00:00Z"),
    }
    assert sum(1 for source, _, _ in found if source == "page") == 1
    assert sum(1 for row in place.documents() if row["source_id"] == "minutes") == 2
    assert any("検討していない。\n　続き1。" in text for text in place.texts().values())
    web.put("/page/", article("利用機関の一覧", BODY + "\n新しい利用者として架空銀行を加えた。"))
    again = place.crawl("--all")
    assert (again["new"], again["changed"]) == (0, 1)


def test_lists_behind_a_hub_and_over_pages_and_searches(place: Place, web: Web, host: str) -> None:
    def page(*numbers: int) -> str:
        items = "".join(
            f"<li><span>令和8年11月{n}日</span><a href='/{n}.html'>第{n}号</a></li>"
            for n in numbers
        )
        return f"<html><meta charset='utf-8'><ul>{items}</ul></html>"

    web.put("/hub", "<html><a href='/year'>令和8年</a><a href='/before'>令和7年</a></html>")
    web.put("/year", page(1, 2))
    web.put("/year?page=2", page(3, 4))
    web.put("/year?page=3", page(5))
    index = f"<sitemapindex><sitemap><loc>http://{host}/a.xml</loc></sitemap></sitemapindex>"
    web.put("/index.xml", index, content_type="application/xml")
    web.put("/a.xml", SITEMAP.format(host=host), content_type="application/xml")
    link = "http://www.bing.com/news/apiclick.aspx?ref=x&amp;url=https%3a%2f%2fmihon.example%2fa&amp;c=1"
    found = f"<item><title>銀行の記事</title><link>{link}</link></item>"
    search = f'<rss version="2.0"><channel><title>x</title>{found}</channel></rss>'
    for word in ("%E7%95%AA%E5%8F%B7%20%E9%8A%80%E8%A1%8C", "%E7%95%AA%E5%8F%B7%20%E7%A8%8E"):
        web.put(f"/q?w={word}", search, content_type="text/xml")
    more = f"fetch: title_only\nselect: {{item: li, date: span}}\nhub: a\npaging: {{url: 'http://{host}/year?page={{n}}', limit: 3}}"
    place.source("list", host, "/hub", "listing", more)
    place.source("map", host, "/index.xml", "sitemap", "fetch: title_only")
    place.source(
        "search",
        host,
        "/q?w={WORD}",
        "query",
        "fetch: title_only\nquery: {words: [番号], with_words: [銀行, 税]}",
    )
    place.configure()
    assert place.crawl()["failed"] == {}
    titles = [(row["source_id"], row["title"]) for row in place.documents()]
    assert sorted(titles) == [
        *(("list", f"第{n}号") for n in range(1, 6)), ("map", "地図の記事"), ("search", "銀行の記事"),
    ]  # fmt: skip
    url = next(row["url"] for row in place.documents() if row["source_id"] == "search")
    assert url == "https://mihon.example/a"
    asked = len(web.paths())
    web.put("/year", page(1, 2) + "<!-- built again -->")
    assert place.crawl("list")["new"] == 0
    assert web.paths()[asked:].count("/year?page=2") == 0


def test_a_certificate_that_is_not_trusted_is_not_read(place: Place, web: Web) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)
    with serving(web, context=context) as host:
        _fill(web, 2)
        place.source("secret", host, "/feed.xml")
        file = place.root / "sources" / "secret.yml"
        file.write_text(
            file.read_text(encoding="utf-8").replace("http:", "https:"), encoding="utf-8"
        )
        place.configure()
        assert place.crawl()["failed"] == {"secret": "unreachable"}
        assert "certificate" in place.health("secret")["detail"]
        file.write_text(file.read_text(encoding="utf-8") + "\ntls: unverified\n", encoding="utf-8")
        assert place.crawl("secret")["failed"] == {}
    assert "/feed.xml" in web.paths()


def test_a_certificate_is_valid_and_names_the_host_or_nothing_is_asked(place: Place) -> None:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(place.root / "ca.pem")
    yesterday = datetime.now(UTC) - timedelta(days=1)
    certificates = {
        "good": authority.issue_cert("127.0.0.1"),
        "expired": authority.issue_cert("127.0.0.1", not_after=yesterday),
        "other": authority.issue_cert("other.example"),
        "nameless": authority.issue_cert(common_name="127.0.0.1"),
        "stranger": trustme.CA().issue_cert("127.0.0.1"),
    }
    webs = {name: Web() for name in certificates}
    with ExitStack() as serves:
        for name, certificate in certificates.items():
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            certificate.configure_cert(context)
            host = serves.enter_context(serving(webs[name], context=context))
            _fill(webs[name], 1)
            webs[name].put("/feed.xml", rss(host, []), content_type="text/xml")
            place.source(name, host, "/feed.xml")
            file = place.root / "sources" / f"{name}.yml"
            text = file.read_text(encoding="utf-8").replace("http:", "https:")
            file.write_text(text, encoding="utf-8")
        place.configure()
        place.crawl(SSL_CERT_FILE=str(place.root / "ca.pem"))
    told = {
        name: place.health(name)["detail"].partition("; ")[0].rpartition(": ")[2]
        for name in certificates
    }
    assert told == {
        "good": "no items",
        "expired": "it has expired",
        "other": "it is not made out for 127.0.0.1",
        "nameless": "it is not made out for 127.0.0.1",
        "stranger": "its issuer is not known, or the server does not send the certificates between",
    }
    assert {name for name, web in webs.items() if web.asked} == {"good"}


def test_the_archive_holds_what_was_received(place: Place, web: Web, host: str) -> None:
    _fill(web, 2)
    place.source("one", host, "/feed.xml")
    place.configure()
    place.crawl(SCOPEWATCH_NOW="2026-11-16T22:00:00+09:00")
    archive = place.root / "var" / "archive"
    row = place.documents()[0]
    with (archive / row["warc_file"]).open("rb") as file:
        records = [
            (record.rec_type, record.rec_headers.get_header("WARC-Record-ID").strip("<>"),
             record.rec_headers.get_header("WARC-Target-URI"), record.content_stream().read())
            for record in ArchiveIterator(file, check_digests="raise")
        ]  # fmt: skip
    body = next(
        body
        for kind, found, _, body in records
        if found == row["warc_record_id"] and kind == "response"
    )
    assert body == web.pages[row["url"].removeprefix(f"http://{host}")].body  # type: ignore[union-attr]
    facts = [json.loads(body) for kind, _, _, body in records if kind == "metadata"]
    assert {fact["tls"] for fact in facts} == {"none"}
    assert all("utf-8" in fact["encoding"] for fact in facts)
    assert [kind for kind, *_ in records].count(
        "request"
    ) == 3  # two pages and the list that named them


def test_days_are_sealed_and_chained(place: Place, web: Web, host: str) -> None:
    place.source("one", host, "/feed.xml")
    place.configure()
    for day, count in ((16, 2), (17, 4), (18, 6)):
        _fill(web, count)
        place.crawl(SCOPEWATCH_NOW=f"2026-11-{day}T22:00:00+09:00")
    archive = place.root / "var" / "archive"
    sealed = manifest.manifests(archive)
    assert [path.name for path in sealed] == ["000001-2026-11-16.jsonl", "000002-2026-11-17.jsonl"]
    assert manifest.verify(archive) == 2
    assert len(sealed[0].read_text().splitlines()) == 1 + 3
    whole = sealed[0].read_bytes()
    for changed, told in ((b'"sha256"', "000001"), (b'"lines"', "000002")):
        sealed[0].write_bytes(whole.replace(changed, b'"others"', 1))
        with pytest.raises(InputError, match=told):
            manifest.verify(archive)


@pytest.mark.slow
def test_kills_lose_and_double_nothing(tmp_path: Path, web: Web, host: str) -> None:
    calm, cut = Place(tmp_path / "calm"), Place(tmp_path / "cut")
    for number in range(4):
        _fill(web, 40, f"/s{number}")
    for place in (calm, cut):
        place.root.mkdir()
        for number in range(4):
            place.source(f"s{number}", host, f"/s{number}/feed.xml")
        place.configure()
    began = time.monotonic()
    calm.crawl()
    lasted = time.monotonic() - began
    chance = random.Random(4)
    for _ in range(4):
        cut_off(cut, chance.uniform(0.3, lasted), whole=True)
    done = cut.crawl("--all")
    assert done["exit"] == 0
    assert content(cut) == content(calm)
    assert len(content(cut)) == 320  # each document and its only version


def test_a_reader_that_hangs_harms_no_other(
    place: Place, web: Web, host: str, tmp_path: Path
) -> None:
    # A fault of scopewatch itself: the titles step is made to spin for one source only.
    (tmp_path / "faulty").mkdir()
    (tmp_path / "faulty" / "sitecustomize.py").write_text(
        "import crawler.titles as t\n"
        "real = t.plain_title\n"
        "def slow(entry, categories):\n"
        "    while 'spin' in categories: pass\n"
        "    if 'burst' in categories: import os; os.abort()\n"
        "    return real(entry, categories)\n"
        "t.plain_title = slow\n"
    )
    for name in ("well", "hung", "crashed"):
        _fill(web, 3, f"/{name}")
    place.source("well", host, "/well/feed.xml")
    place.source("hung", host, "/hung/feed.xml", more="categories: [spin]")
    place.source("crashed", host, "/crashed/feed.xml", more="categories: [burst]")
    place.configure(source_limit_seconds=10)  # on a busy machine the well one needs some of it
    root = str(Path(__file__).resolve().parents[2])
    path = os.pathsep.join([str(tmp_path / "faulty"), root, os.environ.get("PYTHONPATH", "")])
    summary = place.crawl(PYTHONPATH=path)
    assert summary["failed"] == {"hung": "malformed", "crashed": "malformed"}
    assert place.health("well")["state"] == "ok"
    assert sum(row["source_id"] == "well" for row in place.documents()) == 3


def test_control_c_leaves_a_store_that_goes_on(place: Place, web: Web, host: str) -> None:
    _fill(web, 30)

    def slow(handler: Any) -> Answer:
        time.sleep(0.3)
        return Answer(article(handler.path, BODY).encode())

    for number in range(30):
        web.pages[f"/{number}.html"] = slow
    place.source("one", host, "/feed.xml")
    place.configure()
    process = subprocess.Popen(
        [sys.executable, "-m", "scopewatch", "crawl"],
        env=place.environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        # A shell starts what it puts in the background with SIGINT ignored, and children inherit that.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )  # fmt: skip
    deadline = time.monotonic() + 60
    while len(web.asked) < 10 and time.monotonic() < deadline:
        time.sleep(0.1)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=30)
    assert process.returncode == 130
    *events, told = errors.splitlines()
    assert told == "scopewatch: interrupted"
    assert {json.loads(line)["event"] for line in events} == {"crawl"}
    kept = len(place.documents())
    assert 0 < kept < 30
    _fill(web, 30)
    assert place.crawl("--all")["new"] == 30 - kept


@pytest.mark.parametrize(
    ("room", "status", "last"),
    [
        (8_000, 2, "scopewatch: "),
        (40_000, 1, '{"at"'),  # not for the documents: their source is told so, and read again
        (600_000, 0, '{"at"'),  # for all but the file of hosts, whose lack is no source's fault
    ],
)
def test_no_room_on_the_disk_is_one_clear_line_and_costs_nothing(
    place: Place, web: Web, host: str, room: int, status: int, last: str
) -> None:
    _fill(web, 4)
    place.source("one", host, "/feed.xml")
    place.configure()
    place.crawl("--all")
    _fill(web, 30)
    done = subprocess.run(
        [sys.executable, "-m", "scopewatch", "crawl", "--all"],
        env=place.environment(), capture_output=True, text=True, timeout=80, check=False,
        # As a disk that is full: what makes a file longer fails.
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (room, room)),
    )  # fmt: skip
    assert done.returncode == status
    *events, told = done.stderr.splitlines()
    assert told.startswith(last)
    assert all(json.loads(line)["event"] in {"crawl", "done", "stderr"} for line in events)
    after = place.crawl("--all")
    assert (after["exit"], len(place.documents())) == (0, 30)


def test_an_unknown_or_disabled_source_is_a_clear_line(place: Place, host: str) -> None:
    place.source("off", host, "/x", more="enabled: false\ndisabled_reason: terms")
    place.configure()
    for name, word in (("nowhere", "nowhere"), ("off", "terms")):
        done = place.crawl(name)
        assert done["exit"] == 2
        assert word in done["stderr"]
        assert "Traceback" not in done["stderr"]
