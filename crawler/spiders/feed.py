"""Feeds: RSS 0.9x, 1.0 and 2.0, Atom, JSON Feed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from scrapy import Request
from scrapy.http import Response

from crawler.items import Publication
from crawler.spiders.base import SourceSpider, content_type, day_only
from crawler.text.feed import parse_feed


class FeedSpider(SourceSpider):
    def parse(self, response: Response, **kwargs: Any) -> Iterator[Request | Publication]:
        entries = parse_feed(
            response.body,
            url=response.url,
            content_type=content_type(response),
            hint=self.source.hints.encoding,
        )
        if self.source.hints.date == "day":
            entries = [day_only(entry) for entry in entries]
        yield from self.follow(entries, response.meta.get("capture"))
