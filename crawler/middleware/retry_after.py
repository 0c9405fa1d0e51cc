"""One more try after a passing failure, at the time the server asks for; a longer wait ends the host's turn."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.redirect import RedirectMiddleware
from scrapy.downloadermiddlewares.retry import RetryMiddleware
from scrapy.http import Response

from crawler.hosts import Pause
from crawler.middleware.blocked import blocked_reason
from crawler.session import Session
from crawler.waiting import LONGEST_WAIT, UNSAID_WAIT, may_name_a_time, seconds_to_wait
from data.clock import now
from data.errors import Blocked, SourceError, Unreachable

_OF_RETRIES = frozenset({429, 503})


class PatientRedirectMiddleware(RedirectMiddleware):
    """Scrapy's redirects, but a time that an answer names is kept to first: by the redirected request, by a second
    try, and by all others to its host. 429 and 503 are RetryAfterMiddleware's.
    """

    def process_response(  # type: ignore[override]  # Scrapy awaits what can be awaited
        self, request: Request, response: Response
    ) -> Request | Response | Coroutine[Any, Any, Request | Response]:
        following = super().process_response(request, response)
        if may_name_a_time(response.status) and response.status not in _OF_RETRIES:
            wait = seconds_to_wait(response.headers.get("Retry-After"), now())
            return self._after(wait, request, response, following) if wait else following
        return following

    async def _after(
        self, wait: float, request: Request, response: Response, following: Request | Response
    ) -> Request | Response:
        spider: Any = self.crawler.spider
        hosts = spider.session.gate.hosts
        pause = hosts.leave_alone(_host(request), response.status, wait, wait)
        if isinstance(following, Request) and _host(following) != _host(request):
            if wait > LONGEST_WAIT:
                raise Unreachable(pause.reason)
            await asyncio.sleep(wait)
        return following


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
        host = _host(request)
        if pause := self._session.gate.hosts.long_pause(host):
            raise self._given_up(host, pause)

    async def process_response(  # type: ignore[override]  # Scrapy awaits either
        self, request: Request, response: Response
    ) -> Request | Response:
        if response.status not in _OF_RETRIES:
            return super().process_response(request, response)
        wait = seconds_to_wait(response.headers.get("Retry-After"), now())
        if wait is None and response.status == 503:
            return super().process_response(request, response)
        if wait is None or wait > LONGEST_WAIT:
            raise _said(response, self._leave_alone(request, response.status, wait))
        again = self._retry(request, f"{response.status} with Retry-After")
        if again is None:
            raise _said(response, self._leave_alone(request, response.status, wait))
        host = _host(request)
        self._session.gate.hosts.leave_alone(host, response.status, wait, wait)  # the gate waits
        return again

    def _leave_alone(self, request: Request, status: int, wait: float | None) -> Unreachable:
        host = _host(request)
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


def _said(response: Response, error: Unreachable) -> SourceError:
    """The failure as what it is, where the answer says that it is a challenge or that the site is in maintenance."""
    kind = (response.headers.get("Content-Type") or b"").decode("latin-1")
    reason = blocked_reason(response.url, response.status, kind, response.body)
    return Blocked(f"{reason}; {error}") if reason else error


def _host(request: Request) -> str:
    return urlsplit(request.url).hostname or ""
