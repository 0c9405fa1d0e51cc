"""Sitemaps (sitemaps.org 0.9, with Google's news extension): indexes are followed, newest first."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lxml import etree
from scrapy import Request
from scrapy.http import Response

from crawler.items import Publication
from crawler.spiders.base import SourceSpider
from crawler.text.bombs import GZIP, gunzip
from crawler.text.dates import parse_feed_date
from crawler.xml import parse_xml
from data.errors import Malformed
from data.models import Entry

MAX_BYTES = 50 << 20
"""sitemaps.org: a sitemap is at most 50 MiB unpacked."""
MAX_CHILDREN = 20
"""Of an index, that many sitemaps with the newest lastmod are read in one run."""


class SitemapSpider(SourceSpider):
    def parse(
        self, response: Response, depth: int = 0, **kwargs: Any
    ) -> Iterator[Request | Publication]:
        body = response.body
        if body.startswith(GZIP):
            body = gunzip(body, MAX_BYTES, response.url)
        root = parse_xml(body, response.url)
        kind = etree.QName(root).localname
        if kind == "sitemapindex" and depth == 0:
            for url in newest_children(root):
                yield self.list_request(response.urljoin(url), cb_kwargs={"depth": 1})
        elif kind == "urlset":
            yield from self.follow(entries_of(root), response.meta.get("capture"))
        else:
            raise Malformed(f"{response.url}: its root is {kind}, not a sitemap's")


def newest_children(root: Any) -> list[str]:
    """The addresses of an index's sitemaps, the latest changed first."""
    children = [(_text(node, "lastmod"), _text(node, "loc")) for node in root]
    ordered = sorted((pair for pair in children if pair[1]), reverse=True)
    return [loc for _, loc in ordered[:MAX_CHILDREN]]


def entries_of(root: Any) -> list[Entry]:
    """One entry per address. Title and day are the news extension's; a plain sitemap tells only when a page
    was changed, and the page itself tells its title.
    """
    entries = []
    for node in root:
        loc = _text(node, "loc")
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


def _text(node: Any, path: str) -> str:
    """The words at a path of local names; namespaces differ, and images have titles of their own."""
    steps = "/".join(f"*[local-name() = '{name}']" for name in path.split("/"))
    return " ".join("".join(node.xpath(f"{steps}[1]//text()")).split())
