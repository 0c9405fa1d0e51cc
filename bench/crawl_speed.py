"""Pages per second of `scopewatch crawl` against a bare Scrapy spider and a requests + trafilatura loop.

The site: 60 sources of 50 articles, each source on a loopback address of its own, served by another
process. scopewatch stores, archives and extracts; the bare spider only reads title and paragraphs and
keeps nothing; the loop is what a short script would do. Both crawls run in turns, and the better time of each
counts: a busy host slows one run by half, and never speeds one up. Run: python -m bench.crawl_speed

news-please has dependencies of its own that clash with ours. Where another environment holds it (pip install
news-please tinysegmenter nltk), its interpreter is named: python -m bench.crawl_speed --news-please DIR/bin/python
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import multiprocessing
import os
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import requests
import scrapy
import trafilatura
from scrapy.crawler import CrawlerProcess

from crawler.text.feed import parse_feed
from data.store.connection import open_reader

SOURCES, ARTICLES = 60, 50
ROUNDS = 3
PORT = 18931
WORDS = (
    "個人番号カード",
    "窓口",
    "条例",
    "市議会",
    "住民票",
    "手続き",
    "利用の範囲",
    "担当者",
    "来年度",
    "検討",
)
SOURCE = """
publisher: {{ja: 見本{n}, en: Mihon {n}}}
name: {{ja: 新着, en: News}}
group: ministry
source_class: ministry
kind: feed
url: http://{host}/feed.xml
terms: bench
note: bench
seen: 2026-11-01
evidence: recorded
"""


def hosts() -> list[str]:
    return [f"127.0.9.{n + 1}:{PORT}" for n in range(SOURCES)]


def article(n: int) -> bytes:
    """About 12 KB of page with navigation, 20 paragraphs and a list of links, as news pages have."""
    paragraphs = "".join(
        f"<p>第{k}段落。"
        + "、".join(WORDS[(n + k + j) % 10] + f"について説明した{j}" for j in range(8))
        + "。</p>"
        for k in range(20)
    )
    links = "".join(f'<li><a href="/{k}.html">関連する記事その{k}</a></li>' for k in range(40))
    return (
        f'<!DOCTYPE html><html lang="ja"><head><meta charset="utf-8"><title>見出し{n}</title></head><body>'
        f"<header><nav><ul>{links}</ul></nav></header><main><article><h1>見出し{n}</h1>"
        f'<time datetime="2026-11-16">2026年11月16日</time>{paragraphs}</article></main>'
        f"<aside><h2>関連記事</h2><ul>{links}</ul></aside><footer>見本</footer></body></html>"
    ).encode()


def feed(host: str) -> bytes:
    items = "".join(
        f"<item><title>見出し{n}</title><link>http://{host}/{n}.html</link>"
        f"<pubDate>Mon, 16 Nov 2026 10:{n:02d}:00 +0900</pubDate></item>"
        for n in range(ARTICLES)
    )
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>x</title>{items}</channel></rss>'.encode()


def serve() -> None:
    """The site, in a process of its own."""
    pages = {f"/{n}.html": article(n) for n in range(ARTICLES)}
    feeds = {host: feed(host) for host in hosts()}

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                path = head.split(b" ", 2)[1].decode()
                fields = dict(
                    line.lower().split(": ", 1)
                    for line in head.decode("latin-1").split("\r\n")
                    if ": " in line
                )
                body = feeds[fields["host"]] if path == "/feed.xml" else pages.get(path, b"")
                status = "200 OK" if body else "404 Not Found"
                tag = f'"{hashlib.md5(body).hexdigest()}"'
                if fields.get("if-none-match") == tag:
                    status, body = "304 Not Modified", b""
                kind = "application/xml" if path == "/feed.xml" else "text/html; charset=utf-8"
                writer.write(
                    f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nETag: {tag}\r\n"
                    f"Content-Length: {len(body)}\r\n\r\n".encode()
                    + body
                )
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    async def forever() -> None:
        for host in hosts():
            await asyncio.start_server(answer, host.partition(":")[0], PORT)
        await asyncio.Event().wait()

    asyncio.run(forever())


class Bare(scrapy.Spider):
    """What a first Scrapy tutorial does, storing nothing."""

    name = "bare"
    start_urls = tuple(f"http://{host}/feed.xml" for host in hosts())

    def parse(self, response):  # type: ignore[no-untyped-def]
        for link in response.xpath("//item/link/text()").getall():
            yield response.follow(link, self.parse_article)

    def parse_article(self, response):  # type: ignore[no-untyped-def]
        yield {
            "title": response.css("h1::text").get(),
            "text": "\n".join(response.css("article p::text").getall()),
        }


def bare() -> None:
    process = CrawlerProcess(
        {"LOG_ENABLED": False, "TELNETCONSOLE_ENABLED": False, "REMOTE_CONTROL_ENABLED": False}
    )
    process.crawl(Bare)
    process.start()


def loop() -> int:
    """The short script: one session, one page after the other, trafilatura for the text; a sixth of the site."""
    session, pages = requests.Session(), 0
    for host in hosts()[: SOURCES // 6]:
        for entry in parse_feed(session.get(f"http://{host}/feed.xml", timeout=10).content):
            trafilatura.extract(session.get(entry.url or "", timeout=10).content)
            pages += 1
    return pages


NEWS_PLEASE = """
import json, sys, time
from newsplease import NewsPlease
addresses = json.load(sys.stdin)
began = time.perf_counter()
read = sum(bool(NewsPlease.from_url(address).maintext) for address in addresses)
assert read == len(addresses), f"{read} of {len(addresses)} have a text"
print(len(addresses) / (time.perf_counter() - began))
"""


def news_please(python: str) -> float:
    """Pages per second of news-please over two sources; the rate does not depend on their number."""
    addresses = [f"http://{host}/{n}.html" for host in hosts()[:2] for n in range(ARTICLES)]
    done = subprocess.run(
        [python, "-c", NEWS_PLEASE],
        input=json.dumps(addresses),
        text=True,
        capture_output=True,
        check=True,
    )
    return float(done.stdout)


@dataclass(frozen=True)
class Took:
    """What a command and its children took: seconds of the clock and of the processors."""

    clock: float
    cores: float
    said: str


def timed(command: list[str], environment: dict[str, str]) -> Took:
    began, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        command, env=environment, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cores = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Took(time.perf_counter() - began, cores, done.stdout.decode())


def measure(place: Path) -> dict[str, float]:
    rounds = [turn(place / str(number)) for number in range(ROUNDS)]
    first, again, spider = (
        min((taken[n] for taken in rounds), key=lambda took: took.clock) for n in range(3)
    )
    began = time.perf_counter()
    looped = loop() / (time.perf_counter() - began)
    rival = sys.argv[sys.argv.index("--news-please") + 1 :] if "--news-please" in sys.argv else []
    pages = SOURCES * ARTICLES
    return {
        "first": first.clock,
        "again": again.clock,
        "ours": pages / first.clock,
        "bare": pages / spider.clock,
        "first_cores": first.cores,
        "again_cores": again.cores,
        "bare_cores": spider.cores,
        "bytes": json.loads(again.said)["bytes"] / json.loads(first.said)["bytes"],
        "loop": looped,
        **({"news_please": news_please(rival[0])} if rival else {}),
    }


def turn(place: Path) -> tuple[Took, Took, Took]:
    """A first crawl into an empty store, a second one with nothing new, and the bare spider."""
    (place / "sources").mkdir(parents=True)
    for n, host in enumerate(hosts()):
        (place / "sources" / f"s{n}.yml").write_text(
            SOURCE.format(n=n, host=host), encoding="utf-8"
        )
    (place / "scopewatch.toml").write_text(
        f'[crawl]\nsources = ["sources"]\ndelay_seconds = 0\nconcurrency = 16\nallow_hosts = {json.dumps(hosts())}\n'
    )
    environment = os.environ | {"SCOPEWATCH_CONFIG": str(place / "scopewatch.toml")}
    ours = [sys.executable, "-m", "scopewatch", "crawl", "--all", "--json"]
    first = timed(ours, environment)
    database = open_reader(place / "var" / "watch.db")
    stored = next(database.query("SELECT count(*) AS n FROM documents"))["n"]
    database.close()
    if stored != SOURCES * ARTICLES:
        raise SystemExit(f"{stored} documents stored, expected {SOURCES * ARTICLES}")
    again = timed(ours, environment)
    spider = timed([sys.executable, "-m", "bench.crawl_speed", "--bare"], environment)
    return first, again, spider


def main() -> None:
    site = multiprocessing.Process(target=serve, daemon=True)
    site.start()
    time.sleep(1)
    try:
        with tempfile.TemporaryDirectory() as folder:
            found = measure(Path(folder))
    finally:
        site.terminate()
    print(
        f"scopewatch crawl           {found['ours']:8.0f} pages/s  ({found['first']:.1f} s for {SOURCES * ARTICLES})"
    )
    print(
        f"bare Scrapy spider         {found['bare']:8.0f} pages/s  (ours is {found['ours'] / found['bare']:.2f} x; goal 0.6)"
    )
    print(
        f"requests + trafilatura     {found['loop']:8.0f} pages/s  (ours is {found['ours'] / found['loop']:.2f} x)"
    )
    if "news_please" in found:
        print(
            f"news-please                {found['news_please']:8.1f} pages/s  "
            f"(ours is {found['ours'] / found['news_please']:.1f} x; goal 5)"
        )
    print(
        f"second run, nothing new    {found['again']:8.1f} s        ({found['again'] / found['first']:.2f} of the first; goal 0.1), "
        f"{found['bytes']:.4f} of its bytes (goal 0.05)"
    )
    print(
        f"processor time: first run {found['first_cores']:.1f} s, second {found['again_cores']:.1f} s "
        f"({found['again_cores'] / found['first_cores']:.3f}), bare spider {found['bare_cores']:.1f} s; "
        f"load now {os.getloadavg()[0]:.1f}"
    )


if __name__ == "__main__":
    bare() if "--bare" in sys.argv else main()
