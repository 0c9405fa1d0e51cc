"""An archived response: what it says, which addresses led to it, and what it is when it is read again."""

from __future__ import annotations

import html
import io
import json
import re
import zlib
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urljoin, urlsplit, urlunsplit

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed

from crawler.identity import canonical_url
from crawler.provenance import (
    MAX_BYTES,
    MAX_CHARACTERS,
    folded,
    is_readable,
    words_of,
)
from crawler.raw_records import LARGEST_ABOUT
from crawler.rereading import Item, items_in, page_in
from crawler.text.encoding import decode
from data.clock import from_text
from data.models import Extract

LARGEST = 64 << 20
"""Bytes of a body in which words are looked for: the crawler's own cap for a PDF, the largest it takes."""
_PIECES = re.compile(r"\d+|[^\W\d]+")


@dataclass(frozen=True)
class Response:
    """An archived response, decompressed, with the address that gave it and those that led there."""

    body: bytes
    content_type: str | None
    date: str
    target: str
    about: dict[str, Any]
    """What the metadata record says of how it was asked for."""

    @property
    def redirects(self) -> tuple[str, ...]:
        """The addresses that led to it."""
        listed = self.about.get("redirects")
        chain = listed if isinstance(listed, list) else []
        hops = [one[0] for one in chain if isinstance(one, list) and one]
        return tuple(one for one in hops if isinstance(one, str))

    @property
    def readable(self) -> bool:
        """Whether words can be read from it: a zip of CSV or a damaged Office file says nothing for or against."""
        return bool(self.words)

    @property
    def means(self) -> dict[str, Any]:
        """How its source is read; empty in records made before 2026-11-30."""
        means = self.about.get("means")
        return means if isinstance(means, dict) else {}

    @cached_property
    def items(self) -> list[Item]:
        """The items of the list that it is, read again as the crawler read them."""
        return items_in(self.body, self.means, **self._circumstances) if self.means else []

    @cached_property
    def page(self) -> Extract | None:
        """The publication that it is, read again as the crawler read it."""
        return page_in(self.body, self.means, **self._circumstances) if self.means else None

    @property
    def _circumstances(self) -> dict[str, Any]:
        return {
            "url": self.target,
            "content_type": self.content_type,
            "near": from_text(self.date),
        }

    @cached_property
    def words(self) -> str:
        known = bool(self.body) and is_readable(self.body)
        return words_of(self.body, self.content_type) if known else ""

    @cached_property
    def markup(self) -> str:
        """The body as it is written; dates and addresses stand in attributes too."""
        text = decode(self.body[:MAX_BYTES], self.content_type).text if self.readable else ""
        return html.unescape(text[:MAX_CHARACTERS]).replace("\\/", "/")

    @cached_property
    def folded_markup(self) -> str:
        return folded(self.markup)

    def says(self, words: str) -> bool:
        """Whether `words` stand there, seen or in an attribute; nothing stands nowhere."""
        wanted = folded(words)
        return bool(wanted) and (wanted in self.words or wanted in self.folded_markup)

    def mostly_says(self, words: str) -> bool:
        """Whether at least half of `words` stand there, piece by piece: what a field map put together."""
        pieces = [folded(one) for one in _PIECES.findall(words)]
        found = sum(len(one) for one in pieces if one in self.words or one in self.folded_markup)
        return 2 * found >= sum(map(len, pieces))


NOTHING = Response(b"", None, "", "", {})


def response_in(record: bytes, identity: str | None) -> Response | None:
    """The response of that id in a record file; None when there is none that can be read."""
    found: tuple[bytes, str | None, str, str] | None = None
    about: dict[str, Any] = {}
    try:
        for one in ArchiveIterator(io.BytesIO(record)):
            headers = one.rec_headers
            if one.rec_type == "response":
                if (headers.get_header("WARC-Record-ID") or "").strip("<>") == identity:
                    kind = one.http_headers.get_header("Content-Type") if one.http_headers else None
                    body = one.content_stream().read(LARGEST + 1)
                    if len(body) > LARGEST:
                        body = b""  # says nothing, for or against
                    target = headers.get_header("WARC-Target-URI") or ""
                    found = (body, kind, headers.get_header("WARC-Date") or "", target)
            elif one.rec_type == "metadata":
                about = _facts(one.content_stream().read(LARGEST_ABOUT))
    except (ArchiveLoadFailed, EOFError, zlib.error, ValueError, AttributeError):
        return None
    return Response(*found, about) if found else None


def _facts(body: bytes) -> dict[str, Any]:
    try:
        facts = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return facts if isinstance(facts, dict) else {}


def from_list(encoding: str) -> bool:
    """Whether a document with that encoding was made of a list or of fields, and not of a page of its own."""
    return str(encoding).rpartition("/")[2] in {"list", "api", "registry"}


def is_address(url: str, response: Response, *, listed: bool) -> bool:
    """Whether a document of that address can come from the response, or from the list that it is."""
    wanted = canonical_url(url)
    if wanted in {canonical_url(one) for one in (response.target, *response.redirects)}:
        return True
    if not listed:
        return False  # whatever a page links to, it is not the page
    if len(url) > 1 and url in response.markup:
        return True
    # A list may write it without the host, or from its own folder on.
    parts, host = urlsplit(url), urlsplit(response.target).netloc
    if parts.netloc != host:
        return False
    path = urlunsplit(("", "", parts.path, parts.query, ""))
    folder = urlsplit(urljoin(response.target, ".")).path
    written = {path, path.removeprefix(folder)}
    return any(len(one) > 1 and one in response.markup for one in written)
