"""One more try after a passing failure, at the time the server asks for; a longer wait ends the host's turn."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.retry import RetryMiddleware
from scrapy.http import Response

from crawler.waiting import LONGEST_PAUSE, seconds_to_wait
from data.clock import now
from data.errors import Unreachable

LONGEST_WAIT = 30.0
"""Seconds that a run waits itself; beyond, the source waits for a later run."""


class RetryAfterMiddleware(RetryMiddleware):
    """Scrapy's retries, but 429 and Retry-After (RFC 9110, 10.2.3) are honoured, not met at once."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler.settings)
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> RetryAfterMiddleware:
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        """Raises `Unreachable` for a host that has asked for a pause."""
        spider: Any = self.crawler.spider
        reason = spider.session.left_alone.get(urlsplit(request.url).hostname or "")
        if reason:
            raise Unreachable(reason)

    async def process_response(  # type: ignore[override]  # Scrapy awaits either
        self, request: Request, response: Response
    ) -> Request | Response:
        if response.status not in {429, 503}:
            return super().process_response(request, response)
        wait = seconds_to_wait(response.headers.get("Retry-After"), now())
        if wait is None and response.status == 503:
            return super().process_response(request, response)
        if wait is None or wait > LONGEST_WAIT:
            raise self._leave_alone(request, response.status, wait)
        again = self._retry(request, f"{response.status} with Retry-After")
        if again is None:
            raise self._leave_alone(request, response.status, wait)
        await asyncio.sleep(wait)
        return again

    def _leave_alone(self, request: Request, status: int, wait: float | None) -> Unreachable:
        spider: Any = self.crawler.spider
        asked = f" and asks to wait {wait:.0f} seconds" if wait is not None else ""
        reason = f"the server answered {status}{asked}"
        spider.session.left_alone[urlsplit(request.url).hostname or ""] = reason
        if wait is not None:
            spider.tally.paused_until = now() + min(timedelta(seconds=wait), LONGEST_PAUSE)
        return Unreachable(reason)
