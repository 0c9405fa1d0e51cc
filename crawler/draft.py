"""Draft a source's YAML from an address: the feeds that the page names, or a guess at its list."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import date
from typing import Any
from urllib.parse import urlsplit

import yaml
from parsel import Selector

from crawler.fetch import Fetched
from crawler.identity import canonical_url
from crawler.source import Select
from crawler.text.dates import find_date
from crawler.text.encoding import decode
from crawler.text.extract import extract
from crawler.text.feed import parse_feed
from crawler.text.links import absolute
from crawler.text.listing import parse_listing
from crawler.text.sitemap import parse_sitemap
from crawler.text.sniff import sniff
from crawler.visit import Visitor
from data.clock import now, tokyo
from data.config import Config
from data.errors import Malformed, SourceError

MOST_TRIED = 6
"""Addresses of one page that are asked whether they are a feed."""
_NAMED = ", ".join(
    f"link[rel~=alternate][type*={kind}]" for kind in ("rss", "atom", "rdf", "feed", "json")
)
_LINKED = ", ".join(
    f"a[href{end}]" for end in ("$='.rdf'", "$='.rss'", "$='.atom'", "*='rss'", "$='/feed'", "$='/feed/'", "$='.xml'")
)  # fmt: skip
_ASIDE = re.compile(r"comment|コメント|podcast|oembed|wp-json", re.IGNORECASE)
MOST_LINKS = 3
LEAST_ITEMS = 3


def draft(config: Config, url: str) -> str:
    """The YAML of a source for `url`, to be corrected by a person; raises `SourceError`."""
    visitor = Visitor(config)
    page = visitor.get(url)
    kind = sniff(page.body)
    if kind in {"xml", "gzip"} and (count := _addresses_of_sitemap(page)):
        return _yaml(page.url, "sitemap", f"{count} addresses when drafted")
    if kind in {"feed", "json", "xml", "gzip"}:
        return _yaml(
            page.url, "feed", f"{len(parse_feed(page.body, url=page.url))} items when drafted"
        )
    selector = Selector(
        text=decode(page.body, page.content_type).text.replace("\0", ""), type="html"
    )
    for address in feeds_of(selector, page.url):
        found = _items_of_feed(visitor, address)
        if found is not None:
            return _yaml(address, "feed", f"named by {page.url}; {found} items when drafted")
    guess = guess_list(selector)
    found = _items_of_list(page, guess) if guess else None
    if guess and found is not None:
        note = f"the selectors are a guess; {found} items when drafted"
        return _yaml(page.url, "listing", note, guess.model_dump(exclude_defaults=True))
    if not extract(page.body, url=page.url, content_type=page.content_type).text:
        raise Malformed(f"{page.url}: names no feed, and has no text that can be read")
    return _yaml(page.url, "page", "no feed and no list found: the page itself is compared")


def feeds_of(selector: Selector, url: str) -> list[str]:
    """Addresses that may be feeds: those the head names, then those the page links to; comments last."""
    return list(dict.fromkeys(sorted(_candidates(selector, url), key=_is_aside)))[:MOST_TRIED]


def _candidates(selector: Selector, url: str) -> Iterator[str]:
    base = absolute(selector.css("base::attr(href)").get() or "", url) or url
    for link in (*selector.css(_NAMED), *selector.css(_LINKED)):
        if address := absolute(link.attrib.get("href", ""), base):
            yield address


def _is_aside(address: str) -> bool:
    return _ASIDE.search(address) is not None


def _items_of_feed(visitor: Visitor, address: str) -> int | None:
    try:
        got = visitor.get(address)
        return len(parse_feed(got.body, url=got.url, content_type=got.content_type))
    except SourceError:
        return None  # no feed, or none that may be read: the next candidate


def _addresses_of_sitemap(page: Fetched) -> int:
    try:
        found = parse_sitemap(page.body, url=page.url, content_type=page.content_type)
    except SourceError:
        return 0
    return len(found.children) + len(found.entries)


def _items_of_list(page: Fetched, select: Select) -> int | None:
    try:
        return len(
            parse_listing(
                page.body, select, url=page.url, near=now(), content_type=page.content_type
            )
        )
    except SourceError:
        return None


def guess_list(selector: Selector) -> Select | None:
    """The elements that most often hold both a date and a link, or a link below a term that is a date."""
    counts: Counter[tuple[str, str | None]] = Counter()
    for node in selector.css("li, tr, dd, article, div"):
        links = len(node.css("a[href]"))
        # A row may lead to its PDF too; a larger block with several links is the list itself.
        if links == 0 or links > (1 if node.root.tag in {"article", "div"} else MOST_LINKS):
            continue
        if _is_dated(node):
            counts[_path(node), None] += 1
        elif (above := node.xpath("preceding-sibling::dt[1]")) and _is_dated(above[0]):
            counts[_path(node), _path(above[0])] += 1
    for (item, heading), count in counts.most_common(1):
        if count >= LEAST_ITEMS:
            date_in = "heading" if heading else "element"
            return Select(item=item, title="a", heading=heading, date_in=date_in, dated=True)
    return None


def _is_dated(node: Selector) -> bool:
    words = " ".join(" ".join(node.xpath(".//text()").getall()[:40]).split())[:400]
    return find_date(words, near=now()) is not None


def _path(node: Selector) -> str:
    """`ul.news li`: the element under its parent, with the first class of each."""
    return " ".join(
        _step(part) for part in (node.xpath("..")[0], node) if part.root.tag not in {"html", "body"}
    )


def _step(node: Selector) -> str:
    name = str(node.root.tag)
    label = (node.xpath("@class").get() or "").split()
    usable = [word for word in label if re.fullmatch(r"[A-Za-z_][\w-]*", word)]
    return f"{name}.{usable[0]}" if usable else name


def _yaml(url: str, kind: str, note: str, select: dict[str, Any] | None = None) -> str:
    host = urlsplit(canonical_url(url)).hostname or ""
    today: date = tokyo(now()).date()
    content = {
        "publisher": {"ja": host, "en": host},
        "name": {"ja": "新着", "en": "News"},
        "group": "ministry",
        "source_class": "ministry",
        "kind": kind,
        "url": url,
        **({"select": select} if select else {}),
        "cadence": "daily",
        "expect": {"silence_days": 30},
        "terms": "unknown: read the site's terms before enabling",
        "note": f"drafted {today.isoformat()}: {note}",
        "seen": today,
        "evidence": "seen",
        "enabled": False,
        "disabled_reason": "drafted by a machine; a person has to look at it",
    }
    return yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=100)
