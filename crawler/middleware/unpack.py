"""Unpack bodies, and let what is large wait until it can be read: a few kilobytes may hold 24 MiB."""

from __future__ import annotations

from typing import Any

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.httpcompression import HttpCompressionMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response

from crawler.memory import LIGHT, Room
from crawler.text.sniff import GZIP, ZIP

LIGHT_TEXT = 1 << 20
"""Bytes of what is no PDF that are read beside another reader."""
LIGHT_TAGS = 20_000
"""Signs `<`: feedparser takes 1.5 kB for each, lxml 0.24."""
LIGHT_VALUES = 200_000
"""Signs that part the values of JSON, 90 bytes each."""
_PACKED = (ZIP, GZIP)
_MOST = "download_maxsize"


class UnpackMiddleware(HttpCompressionMiddleware):
    """Scrapy's, which a body that may become large waits for room in."""

    def __init__(self, *, crawler: Crawler) -> None:
        super().__init__(crawler=crawler)
        self._crawler = crawler

    async def process_response(  # type: ignore[override]
        self, request: Request, response: Response
    ) -> Request | Response:
        unpacked = await self._unpacked(request, response)
        if is_large(unpacked.body):
            await self._room.large()
        return unpacked

    async def _unpacked(self, request: Request, response: Response) -> Response:
        if not response.headers.get("Content-Encoding"):
            return response
        most = request.meta.get(_MOST, self._max_size)
        try:
            return self._unpack(request, response, min(LIGHT, most))
        except IgnoreRequest:
            if most <= LIGHT:
                raise
        async with self._room.body(most):
            return self._unpack(request, response, most)

    def _unpack(self, request: Request, response: Response, most: int) -> Response:
        limited = request.replace(meta=request.meta | {_MOST: most})
        unpacked: Any = super().process_response(limited, response)
        return unpacked  # type: ignore[no-any-return]

    @property
    def _room(self) -> Room:
        spider: Any = self._crawler.spider
        room: Room = spider.session.room
        return room


def is_large(body: bytes) -> bool:
    """Whether reading `body` may take more than a reader has beside another one."""
    if body.startswith(_PACKED):
        return True
    if b"%PDF-" in body[:1024]:
        return len(body) > LIGHT
    return (
        len(body) > LIGHT_TEXT
        or body.count(b"<") > LIGHT_TAGS
        or sum(body.count(sign) for sign in (b",", b"[", b"{", b":")) > LIGHT_VALUES
    )
