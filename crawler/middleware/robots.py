"""robots.txt as RFC 9309 means it: what cannot be read is a no, 4xx is a yes, Crawl-delay is kept."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from protego import Protego
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK

from crawler.failures import FETCH_ERRORS, error_of
from crawler.session import Session
from data.errors import Refused, Unreachable

LONGEST_DELAY = 120.0
"""A Crawl-delay above this is a no: the source would not end within its time."""
_MOST_BYTES = 512 * 1024
"""RFC 9309, 2.5: at least 500 KiB have to be read; more is cut."""


@dataclass(slots=True)
class Rules:
    """What a host's robots.txt says; `unreadable` when it could not be read."""

    parsed: Protego | None = None
    unreadable: str | None = None
    ready: asyncio.Event = field(default_factory=asyncio.Event)


class RobotsMiddleware:
    """Takes the place of Scrapy's own, which fetches on when robots.txt times out or answers 5xx."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self._agent: str = crawler.settings["ROBOTSTXT_USER_AGENT"]

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> RobotsMiddleware:
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Raises `Unreachable` when the rules are unreadable, `Refused` when they say no."""
        if request.meta.get("is_robots_txt"):
            return
        rules = await self._rules(request)
        if rules.unreadable:
            raise Unreachable(
                f"robots.txt: {rules.unreadable}; nothing is fetched until it can be read"
            )
        if rules.parsed is None:
            return
        if not rules.parsed.can_fetch(request.url, self._agent):
            raise Refused("robots.txt disallows this address")
        delay = rules.parsed.crawl_delay(self._agent)
        if delay is not None and delay > LONGEST_DELAY:
            raise Refused(f"robots.txt asks for {delay:.0f} seconds between requests")

    async def _rules(self, request: Request) -> Rules:
        parts = urlsplit(request.url)
        key = f"{parts.scheme}://{parts.netloc}"
        session = self._session
        rules = session.robots.get(key)
        if rules is None:
            rules = session.robots[key] = Rules()
            try:
                await self._read(rules, key, parts.hostname or "")
            finally:
                rules.ready.set()
        await rules.ready.wait()
        return rules

    @property
    def _session(self) -> Session:
        spider: Any = self.crawler.spider
        session: Session = spider.session
        return session

    async def _read(self, rules: Rules, key: str, host: str) -> None:
        request = Request(
            f"{key}/robots.txt",
            meta={"is_robots_txt": True, "download_maxsize": 4 * _MOST_BYTES},
            callback=NO_CALLBACK,
            dont_filter=True,
        )
        rules.unreadable = "reading it was interrupted"
        try:
            response = await self.crawler.engine.download_async(request)
        except FETCH_ERRORS as error:
            # Whatever kept robots.txt from being read is a no (RFC 9309, 2.3.1.4).
            rules.unreadable = str(error_of(error))
            return
        rules.unreadable = self._judge(rules, response)
        delay = rules.parsed.crawl_delay(self._agent) if rules.parsed else None
        if delay:
            self._session.gate.slow_down(host, min(float(delay), LONGEST_DELAY))

    def _judge(self, rules: Rules, response: Response) -> str | None:
        if 200 <= response.status < 300:
            rules.parsed = Protego.parse(response.body[:_MOST_BYTES].decode("utf-8", "replace"))
            return None
        if 400 <= response.status < 500 and response.status != 429:
            return None
        return f"the server answered {response.status}"
