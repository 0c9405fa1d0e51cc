"""One child process of a crawl: reads lanes of sources side by side in one Scrapy reactor.

Called as `python -m crawler.launcher`, with its work as JSON lines on standard input; tells its progress as JSON
lines on standard output: `beat` every second while the reactor turns, `done` per source. The parent
(crawler/children.py) takes missing beats for a hang. This is the only place where an error of a source becomes a
failed run; everything else crashes loudly.
"""

from __future__ import annotations

import asyncio
import gc
import json
import logging
import os
import signal
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

# First, while few modules are loaded and the import is not deep: when Scrapy defines its deprecated TLS classes,
# it walks the stack and reads the source of every frame (0.3 s of 1.9 when it came last).
import scrapy.core.downloader.contextfactory  # noqa: F401
from scrapy import Spider, signals
from scrapy.crawler import AsyncCrawlerProcess, Crawler
from scrapy.utils.misc import load_object
from twisted.python.failure import Failure

from crawler.archive import Archive
from crawler.failures import FETCH_ERRORS, error_of
from crawler.gate import Gate
from crawler.handler import GatedHandler
from crawler.health import Verdict, judge, source_run
from crawler.hosts import Hosts, hosts_file
from crawler.items import Tally
from crawler.loader import load_sources, read_source
from crawler.memory import MINE, Room, tree_for, watch
from crawler.recording import Recorder
from crawler.session import Session
from crawler.settings import scrapy_settings, source_settings
from crawler.shared_settings import SharedSettings
from crawler.source import Kind, Source
from crawler.telling import counted, tell
from crawler.writer import STORE_FAULTS, Preview, Writer
from data.clock import now, tokyo
from data.config import Config, load_config
from data.errors import ScopewatchError, Unreachable, printable
from data.store.connection import Store, open_store
from data.store.harvest import past_of
from data.store.sources import record_issue, record_source_run

SPIDERS: dict[Kind, str] = {
    Kind.FEED: "crawler.spiders.feed.FeedSpider",
    Kind.LISTING: "crawler.spiders.listing.ListingSpider",
    Kind.PAGE: "crawler.spiders.page.PageSpider",
    Kind.SITEMAP: "crawler.spiders.sitemap.SitemapSpider",
    Kind.API: "crawler.spiders.api.ApiSpider",
    Kind.QUERY: "crawler.spiders.query.QuerySpider",
    Kind.REGISTRY: "crawler.spiders.registry.RegistrySpider",
}
"""Each is imported with its first source: those of interfaces and registries take a tenth of the start."""
BEAT_SECONDS = 1.0
ISSUES_PER_SOURCE = 20
"""Failed pages of one run that get a row of their own; more are counted."""


@dataclass(slots=True)
class Batch:
    """The sources of one child and what they share."""

    config: Config
    sources: dict[str, Source]
    session: Session
    store: Store | None
    run_id: int | None
    parent: int
    stopping: bool = False


async def read_all(process: AsyncCrawlerProcess, batch: Batch) -> None:
    """Read each lane that comes in: its sources one after the other, the lanes side by side."""
    beating = asyncio.create_task(keep_beating(batch.parent))
    try:
        async with asyncio.TaskGroup() as group:
            async for ids in incoming():
                group.create_task(read_lane(process, batch, ids))
    finally:
        beating.cancel()


async def incoming() -> AsyncIterator[list[str]]:
    """The lanes that the parent writes to standard input, until it closes it."""
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while line := await reader.readline():
        yield json.loads(line)["lane"]


async def read_lane(process: AsyncCrawlerProcess, batch: Batch, ids: list[str]) -> None:
    for source_id in ids:
        if not batch.stopping:
            await read_one(process, batch, batch.sources[source_id])


def beat() -> None:
    """Tell that the reactor turns, or that it waits for a store which another program holds."""
    tell({"event": "beat"})


