"""Whether a text comes from the response that is said to hold it, told without the crawler's configuration."""

from __future__ import annotations

import html
import json
import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from crawler.text.bombs import refuse_many_values
from crawler.text.encoding import decode
from crawler.text.extract import extract
from crawler.text.markup import pieces
from crawler.text.sniff import sniff
from data.errors import Malformed

ENOUGH = 0.98
"""Share of the text's characters that must stand in a page. Extractors write bullets and bars of their own."""
MARK = 8
"""Characters of the longest line that may be missing: no sentence is as short."""
MAX_BYTES, MAX_CHARACTERS = 12 << 20, 6 << 20
"""Of a page its words are looked for in so much; nothing is taken from behind (text/html.py, text/feed.py)."""
_TAG = re.compile(r"<[^<>]*>")
_HIDDEN = re.compile(
    r"<(script|style|noscript|svg|select|button)\b[^<>]*>.*?(?:</\1\b[^<>]*>|\Z)|<!--.*?(?:-->|\Z)",
    re.I | re.S,
)
_CDATA = re.compile(r"<!\[CDATA\[|\]\]>")
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|([nrt\"/\\]))")
# Bars and dashes too: extractors draw tables and bullets with them.
_UNSEEN = re.compile(r"[\s\u200b-\u200f\u2060\ufeff\u00ad|\-]+")
_PARTS = re.compile(r"\n| \| ")


def is_readable(body: bytes) -> bool:
    """Whether `words_of` can say anything: a zip of CSV it cannot read."""
    return sniff(body) not in {"unknown", "gzip"}


def stands_in(text: str, body: bytes, *, content_type: str | None, own: str | None = None) -> bool:
    """Whether `text` is what `body` says: by extracting it again, else by finding its lines there.

    `own` is its text as its source's own selectors give it, where they are known.
    """
    if text in {own, _own(_beginning(body), content_type)}:
        return True
    parts = [part for raw in _PARTS.split(text) if (part := folded(raw))]
    whole = words_of(body, content_type) + (f"\n{folded(own)}" if own else "")
    missing = [len(part) for part in parts if part not in whole]
    allowed = (1 - ENOUGH) * sum(len(part) for part in parts)
    return max(missing, default=0) <= MARK and sum(missing) <= allowed


@lru_cache(maxsize=1)
def words_of(body: bytes, content_type: str | None) -> str:
    """All words of a response without markup and white space, in each way that they can be read.

    No single one shows all: an article may lie in a script, and a < of a script may look like a tag that ends
    at the next > of the article.
    """
    body = _beginning(body)
    kind = sniff(body)
    own = _own(body, content_type)
    if kind in {"pdf", "docx", "xlsx"}:
        return folded(own)
    text = decode(body, content_type).text
    if kind == "json":
        try:
            refuse_many_values(body, "the response")
            text = "".join(_strings(json.loads(text.lstrip("\ufeff"))))
        except (ValueError, RecursionError, Malformed):
            return folded(text[:MAX_CHARACTERS])
        return _each([text, html.unescape(text)])
    text = _CDATA.sub("", text[:MAX_CHARACTERS])
    once = _bare(text)
    # Once more: a feed's summary is markup that was escaped.
    return _each(
        [own, once, _bare(once), _bare(_HIDDEN.sub("", text)), _bare(_ESCAPE.sub(_unescaped, text))]
    )


@lru_cache(maxsize=1)
def _own(body: bytes, content_type: str | None) -> str:
    """The text as it is extracted anew: asked for several times of one body, and a PDF takes seconds."""
    return extract(body, content_type=content_type).text


def _beginning(body: bytes) -> bytes:
    """As much of a page as can say anything; of other kinds the end says how they are read."""
    return body if sniff(body) in {"pdf", "docx", "xlsx", "json"} else body[:MAX_BYTES]


def _bare(markup: str) -> str:
    return "".join(html.unescape(_TAG.sub("", piece)) for piece in pieces(markup))


def _each(readings: list[str]) -> str:
    """The readings, parted by a line's end, which no folded words hold."""
    return "\n".join(dict.fromkeys(map(folded, readings)))


def _unescaped(match: re.Match[str]) -> str:
    r"""Articles also lie in scripts, as JSON writes text: \u5e02, \n, \"."""
    return chr(int(match[1], 16)) if match[1] else "" if match[2] in "nrt" else match[2]


def folded(text: str) -> str:
    """`text` without white space, bars, dashes and invisible signs, widths unified."""
    return _UNSEEN.sub("", unicodedata.normalize("NFKC", text))


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield _TAG.sub("", value)
    elif isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            yield from _strings(one)
