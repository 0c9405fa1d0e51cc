"""`sources list|show|check|try|record|new|health` as a user calls them."""

from __future__ import annotations

import gzip
import hashlib
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from tests.crawler.web import BODY, Answer, Place, Web, article, rss, serving

LIST = (
    "<html><meta charset='utf-8'><body><ul class='news'>"
    + "".join(
        f"<li><span>令和8年11月{n}日</span><a href='/{n}.html'>お知らせ{n}</a></li>"
        for n in range(10, 16)
    )
    + "</ul></body></html>"
)


@pytest.fixture
def web() -> Web:
    return Web()


@pytest.fixture
def host(web: Web) -> Iterator[str]:
    with serving(web) as address:
        yield address


@pytest.fixture
def place(tmp_path: Path, web: Web, host: str) -> Place:
    place = Place(tmp_path)
    web.put("/feed.xml", rss(host, [("/1.html", "一"), ("/2.html", "二")]), content_type="text/xml")
    for path in ("/1.html", "/2.html"):
        web.put(path, article("見出し", BODY))
    place.source("mihon", host, "/feed.xml", more="expect: {silence_days: 3650}")
    place.configure()
    return place


def scopewatch(place: Place, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "scopewatch", *words],
        env=place.environment(), capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


def _sources(place: Place, *words: str) -> subprocess.CompletedProcess[str]:
    return scopewatch(place, "sources", *words)


@pytest.mark.parametrize("verb", ["list", "show", "check", "try", "record", "new", "health"])
def test_each_verb_explains_itself_with_an_example(place: Place, verb: str) -> None:
    done = _sources(place, verb, "--help")
    assert done.returncode == 0
    assert "Example: scopewatch sources" in done.stdout


def test_list_show_and_check(place: Place) -> None:
    listed = [json.loads(line) for line in _sources(place, "list", "--json").stdout.splitlines()]
    assert [row["id"] for row in listed] == ["mihon"]
    assert json.loads(_sources(place, "show", "mihon").stdout)["publisher"]["ja"] == "見本"
    assert _sources(place, "check").stdout == "1 sources are well formed\n"
    (place.root / "sources" / "bad.yml").write_text("kind: feed\n", encoding="utf-8")
    done = _sources(place, "check", str(place.root / "sources" / "bad.yml"))
    assert done.returncode == 2
    assert "bad.yml: publisher" in done.stdout
    assert "Traceback" not in done.stderr


def test_try_prints_what_a_run_would_store_and_stores_nothing(place: Place, web: Web) -> None:
    for name in ("mihon", str(place.root / "sources" / "mihon.yml")):
        done = _sources(place, "try", name)
        assert done.returncode == 0, done.stderr
        documents = [json.loads(line) for line in done.stdout.splitlines()]
        assert sorted(one["title"] for one in documents) == ["一", "二"]
        assert all("個人番号カード" in one["text"] for one in documents)
    assert not (place.root / "var").exists()
    web.put("/feed.xml", "no", status=403)
    done = _sources(place, "try", "mihon")
    assert done.returncode == 1
    assert "blocked" in done.stderr


def test_record_keeps_the_bytes_of_a_run_and_stores_nothing(
    place: Place, web: Web, tmp_path: Path
) -> None:
    odd = article("見出し", BODY).replace("utf-8", "shift_jis").encode("cp932")
    web.put("/1.html", odd, content_type="text/html")
    web.put("/2.html", gzip.compress(odd), headers={"Content-Encoding": "gzip"})
    folder = tmp_path / "recorded"
    done = _sources(place, "record", "mihon", "--to", str(folder), "--pages", "1")
    assert (done.returncode, done.stdout) == (0, f"{folder}\n"), done.stderr
    kept = [json.loads(line) for line in (folder / "record.jsonl").read_text().splitlines()]
    assert [line["file"] for line in kept] == ["list-1.xml", "page-1.html"]
    assert (folder / "list-1.xml").read_bytes() == web.pages["/feed.xml"].body  # type: ignore[union-attr]
    assert (folder / "page-1.html").read_bytes() == odd
    assert kept[1]["sha256"] == hashlib.sha256(odd).hexdigest()
    assert len((folder / "documents.jsonl").read_text(encoding="utf-8").splitlines()) == 2
    assert not (place.root / "var").exists()
    assert sum(path in {"/1.html", "/2.html"} for path in web.paths()) == 1
    again = _sources(place, "record", "mihon", "--to", str(folder))
    assert again.returncode == 2
    assert "not empty" in again.stderr


