"""One more try after a passing failure, at the time the server asks for; a longer wait ends the host's turn."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.retry import RetryMiddleware
from scrapy.http import Response

from data.clock import now
from data.errors import Unreachable

LONGEST_WAIT = 30.0
"""Seconds that a run waits itself; beyond, the source waits for a later run."""
_LONGEST_PAUSE = timedelta(days=7)


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
            spider.tally.paused_until = now() + min(timedelta(seconds=wait), _LONGEST_PAUSE)
        return Unreachable(reason)


def seconds_to_wait(header: bytes | None, moment: datetime) -> float | None:
    """Seconds that a Retry-After header asks for: delta-seconds or an HTTP date; None if it says nothing."""
    if not header:
        return None
    text = header.decode("latin-1").strip()
    if text.isascii() and text.isdigit():
        return float(min(int(text[:12]), int(_LONGEST_PAUSE.total_seconds())))
    try:
        when = parsedate_to_datetime(text)
    except ValueError:
        return None
    aware = when if when.tzinfo else when.replace(tzinfo=UTC)
    return max(0.0, (aware - moment).total_seconds())
