"""One crawl over a web of well-behaved, broken and hostile sources: manners, safety, and the states told."""

from __future__ import annotations

import gzip
import time
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tests.crawler.web import BODY, Answer, Place, Web, article, rss, serving

STREAM = b"x" * 65536


def _hang(handler: Any) -> None:
    time.sleep(8)
    handler.close_connection = True


def _hang_in_the_body(handler: Any) -> None:
    handler.wfile.write(
        b"HTTP/1.1 200 X\r\nContent-Type: text/xml\r\nContent-Length: 5000\r\n\r\n<rss>"
    )
    handler.wfile.flush()
    time.sleep(8)
    handler.close_connection = True


def _half(handler: Any) -> None:
    handler.wfile.write(
        b"HTTP/1.1 200 X\r\nContent-Type: text/xml\r\nContent-Length: 5000\r\n\r\n<rss>"
    )
    handler.close_connection = True


def _endless(handler: Any) -> None:
    handler.wfile.write(b"HTTP/1.1 200 X\r\nContent-Type: text/xml\r\nConnection: close\r\n\r\n")
    handler.close_connection = True
    try:
        for _ in range(200 << 4):
            handler.wfile.write(STREAM)
    except OSError:
        return


def _not_http(handler: Any) -> None:
    handler.wfile.write(b"\x00\xff\xfe junk, no status line\r\n\r\n")
    handler.close_connection = True


def _once_busy(seconds: int, status: int = 503) -> Any:
    calls: list[float] = []

    def answer(handler: Any) -> Answer:
        calls.append(time.monotonic())
        if len(calls) == 1:
            later = {"Retry-After": str(seconds), "Location": "/feed.xml?moved"}
            return Answer(status=status, headers=later, etag=False)
        return Answer(rss(handler.headers["Host"], [("/1", "一")]).encode(), "text/xml")

    return answer


def _redirect(target: str) -> Answer:
    return Answer(status=302, headers={"Location": target}, etag=False)


LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'
    "<rss><channel><item><title>&b;</title></item></channel></rss>"
)
PAGES: dict[str, tuple[Any, str]] = {
    # name of the source: (what its feed's address answers, the state that is told)
    "empty": (
        Answer(b'<rss version="2.0"><channel><title>x</title></channel></rss>', "text/xml"),
        "empty",
    ),
    "forbidden": (Answer(status=403), "blocked"),
    "challenge": (Answer(b"<html><title>Just a moment...</title></html>"), "blocked"),
    "browsers_only": (Answer(status=202, etag=False), "blocked"),
    "maintenance": (
        Answer("<html><body><p>ただいまメンテナンス中です。</p></body></html>".encode()),
        "blocked",
    ),
    "gone": (Answer(b"no", status=404, etag=False), "layout_changed"),
    "broken": (Answer(status=500, etag=False), "unreachable"),
    "busy": (Answer(status=429, etag=False), "unreachable"),
    "pausing": (Answer(status=503, headers={"Retry-After": "3600"}, etag=False), "unreachable"),
    "maintained": (
        Answer(
            "<p>ただいまメンテナンス中です。".encode(), status=503, headers={"Retry-After": "3600"}
        ),
        "blocked",
    ),
    "suspected": (Answer(b"<title>Just a moment...</title>", status=429, etag=False), "blocked"),
    "to_metadata": (_redirect("http://169.254.169.254/latest/meta-data/"), "refused"),
    "to_neighbour": (_redirect("http://127.0.0.1:9/"), "refused"),
    "to_decimal": (_redirect("http://2130706433/"), "refused"),
    "to_octal": (_redirect("http://0177.0.0.1/"), "refused"),
    "to_mapped": (_redirect("http://[::ffff:127.0.0.1]/"), "refused"),
    "to_localhost": (_redirect("http://localhost/"), "refused"),
    "to_odd_port": (_redirect("http://www.example.com:8080/"), "refused"),
    "to_no_port": (_redirect("http://1.1.1.1:99999/"), "malformed"),
    "to_half_an_address": (_redirect("http://[bad/"), "malformed"),
    "refreshes_to_script": (
        Answer(b'<meta http-equiv="refresh" content="0;url=javascript:x"><p>x'),
        "malformed",
    ),
    "cut_gzip": (Answer(b"\x1f\x8bgarbage", headers={"Content-Encoding": "gzip"}), "malformed"),
    "no_brotli": (Answer(b"\x1f\x8bgarbage", headers={"Content-Encoding": "br"}), "malformed"),
    "no_zstandard": (Answer(b"\x1f\x8bgarbage", headers={"Content-Encoding": "zstd"}), "malformed"),
    "unasked_304": (Answer(status=304, etag=False), "unreachable"),
    "in_circles": (_redirect("/feed.xml"), "unreachable"),
    "to_sorry": (_redirect("/sorry/404-notfound.html"), "blocked"),
    "bomb": (
        Answer(
            gzip.compress(b"<rss>" + b"a" * (60 << 20)),
            "text/xml",
            headers={"Content-Encoding": "gzip"},
        ),
        "malformed",
    ),
    "huge": (_endless, "malformed"),
    "laughs": (Answer(LAUGHS.encode(), "text/xml"), "malformed"),
    "junk": (Answer(bytes(range(256)) * 40, "text/xml"), "malformed"),
    "hangs": (_hang, "unreachable"),
    "hangs_in_the_body": (_hang_in_the_body, "unreachable"),
    "half_closed": (_half, "malformed"),
    "no_http": (_not_http, "unreachable"),
    "retried": (_once_busy(1), "ok"),
    "failing_for_a_second": (_once_busy(1, status=500), "ok"),
    "moving_in_a_second": (_once_busy(1, status=307), "ok"),
    "failing_for_an_hour": (
        Answer(status=500, headers={"Retry-After": "3600"}, etag=False),
        "unreachable",
    ),
    "moving_in_an_hour": (
        Answer(status=301, headers={"Retry-After": "3600", "Location": "/1"}, etag=False),
        "unreachable",
    ),
}
ROBOTS: dict[str, tuple[Any, str]] = {
    # name of the source: (what robots.txt answers, the state that is told)
    "robots_503": (Answer(status=503, etag=False), "unreachable"),
    "robots_429": (Answer(status=429, etag=False), "unreachable"),
    "robots_hangs": (_hang, "unreachable"),
    "robots_to_no_port": (_redirect("http://1.1.1.1:99999/"), "unreachable"),
    "robots_404": (Answer(status=404, etag=False), "ok"),
    "robots_no": (Answer(b"User-agent: *\nDisallow: /\n", "text/plain"), "refused"),
    "robots_not_us": (
        Answer(b"User-agent: scopewatch\nDisallow: /feed\n", "text/plain"),
        "refused",
    ),
    "robots_slow": (Answer(b"User-agent: *\nCrawl-delay: 2\n", "text/plain"), "ok"),
    "robots_too_slow": (Answer(b"User-agent: *\nCrawl-delay: 86400\n", "text/plain"), "refused"),
    "robots_junk": (Answer(bytes(range(256)), "text/plain"), "ok"),
}
SJIS = (
    '<?xml version="1.0" encoding="Shift_JIS"?><rss version="2.0"><channel><title>x</title>'
    "<item><title>①㈱髙島 旅券の手続</title><link>/1</link></item></channel></rss>"
)


@pytest.fixture(scope="module")
def crawled(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[Place, dict[str, Web], dict[str, Any]]]:
    """All sources of this file, each on a loopback address of its own, read in one crawl."""
    place = Place(tmp_path_factory.mktemp("manners"))
    webs: dict[str, Web] = {}
    with ExitStack() as stack:
        for number, name in enumerate([*PAGES, *ROBOTS, "sjis"], 2):
            web = webs[name] = Web()
            host = stack.enter_context(serving(web, f"127.0.3.{number}"))
            place.source(name, host, "/feed.xml")
            web.put("/feed.xml", rss(host, [("/1", "一"), ("/2", "二")]), content_type="text/xml")
            web.put("/1", article("一", BODY))
            web.put("/2", article("二", BODY))
            if name in PAGES:
                web.pages["/feed.xml"] = web.pages["/feed.xml?moved"] = PAGES[name][0]
            if name in ROBOTS:
                web.pages["/robots.txt"] = ROBOTS[name][0]
        webs["to_sorry"].put("/sorry/404-notfound.html", "<html>sorry</html>")
        webs["sjis"].put("/feed.xml", SJIS.encode("cp932"), content_type="application/xml")
        place.configure(timeout_seconds=3, max_body_mib=8)
        yield place, webs, place.crawl()


Crawled = tuple[Place, dict[str, Web], dict[str, Any]]


@pytest.mark.parametrize("name", [*PAGES, *ROBOTS])
def test_each_source_is_told_as_what_it_is(crawled: Crawled, name: str) -> None:
    place, _, _ = crawled
    expected = {**PAGES, **ROBOTS}[name][1]
    health = place.health(name)
    assert (health["state"], health["detail"] == "") == (expected, expected == "ok"), health[
        "detail"
    ]


