import json
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

ROOT = Path(__file__).resolve().parents[2]
RSS = (
    "<rss version='2.0'><channel><item><title>架空の公表</title><link>/a.html</link><guid isPermaLink='false'>x1</guid>"
    "<pubDate>Thu, 15 Jan 2026 17:00:00 JST</pubDate><description>要旨</description></item></channel></rss>"
).encode()
PAGE = "<html><head><title>架空の公表</title></head><body><p>令和8年1月15日</p><p>見本銀行は本人確認をはじめると発表した。</p></body></html>".encode(
    "cp932"
)


def run(*arguments: str, stdin: bytes = b"", cwd: Path) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, str(ROOT / "scopewatch.py"), *arguments]
    return subprocess.run(
        command, input=stdin, capture_output=True, cwd=cwd, timeout=60, check=False
    )


def lines(done: subprocess.CompletedProcess[bytes]) -> list[dict[str, object]]:
    assert done.returncode == 0, done.stderr.decode()
    return [json.loads(line) for line in done.stdout.splitlines()]


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def site(tmp_path: Path) -> Iterator[str]:
    (tmp_path / "feed.xml").write_bytes(RSS)
    (tmp_path / "page.html").write_bytes(PAGE)
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=tmp_path)) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        host = f"127.0.0.1:{server.server_port}"
        (tmp_path / "scopewatch.toml").write_text(
            f'[crawl]\nallow_hosts = ["{host}"]\ndelay_seconds = 0\n', encoding="utf-8"
        )
        yield host
        server.shutdown()


def test_feed_of_a_file_standard_input_and_url(site: str, tmp_path: Path) -> None:
    expected = {
        "title": "架空の公表", "url": "https://example.jp/a.html", "published_at": "2026-01-15T17:00:00+09:00",
        "updated_at": None, "summary": "要旨", "id": "x1", "published_precision": "time", "outlet": None,
    }  # fmt: skip
    assert lines(run("feed", "feed.xml", "--url", "https://example.jp/rss", cwd=tmp_path)) == [
        expected
    ]
    twice = lines(run("feed", "-", "feed.xml", stdin=RSS, cwd=tmp_path))
    assert [line["url"] for line in twice] == [None, None]
    (fetched,) = lines(run("feed", f"http://{site}/feed.xml", cwd=tmp_path))
    assert fetched["url"] == f"http://{site}/a.html"


def test_extract_of_a_file_and_url(site: str, tmp_path: Path) -> None:
    for name in ("page.html", f"http://{site}/page.html"):
        (found,) = lines(run("extract", name, cwd=tmp_path))
        assert (found["title"], found["kind"], found["status"], found["encoding"]) == (
            "架空の公表",
            "html",
            "ok",
            "cp932/strict",
        )
        assert (found["published_at"], found["published_precision"]) == (
            "2026-01-15T00:00:00+09:00",
            "day",
        )
        assert "見本銀行は本人確認をはじめると発表した。" in str(found["text"])


@pytest.mark.parametrize("verb", ["feed", "extract"])
@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("missing", None),
        (".", None),
        ("empty", b""),
        ("junk", bytes(range(256)) * 9),
        ("bomb", b"\x1f\x8bx"),
        ("bad\nname", None),
    ],
)
def test_bad_input_is_one_line_and_exit_2(
    tmp_path: Path, verb: str, name: str, content: bytes | None
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    done = run(verb, name, cwd=tmp_path)
    assert done.returncode == 2
    assert done.stdout == b""
    assert done.stderr.count(b"\n") == 1
    assert done.stderr.startswith(b"scopewatch: ")


@pytest.mark.parametrize("verb", ["feed", "extract"])
def test_one_bad_input_of_several_keeps_no_other_from_being_printed(
    tmp_path: Path, verb: str
) -> None:
    (tmp_path / "bad.xml").write_bytes(b"\x00\x00\x01" * 99)
    for name in ("1.xml", "2.xml"):
        (tmp_path / name).write_text(RSS.decode().replace("架空の公表", name), encoding="utf-8")
    done = run(verb, "1.xml", "bad.xml", "none.xml", "2.xml", cwd=tmp_path)
    assert [json.loads(line)["title"] for line in done.stdout.splitlines()] == ["1.xml", "2.xml"]
    assert done.returncode == 2
    assert [line.split(b": ")[1] for line in done.stderr.splitlines()] == [b"bad.xml", b"none.xml"]


def test_feed_names_what_a_page_is(site: str, tmp_path: Path) -> None:
    done = run("feed", "page.html", cwd=tmp_path)
    assert (done.returncode, done.stderr.decode()) == (
        2,
        "scopewatch: page.html: is an HTML page, not a feed\n",
    )


@pytest.mark.parametrize(
    "url", ["http://169.254.169.254/", "http://localhost/", "https://example.jp:8443/"]
)
def test_private_addresses_are_refused(tmp_path: Path, url: str) -> None:
    done = run("extract", url, cwd=tmp_path)
    assert done.returncode == 1
    assert done.stderr.count(b"\n") == 1


def test_no_request_leaves_without_a_contact(tmp_path: Path) -> None:
    done = run("extract", "https://www.example.jp/", cwd=tmp_path)
    assert done.returncode == 2
    assert b"contact" in done.stderr


@pytest.mark.parametrize("verb", ["feed", "extract"])
def test_help_has_an_example(tmp_path: Path, verb: str) -> None:
    done = run(verb, "--help", cwd=tmp_path)
    assert done.returncode == 0
    assert b"Example: scopewatch " + verb.encode() in done.stdout
