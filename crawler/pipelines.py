"""Items to the store: a pipeline only writes through the writer, it decides nothing."""

from __future__ import annotations

from typing import Any

from scrapy.crawler import Crawler

from crawler.items import Publication


class StorePipeline:
    """Hands each publication to the session's writer, with the source and the tally it belongs to."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> StorePipeline:
        return cls(crawler)

    def process_item(self, item: Publication) -> Publication:
        spider: Any = self.crawler.spider
        spider.session.writer.add(item, spider.source, spider.tally)
        return item
