"""Follow `<meta http-equiv=refresh>`, without decoding every page to look for one."""

from __future__ import annotations

from scrapy import Request
from scrapy.downloadermiddlewares.redirect import MetaRefreshMiddleware
from scrapy.http import Response

_WITHIN = 4096
"""Characters in which Scrapy looks for it."""
_WIDEST = 4
"""Bytes of a character."""


class QuickMetaRefreshMiddleware(MetaRefreshMiddleware):
    """Scrapy's own, asked only about pages whose beginning has the word; nearly none has."""

    def process_response(  # type: ignore[override]  # Scrapy's last argument is deprecated
        self, request: Request, response: Response
    ) -> Request | Response:
        if not _may_refresh(response.body[: _WITHIN * _WIDEST]):
            return response
        return super().process_response(request, response)


def _may_refresh(head: bytes) -> bool:
    """Whether the word stands there in ASCII, or in UTF-16 or 32, which put zeros between its letters."""
    return b"refresh" in head.replace(b"\0", b"").lower()
