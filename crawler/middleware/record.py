"""Hand each response to the recorder of `sources record`; without one, nothing is done."""

from __future__ import annotations

from typing import Any

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest, NotConfigured
from scrapy.http import Response

from crawler.recording import Recorder
from data.clock import now


class RecordMiddleware:
    """Stands where bodies are unpacked and redirects followed; pages beyond the wanted ones are not asked."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> RecordMiddleware:
        spider: Any = crawler.spider
        recorder = spider.session.recorder
        if recorder is None:
            raise NotConfigured
        return cls(recorder)

    def process_request(self, request: Request) -> None:
        if not _is_page(request) or request.meta.get("recorded"):
            return
        if not self._recorder.page_wanted():
            raise IgnoreRequest("more pages than are recorded")
        request.meta["recorded"] = True  # redirects and second tries carry it along

    def process_response(self, request: Request, response: Response) -> Response:
        if not request.meta.get("is_robots_txt"):
            response.request = request
            self._recorder.keep(response, "page" if _is_page(request) else "list", now())
        return response


def _is_page(request: Request) -> bool:
    """Whether the request is for the page of one item (crawler/spiders/base.py, `page_request`)."""
    return "item_id" in request.cb_kwargs