async def keep_beating(parent: int) -> None:
    """Tell it every second; end with the parent, also when that was killed."""
    while True:
        beat()
        await asyncio.sleep(BEAT_SECONDS)
        if parent and os.getppid() != parent:
            os._exit(1)


async def read_one(process: AsyncCrawlerProcess, batch: Batch, source: Source) -> None:
    """One source from start to its row in the store."""
    crawler = process.create_crawler(load_object(SPIDERS[source.read_as]))
    crawler.settings.setdict(source_settings(source, batch.config), priority="spider")
    crawler.signals.connect(_spider_error, signals.spider_error)
    crawler.signals.connect(_item_error, signals.item_error)
    tell({"event": "start", "source": source.id})
    running = process.crawl(crawler, source=source, session=batch.session)
    limit = batch.config.crawl.source_limit_seconds
    done, _ = await asyncio.wait({running}, timeout=limit)
    if not done:
        tally = _tally(crawler)
        tally.failures.append((source.url, Unreachable(f"did not end within {limit} seconds")))
        await crawler.stop_async()
        await asyncio.wait({running}, timeout=limit)
    elif running.exception() is not None:
        raise RuntimeError(f"{source.id}: its spider did not start") from running.exception()
    if not batch.stopping:  # a source that was cut off is read again by the next run
        finish(batch, source, _tally(crawler))


def finish(batch: Batch, source: Source, tally: Tally) -> None:
    """Write what is left, judge the run, keep its row and its issues, tell the parent."""
    batch.session.writer.finish(source, tally)
    verdict = Verdict("ok")
    if batch.store is not None:
        try:
            verdict = _recorded(batch.store, source, tally, batch.run_id)
        except STORE_FAULTS as error:  # told at least; the child goes on with the others
            verdict = Verdict("failed", tally.crash or f"its run cannot be stored: {error}")
    elif tally.failures or tally.crash:
        verdict = Verdict(
            tally.failures[0][1].kind if tally.failures else "failed",
            str(tally.failures[0][1]) if tally.failures else tally.crash or "",
        )
    tell(
        {
            "event": "done",
            "source": source.id,
            "state": verdict.state,
            "detail": verdict.detail,
            **counted(tally),
        }
    )


def _recorded(store: Store, source: Source, tally: Tally, run_id: int | None) -> Verdict:
    past, moment = past_of(store, source.id), now()
    verdict = judge(source, tally, past, moment)
    record_source_run(store, source_run(source, tally, past, moment, verdict), run_id)
    _record_issues(store, source, tally)
    return verdict


def _record_issues(store: Store, source: Source, tally: Tally) -> None:
    moment = now()
    found = [*tally.failures, *tally.page_failures]
    for url, error in found[:ISSUES_PER_SOURCE]:
        record_issue(
            store, at=moment, kind=error.kind, detail=str(error), source_id=source.id, url=url
        )
    if tally.crash:
        record_issue(store, at=moment, kind="crash", detail=tally.crash, source_id=source.id)


def _tally(crawler: Crawler) -> Tally:
    spider: Any = crawler.spider
    tally: Tally = spider.tally
    return tally


def _spider_error(failure: Failure, response: Any, spider: Spider) -> None:
    _note(failure, getattr(response, "url", ""), spider)


def _item_error(item: Any, response: Any, spider: Spider, failure: Failure) -> None:
    _note(failure, getattr(response, "url", ""), spider)


def _note(failure: Failure, url: str, spider: Any) -> None:
    error: Any = failure.value
    if isinstance(error, FETCH_ERRORS):
        spider.tally.failures.append((url or spider.source.url, error_of(error)))
        return
    crash = printable(f"{type(error).__name__}: {error} at {url}")
    spider.tally.crash = spider.tally.crash or crash
    sys.stderr.write(failure.getTraceback())


