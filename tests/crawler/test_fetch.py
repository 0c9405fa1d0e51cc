"""One guarded GET against a real server on loopback: what it follows, what it refuses, when it gives up."""

from __future__ import annotations

import gzip
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from crawler.fetch import fetch
from crawler.turns import Turns
from data.config import Config, CrawlSection
from data.errors import Malformed, Refused, Unreachable

MIB = 1024 * 1024


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        name = self.path.strip("/").split("?")[0]
        getattr(self, f"say_{name}", self.say_missing)()

    def reply(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for key, value in headers.items():
            self.send_header(key.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def say_page(self) -> None:
        self.reply(
            200,
            f"host={self.headers['Host']} agent={self.headers['User-Agent']}".encode(),
            Content_Type="text/plain",
        )

    def say_packed(self) -> None:
        self.reply(200, gzip.compress("本文".encode()), Content_Encoding="gzip")

    def say_bomb(self) -> None:
        self.reply(200, gzip.compress(bytes(40 * MIB)), Content_Encoding="gzip")

    def say_moved(self) -> None:
        self.reply(302, Location="/page")

    def say_loop(self) -> None:
        self.reply(302, Location="/loop")

    def say_inward(self) -> None:
        self.reply(302, Location="http://169.254.169.254/latest/meta-data/")

    def say_local(self) -> None:
        self.reply(302, Location="file:///etc/passwd")

    def say_missing(self) -> None:
        self.reply(404, b"no")

    def say_trickle(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "1000")
        self.end_headers()
        for _ in range(100):
            try:
                self.wfile.write(b".")
                self.wfile.flush()
            except OSError:
                return
            time.sleep(0.1)

    def say_dripping_head(self) -> None:
        self.wfile.write(b"HTTP/1.1 200 OK\r\n")
        for number in range(100):
            try:
                self.wfile.write(b"X-%d: a\r\n" % number)
            except OSError:
                return
            time.sleep(0.1)

    def log_message(self, *_: object) -> None:
        """Quiet."""


@pytest.fixture(scope="module")
def root() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


def get(url: str, root: str, **changes: int) -> bytes:
    section = CrawlSection(
        allow_hosts=(root.removeprefix("http://"),),
        delay_seconds=0,
        max_body_mib=8,
        max_pdf_mib=8,
        **changes,
    )  # type: ignore[arg-type]
    config = Config(crawl=section, base=Path("/nowhere"))
    return fetch(url, config, user_agent="scopewatch-test", turns=Turns(config)).body


def test_a_page_a_redirect_and_a_packed_body(root: str) -> None:
    host = root.removeprefix("http://")
    assert get(f"{root}/page", root) == f"host={host} agent=scopewatch-test".encode()
    assert get(f"{root}/moved", root).startswith(b"host=")
    assert get(f"{root}/packed", root).decode() == "本文"


@pytest.mark.parametrize("name", ["inward", "local"])
def test_a_redirect_is_checked_like_the_first_address(root: str, name: str) -> None:
    with pytest.raises(Refused):
        get(f"{root}/{name}", root)


def test_loopback_is_refused_unless_the_configuration_names_it(root: str) -> None:
    with pytest.raises(Refused):
        fetch(f"{root}/page", Config(), user_agent="scopewatch-test", turns=Turns(Config()))


def test_a_bomb_a_loop_a_missing_page_and_a_trickle_end_in_one_clear_error(root: str) -> None:
    with pytest.raises(Malformed, match="larger than 8 MiB"):
        get(f"{root}/bomb", root)
    with pytest.raises(Unreachable, match="redirects"):
        get(f"{root}/loop", root)
    with pytest.raises(Unreachable, match="404"):
        get(f"{root}/none", root)
    for name in ("trickle", "dripping_head"):
        started = time.monotonic()
        with pytest.raises(Unreachable, match="too long"):
            get(f"{root}/{name}", root, timeout_seconds=1)
        assert time.monotonic() - started < 5


def test_nobody_listening_is_unreachable(root: str) -> None:
    with pytest.raises(Unreachable):
        get("http://127.0.0.1:9/", "http://127.0.0.1:9")
