"""Scrapy's HTTP/1.1 download handler behind the process-wide gate."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.crawler import Crawler
from scrapy.http import Response

from crawler.session import Session


class GatedHandler(HTTP11DownloadHandler):
    """Waits for the host's turn before it sends; the time-out counts from then."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        spider: Any = crawler.spider
        self._session: Session = spider.session

    async def download_request(self, request: Request) -> Response:
        async with self._session.gate.turn(urlsplit(request.url).hostname or ""):
            return await super().download_request(request)
