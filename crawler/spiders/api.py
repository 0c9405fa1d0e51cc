"""APIs and data files, read by the field map of the source's YAML: JSON, XML, a zipped CSV."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from scrapy import Request
from scrapy.http import Response

from crawler.items import Publication
from crawler.records import Reply, read_records
from crawler.spiders.base import SourceSpider, content_type
from data.errors import Malformed
from data.store.harvest import Stored

MAX_PAGES = 50
"""Pages of one search in one run; the Diet's API gives 100 speeches each."""


class ApiSpider(SourceSpider):
    """Pages one after the other, never side by side: the etiquette of the Diet's API."""

    def _rewritten(self, text: str, item_id: str, known: Stored) -> bool:
        # What a search shows of an item depends on the word that found it.
        return self.source.query is None and super()._rewritten(text, item_id, known)

    def parse(
        self, response: Response, page: int = 1, **kwargs: Any
    ) -> Iterator[Request | Publication]:
        records = self.source.records
        if records is None:
            raise Malformed("the source has no field map")
        if page > 1:  # what lies behind a full last page is empty, whatever the reply counts
            records = records.model_copy(update={"total": None})
        reply = read_records(
            response.body,
            records,
            url=response.url,
            content_type=content_type(response),
            hint=self.source.hints.encoding,
        )
        capture = response.meta.get("capture")
        entries, texts = [one for one, _ in reply.entries], [text for _, text in reply.entries]
        known = len(self._seen)
        yield from self.follow(entries, capture, texts)
        if not entries or len(self._seen) > known:  # a page of what other pages had leads nowhere
            yield from self._next_page(response, reply, page)

    def _next_page(self, response: Response, reply: Reply, page: int) -> Iterator[Request]:
        parameter = self.source.records.next_parameter if self.source.records else None
        if reply.next is None or parameter is None or page >= MAX_PAGES:
            return
        parts = urlsplit(response.url)
        query = [(name, value) for name, value in parse_qsl(parts.query) if name != parameter]
        address = urlunsplit(parts._replace(query=urlencode([*query, (parameter, reply.next)])))
        if address == response.url:
            return  # an API that leads back to its own page
        request = self.list_request(address, cb_kwargs={"page": page + 1})
        request.meta["conditional"] = False
        yield request
