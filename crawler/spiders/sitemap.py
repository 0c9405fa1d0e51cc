"""Sitemaps: indexes, and indexes within them, are followed, newest first."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from scrapy import Request
from scrapy.http import Response

from crawler.items import Publication
from crawler.spiders.base import SourceSpider, content_type
from crawler.text.sitemap import parse_sitemap
from data.errors import Malformed

MAX_CHILDREN = (20, 5)
"""Of an index, and of each index within it, that many sitemaps with the newest lastmod are read in one run."""


class SitemapSpider(SourceSpider):
    def parse(
        self, response: Response, depth: int = 0, **kwargs: Any
    ) -> Iterator[Request | Publication]:
        found = parse_sitemap(
            response.body,
            url=response.url,
            content_type=content_type(response),
            hint=self.source.hints.encoding,
        )
        if found.children:
            if depth == len(MAX_CHILDREN):
                raise Malformed(f"{response.url}: is an index within an index of an index")
            response.meta.pop("validator", None)  # an unchanged index may lead to changed sitemaps
            for url in found.children[: MAX_CHILDREN[depth]]:
                yield self.list_request(url, cb_kwargs={"depth": depth + 1})
        yield from self.follow(found.entries, response.meta.get("capture"))
