"""Recognise what answers in a page's place: refusals, challenges, maintenance and "sorry" pages."""

from __future__ import annotations

from urllib.parse import urlsplit

from scrapy import Request
from scrapy.http import Response

from crawler.stand_ins import signs, stand_in
from crawler.text.encoding import decode
from crawler.text.sniff import sniff_text
from data.errors import Blocked

_REFUSALS = frozenset({401, 402, 403, 451})
_SHORT = 64 * 1024
"""Challenge pages seen were below 40 KiB; a longer page that names a firewall's script has its own text."""
_HEAD = 1024
_BEFORE = b" \t\r\n\xef\xbb\xbf\xfe\xff"


class BlockedMiddleware:
    """Raises `Blocked`; anything else passes as it is."""

    def process_response(self, request: Request, response: Response) -> Response:
        if request.meta.get("is_robots_txt") or response.status in {304, 429}:
            return response
        if response.status == 503 and response.headers.get("Retry-After"):
            return response  # the server says when it is back: retry_after.py keeps to it
        content_type = (response.headers.get("Content-Type") or b"").decode("latin-1")
        reason = blocked_reason(response.url, response.status, content_type, response.body)
        if reason:
            raise Blocked(reason)
        return response


def blocked_reason(url: str, status: int, content_type: str, body: bytes) -> str | None:
    """Why this answer is not the page that was asked for; None when it may be."""
    if status in _REFUSALS:
        return f"the server answered {status}"
    if status == 202 and not body.strip():
        return "202 with an empty body: a challenge for browsers"
    path = urlsplit(url).path
    if any(sign in path for sign in signs().paths):
        return "a page of apology answered in the page's place"
    if not body or len(body) > _SHORT or not _is_page(content_type.lower(), body):
        return None
    return stand_in(decode(body, content_type=content_type).text)


def _is_page(content_type: str, body: bytes) -> bool:
    """Whether a person would read `body`: maintenance pages come under the type of the feed they replace."""
    head = body[:_HEAD].replace(b"\0", b"").lstrip(_BEFORE)
    if head.startswith(b"<"):
        kind = sniff_text(head.decode("latin-1"))
        return kind == "html" or ("html" in content_type and kind not in {"feed", "xml"})
    return ("html" in content_type or "text/plain" in content_type) and not head.startswith(
        (b"{", b"[")
    )
