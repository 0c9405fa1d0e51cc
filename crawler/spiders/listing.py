"""HTML listings: what the source's selectors say is an item, over as many pages as hold new ones."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from scrapy import Request
from scrapy.http import Response

from crawler import templates
from crawler.items import Publication
from crawler.source import Select
from crawler.spiders.base import GONE, SourceSpider, content_type, day_only
from crawler.text.links import absolute
from crawler.text.listing import parse_listing
from data.clock import now
from data.errors import LayoutChanged
from data.models import Entry


class ListingSpider(SourceSpider):
    def read_list(
        self, response: Response, page: int | None = None, **kwargs: Any
    ) -> Iterator[Request | Publication]:
        paging = self.source.paging
        if page and page > 1 and response.status in GONE and paging and paging.url:
            return  # counted past the last page
        yield from super().read_list(response, page=page, **kwargs)

    def parse(
        self, response: Response, page: int | None = None, **kwargs: Any
    ) -> Iterator[Request | Publication]:
        if self.source.select is None:
            raise LayoutChanged("the source has no selectors")
        if self.source.hub and page is None:
            yield self._list_behind(response, self.source.hub)
            return
        entries = self._entries(response, self.source.select, page or 1)
        known, met = len(self.tally.sighted), len(self._seen)
        yield from self.follow(entries, response.meta.get("capture"))
        # A page that repeats what other pages had leads nowhere, as one does whose items are all known.
        if len(self._seen) > met and len(self.tally.sighted) - known < len(entries):
            yield from self._next_page(response, page or 1)

    def _entries(self, response: Response, select: Select, page: int) -> list[Entry]:
        try:
            entries = parse_listing(
                response.body,
                select,
                url=response.url,
                near=now(),
                content_type=content_type(response),
                hint=self.source.hints.encoding,
            )
        except LayoutChanged:
            # Behind the last page stands an empty one; that the layout holds, the first has shown.
            if self.source.expect.items_min != 0 and page == 1:
                raise
            return []
        return (
            [day_only(entry) for entry in entries] if self.source.hints.date == "day" else entries
        )

    def _list_behind(self, response: Response, hub: str) -> Request:
        link = absolute(response.css(hub).xpath("@href").get() or "", _base(response))
        if not link:
            raise LayoutChanged(f"{response.url}: no link {hub!r} to the list")
        return self.list_request(link, cb_kwargs={"page": 1})

    def _next_page(self, response: Response, page: int) -> Iterator[Request]:
        paging = self.source.paging
        if paging is None or page >= paging.limit:
            return
        if paging.url:
            values = {**templates.dates(now()), **self.source.vars}
            number = paging.first + (page - 1) * paging.step
            url = templates.expand(paging.url, {**values, "n": str(number)})
        else:
            link = response.css(paging.next or "").xpath("@href").get() if paging.next else None
            url = absolute(link or "", _base(response)) or ""
        if url.partition("#")[0] in {"", response.url}:
            return
        request = self.list_request(url, cb_kwargs={"page": page + 1})
        request.meta["conditional"] = False
        yield request


def _base(response: Response) -> str:
    """What the page's links are relative to."""
    return absolute(response.css("base::attr(href)").get() or "", response.url) or response.url
