"""Public registries whose replies no field map can say: each by its reader (crawler/registries/readers.py)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from scrapy import Request
from scrapy.http import Response

from crawler.identity import document_ids
from crawler.items import Publication
from crawler.registries.answers import Answer
from crawler.registries.readers import READERS, Reader
from crawler.spiders.base import SourceSpider
from data.errors import LayoutChanged
from data.models import Entry, Extract

MAX_PAGES = 50
MAX_FURTHER = 200
"""Lists that one run reads besides its own (meetings with a hit); the rest waits for the next run."""
_POSITION = "startRecord"


class RegistrySpider(SourceSpider):
    """Pages one after the other; a list that leads to others is followed where nothing of them is stored."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._asked: set[str] = set()

    @property
    def reader(self) -> Reader:
        reader = READERS.get(self.source.registry or "")
        if reader is None:
            raise LayoutChanged(f"{self.source.id}: no reader is called {self.source.registry!r}")
        return reader

    def parse(
        self, response: Response, page: int = 1, **kwargs: Any
    ) -> Iterator[Request | Publication]:
        answer = self.reader.read(response.body, response.url, self.source)
        entries, texts = [one for one, _ in answer.entries], [text for _, text in answer.entries]
        yield from self.follow(entries, response.meta.get("capture"), texts)
        yield from self._further(answer)
        if answer.next and page < MAX_PAGES and is_further(response.url, answer.next):
            yield self._at_position(response.url, answer.next, page + 1)

    def _further(self, answer: Answer) -> Iterator[Request]:
        for address, ids in answer.further:
            if address in self._asked or len(self._asked) >= MAX_FURTHER or self._stored(ids):
                continue
            self._asked.add(address)
            request = self.list_request(address)
            request.meta["conditional"] = False
            yield request

    def _stored(self, ids: tuple[str, ...]) -> bool:
        entries = [Entry(title="", url=None, id=one) for one in ids]
        own = document_ids(self.source.id, entries, rule=self.source.identity)
        return bool(self.session.writer.stored(own))

    def _at_position(self, url: str, position: str, page: int) -> Request:
        parts = urlsplit(url)
        query = [(name, value) for name, value in parse_qsl(parts.query) if name != _POSITION]
        address = urlunsplit(parts._replace(query=urlencode([*query, (_POSITION, position)])))
        request = self.list_request(address, cb_kwargs={"page": page})
        request.meta["conditional"] = False
        return request

    async def extracted(self, response: Response) -> Extract:
        """The item's page by the registry's own reader, where it has one."""
        if self.reader.page is None:
            return await super().extracted(response)
        return self.reader.page(response.body, response.url)


def is_further(url: str, position: str) -> bool:
    """Whether a position lies behind that of `url`: a reply that leads back would be asked for without end."""
    at = dict(parse_qsl(urlsplit(url).query)).get(_POSITION, "1")
    numbers = position.isdecimal() and at.isdecimal() and len(position) < 12
    return numbers and int(position) > int(at)
