"""A small web on loopback for the crawler's tests: pages by path, with what was asked of it."""

from __future__ import annotations

import hashlib
import json
import os
import ssl
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from data.store.connection import open_reader

MEASURED = (
    "import resource, subprocess, sys\n"
    "status = subprocess.call(sys.argv[1:])\n"
    "peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss\n"
    "sys.stderr.write(f'peak_kib {peak}\\n')\n"
    "sys.exit(status)\n"
)
"""Run a command in a process of its own, whose children are only that command's."""


@dataclass
class Answer:
    body: bytes = b""
    content_type: str = "text/html; charset=utf-8"
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    etag: bool = True


@dataclass
class Web:
    """`pages` maps a path to an answer, or to a function of the handler that answers by itself."""

    pages: dict[str, Answer | Callable[[Any], Answer | None]] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    times: list[tuple[str, float]] = field(default_factory=list)
    host: str = ""

    def put(self, path: str, body: str | bytes, **rest: Any) -> None:
        self.pages[path] = Answer(body.encode() if isinstance(body, str) else body, **rest)

    def paths(self) -> list[str]:
        return [path for path, _ in self.asked]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    web: Web

    def do_GET(self) -> None:
        import time

        self.web.asked.append((self.path, dict(self.headers)))
        self.web.times.append((self.path, time.monotonic()))
        page = self.web.pages.get(self.path)
        if page is None:
            missing = self.path == "/robots.txt"
            self._send(Answer(b"" if missing else b"gone", status=404, etag=False))
        elif isinstance(page, Answer):
            self._send(page)
        else:
            answer = page(self)
            if answer is not None:
                self._send(answer)

    def _send(self, answer: Answer) -> None:
        status, body = answer.status, answer.body
        tag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        if answer.etag and self.headers.get("If-None-Match") == tag:
            status, body = 304, b""
        head = [f"HTTP/1.1 {status} X", f"Content-Type: {answer.content_type}"]
        if status != 304:
            head.append(f"Content-Length: {len(body)}")
        if answer.etag:
            head.append(f"ETag: {tag}")
        head += [f"{name}: {value}" for name, value in answer.headers.items()]
        # One write: a second small one would wait for the peer's delayed acknowledgement.
        self.wfile.write("\r\n".join([*head, "", ""]).encode() + body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Silent."""


class _Server(ThreadingHTTPServer):
    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients that were killed or refuse a certificate hang up; that is what is tested."""


@contextmanager
def serving(
    web: Web, address: str = "127.0.0.1", context: ssl.SSLContext | None = None
) -> Iterator[str]:
    """Serve `web`, over TLS when a context is given; gives host:port."""
    handler = type("Handler", (_Handler,), {"web": web})
    server = _Server((address, 0), handler)
    server.daemon_threads = True
    if context:
        server.socket = context.wrap_socket(
            server.socket, server_side=True, do_handshake_on_connect=False
        )
    server.block_on_close = False
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    web.host = f"{address}:{server.server_address[1]}"
    try:
        yield web.host
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


SOURCE = """
publisher: {{ja: 見本, en: Mihon}}
name: {{ja: 新着, en: News}}
group: ministry
source_class: ministry
kind: {kind}
url: http://{host}{path}
terms: written for the test
note: written for the test
seen: 2026-11-16
evidence: recorded
{more}
"""


@dataclass
class Place:
    """A user's directory: scopewatch.toml, sources, var."""

    root: Path
    hosts: list[str] = field(default_factory=list)
    settings: dict[str, Any] = field(default_factory=dict)

    def source(self, name: str, host: str, path: str, kind: str = "feed", more: str = "") -> None:
        (self.root / "sources").mkdir(exist_ok=True)
        text = SOURCE.format(kind=kind, host=host, path=path, more=more)
        (self.root / "sources" / f"{name}.yml").write_text(text, encoding="utf-8")
        if host not in self.hosts:
            self.hosts.append(host)

    def configure(self, **settings: Any) -> None:
        crawl = {
            "sources": ["sources"],
            "allow_hosts": self.hosts,
            "delay_seconds": 0.0,
            "timeout_seconds": 5,
            "source_limit_seconds": 40,
            **settings,
        }
        lines = ['contact = "mailto:test@example.org"', "[crawl]"]
        lines += [f"{key} = {json.dumps(value)}" for key, value in crawl.items()]
        (self.root / "scopewatch.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")

    def environment(self, **more: str) -> dict[str, str]:
        return os.environ | {"SCOPEWATCH_CONFIG": str(self.root / "scopewatch.toml")} | more

    def crawl(self, *words: str, timeout: float = 100, **more: str) -> dict[str, Any]:
        """Run `scopewatch crawl … --json` as a user would; gives its summary with `exit`, `stderr` and the
        largest memory of the command and its children (`peak_kib`).
        """
        done = subprocess.run(
            [
                sys.executable,
                "-c",
                MEASURED,
                sys.executable,
                "-m",
                "scopewatch",
                "crawl",
                "--json",
                *words,
            ],
            env=self.environment(**more),
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )
        summary = json.loads(done.stdout) if done.stdout.strip() else {}
        told, _, peak = done.stderr.rstrip("\n").rpartition("peak_kib ")
        return {**summary, "exit": done.returncode, "stderr": told, "peak_kib": int(peak)}

    def rows(self, sql: str, *arguments: Any) -> list[dict[str, Any]]:
        database = open_reader(self.root / "var" / "watch.db")
        try:
            return list(database.query(sql, list(arguments)))
        finally:
            database.close()

    def documents(self) -> list[dict[str, Any]]:
        return self.rows("SELECT * FROM documents ORDER BY source_id, id")

    def texts(self) -> dict[str, str]:
        database = open_reader(self.root / "var" / "private.db")
        try:
            rows = database.query(
                "SELECT document_id, text FROM texts ORDER BY document_id, version"
            )
            return {row["document_id"]: row["text"] for row in rows}
        finally:
            database.close()

    def health(self, source: str) -> dict[str, Any]:
        return self.rows("SELECT * FROM source_health WHERE source_id = ?", source)[0]


def rss(host: str, items: list[tuple[str, str]]) -> str:
    """An RSS 2.0 feed of (path, title)."""
    entries = "".join(
        f"<item><title>{title}</title><link>http://{host}{path}</link>"
        f"<pubDate>Mon, 16 Nov 2026 10:{number % 60:02d}:00 +0900</pubDate></item>"
        for number, (path, title) in enumerate(items)
    )
    return f'<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>x</title>{entries}</channel></rss>'


def article(title: str, text: str) -> str:
    """A small article page."""
    paragraphs = "".join(f"<p>{line}</p>" for line in text.split("\n"))
    return (
        f'<!DOCTYPE html><html lang="ja"><head><meta charset="utf-8"><title>{title}</title></head>'
        f"<body><nav><a href='/'>トップ</a></nav><main><article><h1>{title}</h1>{paragraphs}</article></main>"
        "<footer>見本</footer></body></html>"
    )


BODY = (
    "見本市は、個人番号カードを使った窓口の手続きを来年度から始めると発表した。\n"
    "担当の部署によると、対象は住民票の写しと印鑑登録証明書で、利用者は年に一万人ほどを見込む。\n"
    "市民の団体は、利用の範囲を条例で限るように求めている。市長は議会で検討を約束した。"
)
