"""Conditional requests with the validators of the last run: an unchanged page costs a 304.

A validator is saved only after what its body held is in the store (crawler/writer.py), so a killed
run leaves none behind that would hide documents.
"""

from __future__ import annotations

import hashlib
from typing import Any

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response

from crawler.source import Source
from data.errors import Unreachable
from data.store.validators import Validator, load_validator

_CONDITIONS = ("If-None-Match", "If-Modified-Since")


def validator_key(source: Source, url: str) -> str:
    """Under which a validator is kept: per source and reading, not per address alone.

    Two sources may read one address, and a source whose YAML was corrected must read it anew.
    """
    reading = source.model_dump_json(
        include={"kind", "select", "article", "records", "fetch", "identity"}
    )
    return f"{source.id}/{hashlib.sha256(reading.encode()).hexdigest()[:12]}/{url}"


class ConditionalMiddleware:
    """Adds If-None-Match and If-Modified-Since to requests whose meta says `conditional`."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> ConditionalMiddleware:
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        for name in _CONDITIONS:
            request.headers.pop(name, None)  # a redirect's request carries those of another address
        if not request.meta.get("conditional"):
            return
        spider: Any = self.crawler.spider
        store = spider.session.writer.store
        known = load_validator(store, validator_key(spider.source, request.url)) if store else None
        request.meta["known_body"] = known.body_sha256 if known else None
        if known and known.etag:
            request.headers["If-None-Match"] = known.etag.encode("latin-1")  # the bytes that came
        if known and known.last_modified:
            request.headers["If-Modified-Since"] = known.last_modified.encode("latin-1")

    def process_response(self, request: Request, response: Response) -> Response:
        """Note the new validator in the request's meta; `unmodified` when the body is the known one."""
        if response.status == 304 and not any(name in request.headers for name in _CONDITIONS):
            raise Unreachable("the server answered 304 to a request that named no earlier answer")
        request.meta["unmodified"] = response.status == 304
        if response.status == 200:
            digest = hashlib.sha256(response.body).hexdigest()
            request.meta["validator"] = Validator(
                etag=_text(response, "ETag"),
                last_modified=_text(response, "Last-Modified"),
                body_sha256=digest,
            )
            request.meta["unmodified"] = digest == request.meta.get("known_body")
        return response


def _text(response: Response, name: str) -> str | None:
    value = response.headers.get(name)
    return value.decode("latin-1") if value else None
