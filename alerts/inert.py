"""Make fetched text harmless before it enters a message: one line, no control or direction marks, safe links."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from urllib.parse import quote, urlsplit

_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Unicode categories that a reader does not see: controls, direction and zero-width marks, tags, surrogates."""
_MARKDOWN = re.compile(r"([\\`*_{}\[\]()<>#+\-!|~@:&]|(?<=www)\.|^\d+(?=\.))")
LONGEST = 600
"""Characters of a quotation or title that a message carries; the page has the rest."""
LONGEST_LINK = 2000


@lru_cache(maxsize=8192)
def line(text: str, longest: int = LONGEST) -> str:
    """`text` as one visible line without control characters, zero-width or direction marks, cut with an ellipsis."""
    if not text.isascii() or not text.isprintable():
        text = "".join(" " if unicodedata.category(c) in _UNSEEN else c for c in text)
    folded = " ".join(text.split())
    return folded if len(folded) <= longest else folded[: longest - 1] + "…"


@lru_cache(maxsize=8192)
def markdown(text: str, longest: int = LONGEST) -> str:
    """`line`, with every character that Markdown could read as markup escaped."""
    return _MARKDOWN.sub(_escaped, line(text, longest))


def _escaped(found: re.Match[str]) -> str:
    # A number that opens a line would become a list: its dot is what Markdown lets us escape.
    return f"{found[0]}\\" if found[0].isdigit() else f"\\{found[0]}"


@lru_cache(maxsize=8192)
def link(url: str) -> str | None:
    """`url` as an ASCII web address, or None: no javascript:, data:, user@host, blanks or controls.

    What Markdown, Slack or HTML could read as the end of an address is percent-encoded.
    """
    if len(url) > LONGEST_LINK or not url.isprintable() or re.search(r"[\s\\]", url):
        return None
    try:
        parts = urlsplit(url)
        name = (parts.hostname or "").encode("idna").decode("ascii")
        port = "" if parts.port is None else f":{parts.port}"
    except ValueError:
        return None
    if parts.scheme not in {"http", "https"} or not name or "@" in parts.netloc:
        return None
    netloc = f"[{name}]{port}" if ":" in name else name + port
    return quote(parts._replace(netloc=netloc).geturl(), safe="!#$%&*+,/:;=?@[]~-._")


@lru_cache(maxsize=8192)
def host(url: str) -> str:
    """The host of a link, for readers to see where it leads."""
    return urlsplit(url).hostname or ""
