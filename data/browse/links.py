"""Where the pages lead: own paths that keep the reader's language, originals only when they are safe."""

from __future__ import annotations

import re
from urllib.parse import quote, urlencode, urlsplit

_UNSAFE = re.compile(r"[\s\"'<>\\`\u0000-\u001f\u007f]")
_LONG_SENTENCE = 60
"""A sentence longer than this is named by its beginning and its end, so that the address stays short."""
_EDGE = 20


def original(url: str | None) -> str | None:
    """`url` when it is an ordinary web address, else None: never javascript:, data: or credentials."""
    if not url or _UNSAFE.search(url):
        return None
    try:
        parts = urlsplit(url)
        usable = parts.scheme in {"http", "https"} and parts.hostname and "@" not in parts.netloc
    except ValueError:
        return None
    return url if usable else None


def sentence_in(url: str | None, sentence: str) -> str | None:
    """The safe address of `url` that scrolls to `sentence` (URL Fragment Text Directives, WICG)."""
    safe = original(url)
    if safe is None:
        return None
    text = " ".join(sentence.split())
    if not text:
        return safe
    if len(text) > _LONG_SENTENCE:
        directive = f"{_fragment(text[:_EDGE])},{_fragment(text[-_EDGE:])}"
    else:
        directive = _fragment(text)
    joint = "" if "#" in safe else "#"
    return f"{safe}{joint}:~:text={directive}"


def _fragment(text: str) -> str:
    # `-`, `,` and `&` delimit directives; quote() leaves only `-` (and `_.~`) as it is.
    return quote(text, safe="").replace("-", "%2D")


def host(url: str | None) -> str:
    """The host of a safe link, for readers to see where it leads."""
    safe = original(url)
    return (urlsplit(safe).hostname or "") if safe else ""


def own(path: str, language: str | None, **query: str | None) -> str:
    """A path of this site; `language` is added when the reader chose one.

    Datasette reads `lang=` on a table's page as a column to filter by; there it is `_lang`.
    """
    values = {key: value for key, value in query.items() if value}
    if language:
        values["_lang" if path.startswith("/watch") else "lang"] = language
    joint = "&" if "?" in path else "?"
    return f"{path}{joint}{urlencode(values)}" if values else path


def record(kind: str, identity: str, language: str | None = None, suffix: str = "") -> str:
    """The page of one record: `/-/finding/…`, `/-/use-case/…`."""
    return own(f"/-/{kind}/{quote(identity, safe=':')}{suffix}", language)
