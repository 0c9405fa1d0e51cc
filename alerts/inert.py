"""Make fetched text harmless before it enters a message: one line, no control or direction marks, safe links."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import urlsplit

_INVISIBLE = re.compile(
    "[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]"
)
_MARKDOWN = re.compile(r"([\\`*_{}\[\]()<>#+\-!|~@:&])")
LONGEST = 600
"""Characters of a quotation or title that a message carries; the page has the rest."""


def line(text: str, longest: int = LONGEST) -> str:
    """`text` as one visible line without control characters, zero-width or direction marks, cut with an ellipsis."""
    folded = " ".join(_INVISIBLE.sub(" ", text).split())
    folded = "".join(c for c in folded if unicodedata.category(c) not in {"Cs", "Co", "Cn"})
    return folded if len(folded) <= longest else folded[: longest - 1] + "…"


def markdown(text: str, longest: int = LONGEST) -> str:
    """`line`, with every character that Markdown could read as markup escaped."""
    return _MARKDOWN.sub(r"\\\1", line(text, longest))


def link(url: str) -> str | None:
    """`url` when it is an ordinary web address, else None: no javascript:, data:, spaces or quotes."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    if (
        parts.scheme not in {"http", "https"}
        or not parts.hostname
        or re.search(r"[\s\"'<>()\\`]", url)
    ):
        return None
    return url


def host(url: str) -> str:
    """The host of a link, for readers to see where it leads."""
    return urlsplit(url).hostname or ""
