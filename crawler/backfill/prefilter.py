"""A look at a page's bytes before anything is decoded: tens of millions of pages name no identifier."""

from __future__ import annotations

from data.gate import PHRASES

_ENCODINGS = ("utf-8", "cp932", "euc_jp")

_PHRASES = tuple(
    dict.fromkeys(phrase.encode(encoding) for phrase in PHRASES for encoding in _ENCODINGS)
)
_UNSEEN = (b"\x1b$B", b"\x1b$@", b"\x00")
"""ISO-2022-JP, and the zeros of UTF-16: not searched, so let through."""
_REFERENCES = tuple(
    form.encode("ascii")
    for sign in dict.fromkeys(phrase[0] for phrase in PHRASES)
    for form in (f"&#{ord(sign)};", f"&#x{ord(sign):x};", f"&#x{ord(sign):X};")
)
"""Pages that write their Japanese as character references."""


def may_name(body: bytes) -> bool:
    """False only for a page in which no gate phrase stands whole; errs to the open side.

    A phrase that markup or a line break cuts in two is lost here when it is the page's only one.
    """
    head = body[:512]
    if any(mark in head for mark in _UNSEEN):
        return True
    if any(phrase in body for phrase in _PHRASES):
        return True
    return b"&#" in body and any(one in body for one in _REFERENCES)
