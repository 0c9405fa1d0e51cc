"""Parse sitemaps (sitemaps.org 0.9, with Google's news extension): XML, indexes, and plain text."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from lxml import etree

from crawler.text.bombs import gunzip
from crawler.text.dates import parse_feed_date
from crawler.text.encoding import decode
from crawler.text.links import absolute
from crawler.text.sniff import GZIP, sniff, sniff_text
from crawler.xml import parse_xml
from data.errors import Malformed
from data.models import Entry

MAX_BYTES = 50 << 20
"""sitemaps.org: a sitemap is at most 50 MiB unpacked, and has at most 50,000 addresses."""
MAX_ADDRESSES = 50_000


@dataclass(frozen=True, slots=True)
class Sitemap:
    """Of an index the addresses of its sitemaps, the latest changed first; of a sitemap its entries."""

    children: list[str] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)


def parse_sitemap(
    body: bytes, *, url: str, content_type: str | None = None, hint: str | None = None
) -> Sitemap:
    """What a sitemap or an index names. Raises `Malformed`."""
    if body.startswith(GZIP):
        body = gunzip(body, MAX_BYTES, url)
    if sniff(body) == "text":
        text = decode(body, content_type, hint).text
        if sniff_text(text) == "text":
            return Sitemap(entries=_listed(text, url))
    root = parse_xml(body, url)
    kind = etree.QName(root).localname
    if kind == "sitemapindex":
        return Sitemap(children=newest_children(root, url))
    if kind == "urlset":
        return Sitemap(entries=entries_of(root, url))
    raise Malformed(f"{url}: its root is {kind}, not a sitemap's")


def newest_children(root: Any, url: str) -> list[str]:
    """The addresses of an index's sitemaps, the latest changed first."""
    children = [
        (_text(node, "lastmod"), absolute(_text(node, "loc"), url))
        for node in islice(root, MAX_ADDRESSES)
    ]
    return [loc for _, loc in sorted(((when, loc) for when, loc in children if loc), reverse=True)]


def entries_of(root: Any, url: str) -> list[Entry]:
    """One entry per address. Title and day are the news extension's; a plain sitemap tells only when a page
    was changed, and the page itself tells its title.
    """
    entries = []
    for node in islice(root, MAX_ADDRESSES):
        loc = absolute(_text(node, "loc"), url)
        if not loc:
            continue
        entries.append(
            Entry(
                title=_text(node, "news/title"),
                url=loc,
                published=parse_feed_date(_text(node, "news/publication_date")),
                updated=parse_feed_date(_text(node, "lastmod")),
            )
        )
    return entries


def _listed(text: str, url: str) -> list[Entry]:
    """The addresses of a plain text, one on each line; a text of other lines is no sitemap."""
    lines = [line for line in text.lstrip("\ufeff").splitlines() if line.strip()]
    found = [loc for line in lines if (loc := absolute(line, None))]
    if not found or len(found) * 2 < len(lines):
        raise Malformed(f"{url}: is neither XML nor a list of addresses, one on each line")
    return [Entry(title="", url=loc) for loc in found[:MAX_ADDRESSES]]


def _text(node: Any, path: str) -> str:
    """The words at a path of local names; namespaces differ, and images have titles of their own."""
    steps = "/".join(f"*[local-name() = '{name}']" for name in path.split("/"))
    return " ".join("".join(node.xpath(f"{steps}[1]//text()")).split())