class Reading(AsyncCrawlerProcess):
    """Scrapy's process whose work is the batch; it ends when all lanes are read or SIGTERM came."""

    def __init__(self, batch: Batch) -> None:
        handlers = {"DOWNLOAD_HANDLERS": {"http": GatedHandler, "https": GatedHandler}}
        super().__init__(SharedSettings(scrapy_settings(batch.config) | handlers))
        self._batch = batch
        self.failed: BaseException | None = None

    async def join(self) -> None:
        """What Scrapy waits for before it stops the reactor."""
        loop = asyncio.get_running_loop()
        work = loop.create_task(read_all(self, self._batch))
        loop.add_signal_handler(signal.SIGTERM, self._stop_early, work)
        loop.add_signal_handler(signal.SIGUSR1, self._batch.session.room.grant)
        loop.add_signal_handler(signal.SIGUSR2, self._give_back)
        await asyncio.wait({work})
        if not self._batch.stopping:
            self.failed = work.exception()

    def _stop_early(self, work: asyncio.Task[None]) -> None:
        """Let running requests end, start none, and leave the sources to the next run."""
        self._batch.stopping = True
        self._batch.session.writer.flush()  # running requests may outlast the parent's patience
        self._stopping = asyncio.get_running_loop().create_task(self.stop())
        self._stopping.add_done_callback(lambda _: work.cancel())

    def _give_back(self) -> None:
        """Another reader needs the room: keep what was read, and leave the rest to it, which the parent knows."""
        self._batch.session.writer.close()
        for crawler in self.crawlers:
            if crawler.spider is not None:
                tell({"event": "partly", **counted(_tally(crawler)), "seen": 0})
        os._exit(0)


def main() -> None:
    """Read the head of the task from standard input, then its lanes.

    The head is one line, {"run": id or null, "parent": pid, "file": path or null, "preview": bool,
    "record": directory or null, "pages": count}; each line after it {"lane": [ids]}.
    """
    with open(sys.stdin.fileno(), "rb", buffering=0, closefd=False) as raw:  # a descriptor
        line = raw.readline()  # unbuffered: what follows is read by the reactor
    if not line:
        return  # launched in vain: nothing was due, or the call was wrong
    head = json.loads(line)
    gc.freeze()  # what was imported stays: the collector need not look at it again
    gc.enable()
    gc.set_threshold(
        20_000, 20, 20
    )  # parsed pages are many small objects: 5 to 15 % less time a page
    logging.disable(logging.WARNING)  # what a run has to tell is in its events and its tally
    # It logs what _spider_error and _item_error take in; other errors are Scrapy's own and are shown.
    logging.getLogger("scrapy.core.scraper").disabled = True
    config = load_config()
    crawl = config.crawl
    MINE.tree = tree_for(crawl.largest_body)
    MINE.beside = (os.getppid(),)
    watch()
    room = Room(partial(tell, {"event": "large"}) if head.get("shared") else None)
    store = None if head.get("preview") else open_store(config, waits=beat)
    writer = Writer(store, Archive(config.archive), index=False) if store else Preview(sys.stdout)
    session = Session(
        config=config,
        gate=Gate(crawl.concurrency, crawl.delay_seconds / 2, Hosts(hosts_file(config)), room),
        writer=writer,
        room=room,
        recorder=Recorder(Path(head["record"]), head["pages"]) if head.get("record") else None,
    )
    batch = Batch(
        config, _sources(config, head), session, store, head.get("run"), head.get("parent", 0)
    )
    reading = Reading(batch)
    reading.start(install_signal_handlers=False)
    writer.close()
    if store is not None:
        store.close()
    if reading.failed is not None:
        raise reading.failed


def _sources(config: Config, head: dict[str, Any]) -> dict[str, Source]:
    if head.get("file"):
        source = read_source(Path(head["file"]))
        return {source.id: source}
    today = tokyo(now()).date()
    return {name: source.as_of(today) for name, source in load_sources(config).items()}


def run() -> None:
    """`main` in a process of its own; an error that is no bug is one line, as it is for a verb."""
    try:
        main()
    except ScopewatchError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(error.exit_status)
    # All is written and closed; taking down Twisted and the parsers' caches would take 0.2 s.
    sys.stdout.flush()
    os._exit(0)
