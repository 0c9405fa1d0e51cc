"""Small pieces of markup as plain text: titles and summaries with tags, entities, line breaks in them."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

_LONGEST = 60_000
_PIECE = 1 << 18
_HIDDEN = re.compile(
    r"<(script|style)\b[^<>]{0,500}>.{0,20000}?</\1\s{0,9}>", re.IGNORECASE | re.DOTALL
)
_COMMENT = re.compile(r"<!--.{0,5000}?-->", re.DOTALL)
_BREAK = re.compile(
    r"<(?:br|/?p|/?div|/?li|/?tr|/?h[1-6]|/?ul|/?dd|/?dt)\b[^<>]{0,500}>", re.IGNORECASE
)
_TAG = re.compile(r"</?[A-Za-z][^<>]{0,5000}>|<!\[CDATA\[|\]\]>|<[!?][^<>]{0,500}>")
# U+3000 stays: inside Japanese names and titles it is a sign of its own (format-traps.md, 35).
_SPACE = re.compile("[ \t\r\n\f\v\x85\u00a0\u2028\u2029\u200b\ufeff]+")
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f]")
_SURROGATE = re.compile("[\ud800-\udfff]")


def plain(markup: str) -> str:
    """`markup` without tags, entities read once more, on one line; at most its first 60,000 characters."""
    text = _COMMENT.sub(" ", _HIDDEN.sub(" ", markup[:_LONGEST]))
    text = _TAG.sub("", _BREAK.sub(" ", text))
    return one_line(html.unescape(text))


def pieces(markup: str) -> Iterator[str]:
    """`markup` in parts that each begin with a tag: replacing a million tags at once takes their weight in memory."""
    start = 0
    while start < len(markup):
        end = markup.find("<", start + _PIECE)
        end = len(markup) if end < 0 else end
        yield markup[start:end]
        start = end


def one_line(text: str) -> str:
    """`text` with white space folded to single spaces, U+3000 kept except at the ends, controls gone."""
    return _SPACE.sub(" ", _CONTROL.sub(" ", without_surrogates(text))).strip(" \u3000")


def has_tags(text: str) -> bool:
    """Whether `text` looks like markup rather than like text with a < in it."""
    return _TAG.search(text[:_LONGEST]) is not None


def without_surrogates(text: str) -> str:
    """`text` with U+FFFD for each half of a pair, which JSON can escape alone and nothing can store."""
    return text if text.isascii() else _SURROGATE.sub("\ufffd", text)
