"""Single pages without a list: the page itself is the publication, and an edit is its news."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from typing import Any

from scrapy.http import Response

from crawler.failures import error_of_status
from crawler.identity import document_id
from crawler.items import Publication
from crawler.spiders.base import SourceSpider
from data.clock import now
from data.errors import LayoutChanged
from data.fingerprint import sha256_text
from data.models import Entry, Extract
from data.store.harvest import Stored


class PageSpider(SourceSpider):
    async def read_list(  # type: ignore[override]  # Scrapy takes either kind of generator
        self, response: Response, **kwargs: Any
    ) -> AsyncIterator[Publication]:
        """One publication, the page; its identity is its address, so a changed text is a new version."""
        if self.is_passing(response):
            return
        if error := error_of_status(response.status):
            raise error
        if response.meta.get("unmodified"):
            self.tally.lists_read += 1
            self.tally.lists_unmodified += 1
            return
        found = await self.extracted(response)
        if found.says_nothing:
            raise LayoutChanged(f"{response.url}: the page has no text")
        self.tally.lists_read += 1
        entry = Entry(
            title=found.title or self.source.name.ja, url=response.url, published=found.published
        )
        self.tally.seen += 1
        self.tally.dated += found.published is not None
        item_id = self._identity(response)
        known = self.session.writer.stored([item_id]).get(item_id)
        if known and known.title == entry.title and self._only_counts(found, item_id, known):
            self.tally.sighted.append(item_id)
            return
        yield Publication(
            document_id=item_id,
            entry=entry,
            fetched_at=now(),
            url=response.url,
            extract=found,
            body_sha256=hashlib.sha256(response.body).hexdigest(),
            capture=response.meta.get("capture"),
        )
        if validator := response.meta.get("validator"):
            self.tally.list_validators[
                response.request.url if response.request else response.url
            ] = validator

    def _only_counts(self, found: Extract, item_id: str, known: Stored) -> bool:
        """Whether no more than a counter differs from what is stored, as far as a run can tell."""
        differs = sha256_text(found.text) != known.text_sha256
        return differs and not self._rewritten(found.text, item_id, known)

    def _identity(self, response: Response) -> str:
        """By the address that the source names: where it leads today may be another one tomorrow."""
        final = response.request.url if response.request else response.url
        first = (response.meta.get("redirect_urls") or [final])[0]
        own, led = (document_id(self.source.id, Entry(title="", url=one)) for one in (first, final))
        known = self.session.writer.stored([own, led])
        return led if led in known and own not in known else own  # as it was stored before
