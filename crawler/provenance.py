"""Whether a text comes from the response that is said to hold it, told without the crawler's configuration."""

from __future__ import annotations

import html
import json
import re
import unicodedata
from collections.abc import Iterator
from typing import Any

from crawler.text.encoding import decode
from crawler.text.extract import extract
from crawler.text.sniff import sniff

ENOUGH = 0.98
"""Share of the text's characters that must stand in a page. Extractors write bullets and bars of their own."""
_TAG = re.compile(r"<[^<>]*>")
_CDATA = re.compile(r"<!\[CDATA\[|\]\]>")
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|([nrt\"/\\]))")
# Bars and dashes too: extractors draw tables and bullets with them.
_UNSEEN = re.compile(r"[\s\u200b-\u200f\u2060\ufeff\u00ad|\-]+")
_PARTS = re.compile(r"\n| \| ")


def is_readable(body: bytes) -> bool:
    """Whether `words_of` can say anything: a zip of CSV it cannot read."""
    return sniff(body) not in {"unknown", "gzip"}


def stands_in(text: str, body: bytes, *, content_type: str | None) -> bool:
    """Whether `text` is what `body` says: by extracting it again, else by finding its lines there."""
    if extract(body, content_type=content_type).text == text:
        return True
    parts = [part for raw in _PARTS.split(text) if (part := folded(raw))]
    if not parts:
        return True
    whole = words_of(body, content_type)
    found = sum(len(part) for part in parts if part in whole)
    return found >= ENOUGH * sum(len(part) for part in parts)


def words_of(body: bytes, content_type: str | None) -> str:
    """All words of a response without markup and white space."""
    kind = sniff(body)
    if kind in {"pdf", "docx", "xlsx"}:
        return folded(extract(body).text)
    text = decode(body, content_type).text
    if kind == "json":
        try:
            return folded("".join(_strings(json.loads(text))))
        except (ValueError, RecursionError):
            return folded(text)
    text = _ESCAPE.sub(_unescaped, _CDATA.sub("", text))
    # Twice: a feed's summary is markup that was escaped.
    for _ in range(2):
        text = html.unescape(_TAG.sub("", text))
    return folded(text)


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
