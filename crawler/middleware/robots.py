"""robots.txt as RFC 9309 means it: what cannot be read is a no, 4xx is a yes, Crawl-delay is kept."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from time import monotonic
from typing import Any
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http.request import NO_CALLBACK

from crawler.failures import error_of_download
from crawler.robots import LONGEST_DELAY, MOST_BYTES, Permission, permission, require
from crawler.session import Session

A_DAY = 24 * 60 * 60.0
UNREAD = Permission(unreadable="reading it was interrupted")


@dataclass(slots=True)
class Rules:
    """What a host's robots.txt permits, once it is `ready`."""

    permission: Permission = UNREAD
    ready: asyncio.Event = field(default_factory=asyncio.Event)
    asked_at: float = field(default_factory=monotonic)

    @property
    def old(self) -> bool:
        """Whether they must not be used any more (RFC 9309, 2.4)."""
        return monotonic() - self.asked_at > A_DAY


class RobotsMiddleware:
    """Takes the place of Scrapy's own, which fetches on when robots.txt times out or answers 5xx."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> RobotsMiddleware:
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Raises `Unreachable` when the rules are unreadable, `Refused` when they say no."""
        if request.meta.get("is_robots_txt"):
            return
        rules = await self._rules(request)
        require(rules.permission, request.url)

    async def _rules(self, request: Request) -> Rules:
        parts = urlsplit(request.url)
        key = f"{parts.scheme}://{parts.netloc}"
        session = self._session
        rules = session.robots.get(key)
        if rules is None or rules.old:
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
            meta={"is_robots_txt": True, "download_maxsize": 4 * MOST_BYTES},
            callback=NO_CALLBACK,
            dont_filter=True,
        )
        try:
            response = await self.crawler.engine.download_async(request)
        except Exception as error:  # raised again where it is none of the downloader's
            # Whatever kept robots.txt from being read is a no (RFC 9309, 2.3.1.4).
            rules.permission = Permission(unreadable=str(error_of_download(error)))
            return
        rules.permission = permission(response.status, response.body)
        if delay := rules.permission.delay:
            self._session.gate.slow_down(host, min(delay, LONGEST_DELAY))
