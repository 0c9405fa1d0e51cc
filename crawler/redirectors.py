"""Unwrap links that lead through an aggregator to the publication they stand for."""

from __future__ import annotations

import base64
import binascii
import re
from urllib.parse import parse_qs, urlsplit

from crawler.text.links import absolute

_IN_QUERY = {
    # host: (path prefix, parameters that may hold the address)
    "www.bing.com": ("/news/apiclick.aspx", ("url",)),
    "bing.com": ("/news/apiclick.aspx", ("url",)),
    "google.com": ("/url", ("url", "q")),
    "www.google.com": ("/url", ("url", "q")),
    "www.google.co.jp": ("/url", ("url", "q")),
    "news.google.com": ("/news/url", ("url",)),
}
_BING = frozenset({"www.bing.com", "bing.com"})
_PATH_FEED = {"go.theregister.com": "/feed/"}
_GOOGLE_ARTICLE = re.compile(r"/(?:(?:rss/|__i/rss/rd/)?articles|read)/(CBM[\w-]{8,4000})")
_ADDRESS = re.compile(rb"https?://[\x21-\x7e]{4,2000}")


def unwrap(url: str) -> str:
    """The address behind a Google, Bing or Register redirector; `url` itself where there is none.

    Google's newer ids (`AU_yqL…` inside) hold no address and stay as they are: only Google can
    resolve them, and scopewatch does not ask.
    """
    while True:
        inner = absolute(_inner(url) or "", None)
        if inner is None or len(inner) >= len(url):
            return url
        url = inner


def is_aggregator(url: str) -> bool:
    """Whether `url` is still an aggregator's own address, which says nothing about the publication."""
    return _host(url) in {*_IN_QUERY, *_PATH_FEED}


def _inner(url: str) -> str | None:
    host = _host(url)
    if host not in _IN_QUERY and host not in _PATH_FEED:
        return None
    parts = urlsplit(url)
    if host in _PATH_FEED and parts.path.startswith(_PATH_FEED[host]):
        rest = parts.path.removeprefix(_PATH_FEED[host])
        return f"https://{rest}" if "." in rest.partition("/")[0] else None
    if parts.path == "/ck/a" and host in _BING:
        return _bing_click(parts.query)
    prefix, names = _IN_QUERY.get(host, ("/\0", ()))
    if parts.path.lower().startswith(prefix):
        try:
            query = parse_qs(parts.query, max_num_fields=100)
        except ValueError:
            return None
        found = (query[name][0] for name in names if name in query)
        return next((one for one in found if one.lower().startswith(("http://", "https://"))), None)
    article = _GOOGLE_ARTICLE.match(parts.path) if host == "news.google.com" else None
    return _google_article(article[1]) if article else None


def _bing_click(query: str) -> str | None:
    """The address behind Bing's `/ck/a?…&u=a1…`: base64 in the alphabet of URLs."""
    code = re.search(r"(?:^|&)u=a1([\w-]{8,4000})", query)
    found = _ADDRESS.fullmatch(_unpacked(code[1])) if code else None
    return found[0].decode("ascii") if found else None


def _google_article(code: str) -> str | None:
    """The address in an article id of the older kind: base64 of a small protobuf message."""
    # 0x08 0x13 0x22, length, address; an AMP copy may follow after 0xd2.
    match = _ADDRESS.search(_unpacked(code))
    return match[0].decode("ascii") if match else None


def _unpacked(code: str) -> bytes:
    try:
        return base64.urlsafe_b64decode(code + "=" * (-len(code) % 4))
    except (binascii.Error, ValueError):
        return b""


def _host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").lower()
    except ValueError:
        return ""
