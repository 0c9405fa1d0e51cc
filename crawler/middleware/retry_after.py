"""One more try after a passing failure, at the time the server asks for; a longer wait ends the host's turn."""

from __future__ import annotations

from datetime import UTC, datetime
from time import time
from typing import Any
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.retry import RetryMiddleware
from scrapy.http import Response

from crawler.hosts import Pause
from crawler.session import Session
from crawler.waiting import LONGEST_WAIT, UNSAID_WAIT, seconds_to_wait
from data.clock import now
from data.errors import Unreachable


class RetryAfterMiddleware(RetryMiddleware):
    """Scrapy's retries, but 429 and Retry-After (RFC 9110, 10.2.3) are honoured, not met at once."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler.settings)
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> RetryAfterMiddleware:
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        """Raises `Unreachable` for a host that has asked for a long pause."""
        host = urlsplit(request.url).hostname or ""
        pause = self._session.gate.hosts.pause(host)
        if pause and pause.until - time() > LONGEST_WAIT:
            raise self._given_up(host, pause)

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
        host = urlsplit(request.url).hostname or ""
        self._session.gate.hosts.leave_alone(host, response.status, wait, wait)  # the gate waits
        return again

    def _leave_alone(self, request: Request, status: int, wait: float | None) -> Unreachable:
        host = urlsplit(request.url).hostname or ""
        seconds = wait if wait and wait > LONGEST_WAIT else UNSAID_WAIT
        pause = self._session.gate.hosts.leave_alone(host, status, wait, seconds)
        return self._given_up(host, pause)

    def _given_up(self, host: str, pause: Pause) -> Unreachable:
        """A source waits with its own host; a page elsewhere is no reason to leave its list unread."""
        spider: Any = self.crawler.spider
        own = {urlsplit(address).hostname for address in spider.source.addresses}
        if pause.wait is not None and host in own:
            spider.tally.paused_until = datetime.fromtimestamp(pause.until, UTC)
        return Unreachable(pause.reason)

    @property
    def _session(self) -> Session:
        spider: Any = self.crawler.spider
        session: Session = spider.session
        return session
