"""Keep each response as it came over the wire, for the archive, and count what it cost."""

from __future__ import annotations

from typing import Any

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.http.headers import Headers

from crawler.items import Capture, Tally
from data.clock import now


class CaptureMiddleware:
    """Stands nearest to the network: it sees the body before it is unpacked."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self._tls = (
            "verified" if crawler.settings.getbool("DOWNLOAD_VERIFY_CERTIFICATES") else "unverified"
        )

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> CaptureMiddleware:
        return cls(crawler)

    @property
    def _tally(self) -> Tally:
        spider: Any = self.crawler.spider
        tally: Tally = spider.tally
        return tally

    def process_request(self, request: Request) -> None:
        self._tally.requests += 1

    def process_response(self, request: Request, response: Response) -> Response:
        self._tally.bytes += len(response.body)
        request.meta["capture"] = Capture(
            url=response.url,
            status=response.status,
            method=request.method,
            request_headers=_pairs(request.headers),
            response_headers=_pairs(response.headers),
            body=response.body,
            fetched_at=now(),
            ip_address=str(response.ip_address) if response.ip_address else None,
            tls=self._tls if response.url.startswith("https:") else "none",
            redirects=tuple(
                (address, str(reason))
                for address, reason in zip(
                    request.meta.get("redirect_urls", ()),
                    request.meta.get("redirect_reasons", ()),
                    strict=False,
                )
            ),
        )
        return response


def _pairs(headers: Headers) -> tuple[tuple[str, str], ...]:
    return tuple(
        (name.decode("latin-1"), value.decode("latin-1"))
        for name, values in headers.items()
        for value in values
    )
