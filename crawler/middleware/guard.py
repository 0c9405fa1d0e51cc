"""No request leaves for an address that scopewatch must not reach: each one, and each redirect's hop."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.crawler import Crawler

from crawler.addresses import allowed, check_target, target_of
from crawler.resolver import refusals
from crawler.settings import NO_CONTACT
from data.errors import Refused


class GuardMiddleware:
    """Raises `Refused` before the request is sent; the resolver checks what the name leads to."""

    def __init__(self, crawler: Crawler) -> None:
        self._allow_hosts = frozenset(crawler.settings.getlist("SCOPEWATCH_ALLOW_HOSTS"))
        self._contact: str | None = crawler.settings.get("SCOPEWATCH_CONTACT")

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> GuardMiddleware:
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        target = target_of(request.url)
        check_target(target, self._allow_hosts)
        if not self._contact and not allowed(target, self._allow_hosts):
            raise Refused(NO_CONTACT)  # a local list may link to the world

    def process_exception(self, request: Request, exception: Any) -> None:
        """Name the real reason of a failed look-up that the resolver refused."""
        reason = refusals.get(urlsplit(request.url).hostname or "")
        if reason and not isinstance(exception, Refused):
            raise Refused(reason) from exception
