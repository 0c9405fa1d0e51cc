"""Guards before a parser sees the bytes: size, decompression, entities, and how many tags there are."""

from __future__ import annotations

import re
import zlib

from crawler.text.sniff import root_match
from data.errors import Malformed

MAX_SIGNS = 1_200_000
"""Signs `<` and `=` of an XML tree, which takes up to 240 bytes for each; a full sitemap has half as many."""
MAX_VALUES = 2_000_000
"""Signs that begin or part values in JSON, which takes up to 90 bytes for each. 24 MiB of `[[[[]]]],` took 1.1 GB."""
MAX_ATTRIBUTES = 100
"""feedparser's strict parser looks attributes up by walking them: 300,000 on one element never end."""
_LIMITS = (
    (re.compile("&"), 500_000, "entities"),
    (re.compile("xmlns"), 2_000, "namespace declarations"),
    (re.compile("<(?![A-Za-z_:/!?])"), 5_000, "stray < signs"),
    (re.compile("<(?![!?])[^<>]{100000}"), 0, "a tag of more than 100000 characters"),
)
"""Measured with feedparser 6.0.14: 5 million & take 14 s, 60,000 namespaces minutes, and one
tag of 4 MB takes 700 MB in a regular expression."""
_TAG = re.compile(r"""<[A-Za-z](?:[^<>"']++|"[^<"]*+"|'[^<']*+')*+""")
_ATTRIBUTE = re.compile(r"""=\s*["']""")
_ENTITY = re.compile(r"<!ENTITY\b", re.IGNORECASE)
_DOCTYPE = re.compile(r"<!DOCTYPE\b", re.IGNORECASE)


def gunzip(body: bytes, limit: int, name: str) -> bytes:
    """The content of gzip'd `body`; raises `Malformed` when it is larger than `limit` or no gzip.

    A stream that ends early gives what it holds.
    """
    reader = zlib.decompressobj(wbits=31)
    try:
        content = reader.decompress(body, limit + 1)
    except zlib.error as error:
        raise Malformed(f"{name}: is damaged gzip data") from error
    if not content and not reader.eof:
        raise Malformed(f"{name}: is damaged gzip data")
    if len(content) > limit:
        raise Malformed(f"{name}: unpacks to more than {limit >> 20} MiB")
    return content


def refuse_entities(text: str, name: str) -> None:
    """Raise `Malformed` for a DOCTYPE that declares an ENTITY; a plain DOCTYPE is honest and allowed."""
    if not _DOCTYPE.search(text):
        return
    root = root_match(text)
    # In a comment too: feedparser takes declarations from there.
    if _ENTITY.search(text, 0, root.start() if root else len(text)):
        raise Malformed(f"{name}: its DOCTYPE declares an ENTITY, which scopewatch does not expand")


def refuse_large_tree(text: str, name: str) -> None:
    """Raise `Malformed` for XML whose tree would take too much memory."""
    if text.count("<") + text.count("=") > MAX_SIGNS:
        raise Malformed(f"{name}: has more than {MAX_SIGNS} tags and attributes")


def refuse_many_values(body: bytes, name: str) -> None:
    """Raise `Malformed` for JSON whose values would take too much memory."""
    if sum(body.count(sign) for sign in (b",", b"[", b"{", b":")) > MAX_VALUES:
        raise Malformed(f"{name}: has more than {MAX_VALUES} values")


def refuse_tags(text: str, most: int, name: str) -> None:
    """Raise `Malformed` for more than `most` tags, or for what makes feedparser slow without end."""
    if text.count("<") > most:
        raise Malformed(f"{name}: has more than {most} tags")
    for sign, limit, what in _LIMITS:
        if len(sign.findall(text)) > limit:
            raise Malformed(f"{name}: has {f'more than {limit} ' if limit else ''}{what}")
    for match in _TAG.finditer(text):
        if (
            match.end() - match.start() > 4 * MAX_ATTRIBUTES
            and len(_ATTRIBUTE.findall(match[0])) > MAX_ATTRIBUTES
        ):
            raise Malformed(f"{name}: has an element with more than {MAX_ATTRIBUTES} attributes")
