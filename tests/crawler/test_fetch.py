import gzip
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from crawler.fetch import fetch
from data.config import Config, CrawlSection
from data.errors import Blocked, Malformed, Refused, Unreachable


class Site(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        port = self.server.server_port
        redirects = {
            "/moved": "/page",
            "/loop": "/loop",
            "/inside": f"http://127.0.0.1:{port + 1}/",
            "/metadata": "http://169.254.169.254/latest/",
            "/file": "file:///etc/passwd",
            "/decimal": "http://2130706433/",
        }
        if self.path in redirects:
            self.answer(302, b"", {"Location": redirects[self.path]})
        elif self.path == "/page":
            self.answer(200, (self.headers["User-Agent"] + " " + self.headers["Host"]).encode())
        elif self.path == "/gzip":
            self.answer(200, gzip.compress("架空".encode()), {"Content-Encoding": "gzip"})
        elif self.path == "/bomb":
            self.answer(200, gzip.compress(b"\0" * (40 << 20)), {"Content-Encoding": "gzip"})
        elif self.path == "/slow":
            self.send_response(200)
            self.send_header("Content-Length", "1000000")
            self.end_headers()
            for _ in range(40):
                time.sleep(0.1)
                self.wfile.write(b"x")
                self.wfile.flush()
        else:
            self.answer(int(self.path[1:]), b"")

    def answer(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {
            "Content-Type": "text/html",
            "Content-Length": str(len(body)),
            **(headers or {}),
        }.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        pass

    def handle(self) -> None:
        try:
            super().handle()
        except OSError:
            self.close_connection = True


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Site) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"127.0.0.1:{server.server_port}"
        server.shutdown()


def get(host: str, path: str, **crawl: object) -> tuple[str, bytes]:
    options = {"allow_hosts": (host,), "timeout_seconds": 5, **crawl}
    config = Config(base=Path(), crawl=CrawlSection.model_validate(options))
    found = fetch(f"http://{host}{path}", config, user_agent="scopewatch-test")
    return found.url, found.body


def test_page_redirect_and_compression(site: str) -> None:
    assert get(site, "/page") == (f"http://{site}/page", f"scopewatch-test {site}".encode())
    assert get(site, "/moved")[0] == f"http://{site}/page"
    assert get(site, "/gzip")[1] == "架空".encode()


@pytest.mark.parametrize("path", ["/inside", "/metadata", "/file", "/decimal"])
def test_every_hop_is_checked(site: str, path: str) -> None:
    with pytest.raises(Refused):
        get(site, path)


def test_private_hosts_need_the_configuration(site: str) -> None:
    with pytest.raises(Refused):
        get(site, "/page", allow_hosts=())


@pytest.mark.parametrize(
    ("path", "error"),
    [("/404", Unreachable), ("/503", Unreachable), ("/403", Blocked), ("/loop", Unreachable)],
)
def test_answers_that_are_no_page(site: str, path: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        get(site, path)


def test_bombs_and_slow_bodies_end(site: str) -> None:
    with pytest.raises(Malformed, match="larger than 1 MiB"):
        get(site, "/bomb", max_body_mib=1)
    started = time.monotonic()
    with pytest.raises(Unreachable, match=r"took too long|no usable answer"):
        get(site, "/slow", timeout_seconds=1)
    assert time.monotonic() - started < 4


def test_nobody_listens() -> None:
    with pytest.raises(Unreachable):
        get("127.0.0.1:9", "/")


def test_name_that_resolves_to_this_machine_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = [(2, 1, 6, "", ("93.184.215.14", 80)), (2, 1, 6, "", ("127.0.0.1", 80))]
    monkeypatch.setattr("socket.getaddrinfo", lambda *args, **kwargs: answers)
    with pytest.raises(Refused, match=r"127\.0\.0\.1"):
        fetch("http://mixed.example.jp/", Config(), user_agent="scopewatch-test")
