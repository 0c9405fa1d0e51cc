"""Recognise what answers in a page's place: refusals, challenges, maintenance and "sorry" pages."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import yaml
from scrapy import Request
from scrapy.http import Response

from crawler.text.encoding import decode
from crawler.text.sniff import sniff_text
from data.errors import Blocked

_WORDS = Path(__file__).parent.parent / "blocked.yml"
_REFUSALS = frozenset({401, 402, 403, 451})
_SHORT = 64 * 1024
"""Challenge pages seen were below 40 KiB; a longer page that names a firewall's script has its own text."""
_HEAD = 1024
_BEFORE = b" \t\r\n\xef\xbb\xbf\xfe\xff"
_LITTLE_TEXT = 700
"""Characters of visible text below which a maintenance sentence means that the page is nothing else."""
# What is never closed goes on to the end: looking for its end again at each beginning takes seconds.
_BEGINNING = 4
"""Letters that several sentences share: every page is looked through for these."""
_SHELL = 200
"""What a page shows beside its word to those without scripts, when that word is all that it says."""
_TITLE = re.compile(r"<title[^<>]*+>([^<]*+)", re.IGNORECASE)
_ASIDE = re.compile(r"<noscript\b.*?(?:</noscript\s*>|\Z)", re.IGNORECASE | re.DOTALL)
_UNSEEN = re.compile(
    r"<(script|style)\b.*?(?:</\1\s*>|\Z)|<!--.*?(?:-->|\Z)|<[^>]*+>?",
    re.IGNORECASE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Signs:
    """The word lists of crawler/blocked.yml."""

    bodies: tuple[str, ...]
    titles: tuple[str, ...]
    sentences: tuple[str, ...]
    paths: tuple[str, ...]


@cache
def signs() -> Signs:
    lists = yaml.safe_load(_WORDS.read_text(encoding="utf-8"))
    return Signs(**{name: tuple(words) for name, words in lists.items()})


@cache
def _beginnings() -> frozenset[str]:
    return frozenset(sign[:_BEGINNING] for sign in signs().sentences)


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
    return _named_in(decode(body, content_type=content_type).text)


def _is_page(content_type: str, body: bytes) -> bool:
    """Whether a person would read `body`: maintenance pages come under the type of the feed they replace."""
    if "html" in content_type:
        return True
    head = body[:_HEAD].replace(b"\0", b"").lstrip(_BEFORE)
    if head.startswith(b"<"):
        return sniff_text(head.decode("latin-1")) == "html"
    return "text/plain" in content_type and not head.startswith((b"{", b"["))


def _named_in(page: str) -> str | None:
    title = _TITLE.search(page)
    if title and any(sign in title[1] for sign in signs().titles):
        return f"a challenge page answered: {' '.join(title[1].split())[:80]}"
    for sign in signs().bodies:
        if sign in page and len(_visible(page)) < _LITTLE_TEXT:
            return f"a challenge page answered ({sign})"
    # Most pages name none, and are not looked through for what can be seen of them.
    begun = {beginning for beginning in _beginnings() if beginning in page}
    named = [
        sign
        for sign in signs().sentences
        if sign[:_BEGINNING] in begun and all(word in page for word in sign.split())
    ]
    if named and len(visible := _visible(page)) < _LITTLE_TEXT:
        words, shown = ("".join(one.split()) for one in (visible, _visible(_ASIDE.sub(" ", page))))
        for sign in named:
            wanted = "".join(sign.split())
            if wanted in shown or (wanted in words and len(shown) < _SHELL):
                return f"a maintenance page answered: {sign}"
    return None


def _visible(page: str) -> str:
    return " ".join(_UNSEEN.sub(" ", page).split())