def test_the_run_ends_with_one_and_names_the_failed(crawled: Crawled) -> None:
    _, _, summary = crawled
    assert summary["exit"] == 1
    assert set(summary["failed"]) == {n for n, (_, s) in {**PAGES, **ROBOTS}.items() if s != "ok"}
    assert "Traceback" not in summary["stderr"]


@pytest.mark.parametrize(
    "name", ["robots_503", "robots_429", "robots_hangs", "robots_no", "robots_not_us"]
)
def test_where_robots_txt_says_no_or_nothing_no_page_is_asked(crawled: Crawled, name: str) -> None:
    _, webs, _ = crawled
    assert set(webs[name].paths()) == {"/robots.txt"}


def test_crawl_delay_is_kept(crawled: Crawled) -> None:
    _, webs, _ = crawled
    times = [moment for _, moment in webs["robots_slow"].times]
    assert len(times) == 4
    assert (
        min(later - earlier for earlier, later in pairwise(times)) >= 1.7
    )  # when the server read them, which a busy machine delays


@pytest.mark.parametrize("name", ["retried", "failing_for_a_second", "moving_in_a_second"])
def test_a_short_retry_after_is_waited_for(crawled: Crawled, name: str) -> None:
    _, webs, _ = crawled
    asked = [moment for path, moment in webs[name].times if path.startswith("/feed.xml")]
    assert len(asked) == 2
    assert asked[1] - asked[0] >= 1.0


def test_a_busy_server_is_not_asked_again_at_once(crawled: Crawled) -> None:
    _, webs, _ = crawled
    for name in ("busy", "pausing", "failing_for_an_hour", "moving_in_an_hour"):
        assert webs[name].paths() == ["/robots.txt", "/feed.xml"]


def test_a_server_that_asked_for_a_pause_is_left_alone_by_the_next_run(crawled: Crawled) -> None:
    place, webs, _ = crawled
    before = len(webs["pausing"].asked)
    again = place.crawl()
    assert "pausing" not in again["failed"]
    assert len(webs["pausing"].asked) == before


def test_vendor_characters_of_shift_jis_survive(crawled: Crawled) -> None:
    place, _, _ = crawled
    titles = [row["title"] for row in place.documents() if row["source_id"] == "sjis"]
    assert titles == ["①㈱髙島 旅券の手続"]


def test_requests_say_who_asks(crawled: Crawled) -> None:
    _, webs, _ = crawled
    agents = {headers["User-Agent"] for web in webs.values() for _, headers in web.asked}
    assert len(agents) == 1
    agent = agents.pop()
    assert agent.startswith("scopewatch/")
    assert "mailto:test@example.org" in agent


def test_bombs_and_endless_bodies_stay_below_the_memory_limit(crawled: Crawled) -> None:
    assert crawled[2]["peak_kib"] < 600 * 1024


def test_failures_are_kept_as_issues(crawled: Crawled) -> None:
    place, _, _ = crawled
    kinds = {row["source_id"]: row["kind"] for row in place.rows("SELECT * FROM issues")}
    assert kinds["to_metadata"] == "refused"
    assert kinds["bomb"] == "malformed"


def test_without_a_contact_nothing_leaves_the_machine(tmp_path: Path) -> None:
    place = Place(tmp_path)
    place.source("abroad", "www.example.go.jp:443", "/news.xml")
    place.hosts.clear()
    place.configure()
    file = tmp_path / "scopewatch.toml"
    file.write_text("\n".join(file.read_text().splitlines()[1:]), encoding="utf-8")
    done = place.crawl()
    assert done["exit"] == 2
    assert "contact" in done["stderr"]
    assert "Traceback" not in done["stderr"]


def test_without_a_contact_a_local_list_leads_nowhere(tmp_path: Path) -> None:
    place, web = Place(tmp_path), Web()
    with serving(web) as host:
        feed = rss(host, [("/1", "一")]).replace(
            "</channel>",
            "<item><title>二</title><link>https://www.example.go.jp/2</link></item></channel>",
        )
        web.put("/feed.xml", feed, content_type="text/xml")
        web.put("/1", article("一", BODY))
        place.source("local", host, "/feed.xml")
        place.configure()
        file = tmp_path / "scopewatch.toml"
        file.write_text("\n".join(file.read_text().splitlines()[1:]), encoding="utf-8")
        assert place.crawl()["new"] == 2
    assert sorted(row["status"] for row in place.documents()) == ["ok", "title_only"]
    issue = place.rows("SELECT * FROM issues WHERE kind = 'refused'")
    assert "contact" in issue[0]["detail"]