def test_new_drafts_a_feed_a_list_or_a_page(
    place: Place, web: Web, host: str, tmp_path: Path
) -> None:
    web.put("/home", f"<html><head><link rel='alternate' type='application/rss+xml' href='/feed.xml'></head>"
                     f"<body>{BODY}</body></html>")  # fmt: skip
    web.put("/list", LIST)
    web.put("/plain", article("本文", BODY))
    web.put("/linked", "<ul><li><a href='/nothing.xml'>x</a></li><li><a href='/comments/feed'>コメント</a></li>"
                       "<li><a href='feed.xml'>RSS</a></li></ul>")  # fmt: skip
    web.put("/comments/feed", rss(host, [("/c", "コメント")]), content_type="text/xml")
    terms = "".join(f"<dt>R8.11.{n}</dt><dd><a href='/{n}'>第{n}号</a></dd>" for n in range(1, 5))
    web.put("/terms", f"<dl class='news'>{terms}</dl>")
    rows = "".join(f"<tr><td>11月{n}日<td><a href='/{n}'>第{n}号</a> <a href='/{n}.pdf'>PDF</a>" for n in range(1, 5))  # fmt: skip
    web.put("/rows", f"<table>{rows}</table>")
    web.put("/map.xml", f"<urlset><url><loc>http://{host}/1.html</loc></url></urlset>")
    web.pages["/old"] = lambda handler: Answer(status=301, headers={"Location": "/list"})
    kinds = {}
    files: list[Path] = []
    paths = (
        "/feed.xml",
        "/home",
        "/list",
        "/plain",
        "/linked",
        "/old",
        "/terms",
        "/rows",
        "/map.xml",
    )
    for path in paths:
        done = _sources(place, "new", f"http://{host}{path}")
        assert done.returncode == 0, done.stderr
        drafted = yaml.safe_load(done.stdout)
        kinds[path] = (drafted["kind"], drafted["url"].removeprefix(f"http://{host}"))
        files.append(tmp_path / f"drafted_{len(files)}.yml")
        files[-1].write_text(done.stdout, encoding="utf-8")
        assert drafted["enabled"] is False
    assert _sources(place, "check", *map(str, files)).returncode == 0
    assert kinds == {
        "/feed.xml": ("feed", "/feed.xml"),
        "/home": ("feed", "/feed.xml"),
        "/list": ("listing", "/list"),
        "/plain": ("page", "/plain"),
        "/linked": ("feed", "/feed.xml"),
        "/old": ("listing", "/list"),
        "/terms": ("listing", "/terms"),
        "/rows": ("listing", "/rows"),
        "/map.xml": ("sitemap", "/map.xml"),
    }
    for body in (b"", bytes(range(256)), b"<html><title>x</title><div id=app></div></html>"):
        web.put("/nothing", body)
        done = _sources(place, "new", f"http://{host}/nothing")
        assert (done.returncode, done.stdout) == (1, "")
        assert "has no text" in done.stderr


def test_new_keeps_to_robots_txt(place: Place, web: Web, host: str) -> None:
    web.put("/home", article("本文", BODY))
    for rules, said in (
        (Answer(b"User-agent: *\nDisallow: /home", "text/plain"), "robots.txt disallows"),
        (Answer(status=503), "robots.txt: the server answered 503"),
    ):
        web.asked.clear()
        web.pages["/robots.txt"] = rules
        done = _sources(place, "new", f"http://{host}/home")
        assert done.returncode == 1
        assert said in done.stderr
        assert web.paths() == ["/robots.txt"]


def test_health_says_state_and_since(place: Place, web: Web) -> None:
    assert json.loads(_sources(place, "health", "--json").stdout)["state"] is None
    place.crawl(SCOPEWATCH_NOW="2026-11-16T22:00:00+09:00")
    web.put("/feed.xml", "ただいまメンテナンス中です", status=503, etag=False)
    for day in (17, 18):
        place.crawl(SCOPEWATCH_NOW=f"2026-11-{day}T22:00:00+09:00")
    row = json.loads(_sources(place, "health", "--failing", "--json").stdout)
    assert (row["id"], row["state"], row["consecutive_failures"]) == ("mihon", "blocked", 2)
    assert row["since"] == "2026-11-17T13:00:00Z"
    assert row["last_success_at"] == "2026-11-16T13:00:00Z"
    assert row["text_share"] == 1.0
    table = _sources(place, "health").stdout  # no terminal: nothing is cut
    for word in ("mihon", "blocked", "2026-11-17 22:00", "last success", "usual", "100%"):
        assert word in table
    assert row["detail"] in table


@pytest.mark.parametrize(
    "words", [("show", "nowhere"), ("check", "nowhere"), ("try", "nowhere"), ("try", "nowhere.yml"),
              ("new", "file:///etc/passwd"), ("new", "http://169.254.169.254/")]
)  # fmt: skip
def test_wrong_calls_are_one_clear_line(place: Place, words: tuple[str, ...]) -> None:
    done = _sources(place, *words)
    assert done.returncode in {1, 2}
    assert "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
