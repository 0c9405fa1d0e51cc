"""Draft a source's YAML from an address: the feeds that the page names, or a guess at its list."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import date
from typing import Any
from urllib.parse import urlsplit

import yaml
from parsel import Selector

from crawler.fetch import Fetched
from crawler.identity import canonical_url
from crawler.list_guess import LEAST_ITEMS, guess_lists, next_page
from crawler.middleware.blocked import blocked_reason
from crawler.source import Select
from crawler.templates import dates
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
from data.errors import Blocked, Malformed, SourceError

MOST_TRIED = 6
"""Addresses of one page that are asked whether they are a feed."""
_NAMED = ", ".join(
    f"link[rel~=alternate][type*={kind}]" for kind in ("rss", "atom", "rdf", "feed", "json")
)
_LINKED = ", ".join(
    f"a[href{end}]" for end in ("$='.rdf'", "$='.rss'", "$='.atom'", "*='rss'", "$='/feed'", "$='/feed/'", "$='.xml'")
)  # fmt: skip
_ASIDE = re.compile(r"comment|コメント|podcast|oembed|wp-json", re.IGNORECASE)
MOST_LINKED = 3
"""Feeds of a page about feeds that are asked for."""
MOST_FRAMES = 4
_DECLARED = frozenset({"bom", "header", "prolog", "meta", "strict", "escape"})
"""What decides an encoding without a hint."""


def draft(config: Config, url: str) -> str:
    """The YAML of a source for `url`, to be corrected by a person; raises `SourceError`."""
    visitor = Visitor(config)
    page = visitor.get(url)
    kind = sniff(page.body)
    if kind in {"xml", "gzip"} and (count := _addresses_of_sitemap(page)):
        return _yaml(page, page.url, "sitemap", f"{count} addresses when drafted", count)
    if kind in {"feed", "json", "xml", "gzip"}:
        count = len(parse_feed(page.body, url=page.url, content_type=page.content_type))
        return _yaml(page, page.url, "feed", f"{count} items when drafted", count)
    if reason := blocked_reason(page.url, 200, page.content_type or "", page.body):
        raise Blocked(f"{page.url}: {reason}; nothing can be drafted of it")
    if feed := _feed_named_by(visitor, page):
        address, count = feed
        note = f"named by {page.url}; {count} items when drafted"
        return _yaml(page, address, "feed", note, count)
    for part in _parts(visitor, page):
        if drafted := _listing(part):
            return drafted
    if not extract(page.body, url=page.url, content_type=page.content_type).text:
        raise Malformed(f"{page.url}: names no feed, and has no text that can be read")
    note = "no feed and no list with dates found: the page itself is compared"
    return _yaml(page, page.url, "page", note, 1)


def _parts(visitor: Visitor, page: Fetched) -> Iterator[Fetched]:
    """The page, and the frames that it shows instead of words of its own."""
    yield page
    frames = _selector(page).css("frame[src], iframe[src]")[:MOST_FRAMES]
    named = (absolute(frame.attrib["src"], page.url) for frame in frames)
    yield from _visited(visitor, [one for one in named if one])


def _visited(visitor: Visitor, addresses: Sequence[str]) -> Iterator[Fetched]:
    """What these addresses answer, one after the other; what cannot be read is passed over."""
    for address in addresses:
        with suppress(SourceError):
            yield visitor.get(address)


def _listing(page: Fetched) -> str | None:
    """The draft of the list on a page: of the guesses the one that finds most items."""
    selector = _selector(page)
    found = [
        (count, select)
        for select in guess_lists(selector)
        if (count := _items_of_list(page, select)) >= LEAST_ITEMS
    ]
    if not found:
        return None
    count, select = max(found, key=lambda one: one[0])
    more: dict[str, Any] = {"select": select.model_dump(exclude_defaults=True)}
    if css := next_page(selector):
        more["paging"] = {"next": css}
    url = as_template(page.url)
    of_month = "; the address is that of a month or year, and filled in" if url != page.url else ""
    note = f"the selectors are a guess; {count} items when drafted{of_month}"
    return _yaml(page, url, "listing", note, count, more)


def as_template(url: str) -> str:
    """`url` with the present year and month as placeholders, where it names them."""
    today = dates(now())
    for name in ("YYYYMM", "YYYY"):
        url = re.sub(rf"(?<!\d){today[name]}(?!\d)", f"{{{name}}}", url)
    url = re.sub(rf"\{{YYYY\}}([/_-]){today['MM']}(?!\d)", r"{YYYY}\1{MM}", url)
    return re.sub(rf"(?<=[/_-])(r|reiwa){today['REIWA']}(?!\d)", r"\1{REIWA}", url)


def _selector(page: Fetched) -> Selector:
    text = decode(page.body, page.content_type).text.replace("\0", "")
    return Selector(text=text or "<html></html>", type="html")


def _feed_named_by(visitor: Visitor, page: Fetched) -> tuple[str, int] | None:
    """The first feed that a page names, or that the page about its feeds does, with its number of items."""
    for got in _visited(visitor, feeds_of(_selector(page), page.url)):
        count = _items_of_feed(got)
        if count is not None:
            return got.url, count
        further = (
            feeds_of(_selector(got), got.url)[:MOST_LINKED] if sniff(got.body) == "html" else []
        )
        for feed in _visited(visitor, further):
            if (count := _items_of_feed(feed)) is not None:
                return feed.url, count
    return None


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


def _items_of_feed(got: Fetched) -> int | None:
    try:
        return len(parse_feed(got.body, url=got.url, content_type=got.content_type))
    except SourceError:
        return None  # no feed: the next candidate


def _addresses_of_sitemap(page: Fetched) -> int:
    try:
        found = parse_sitemap(page.body, url=page.url, content_type=page.content_type)
    except SourceError:
        return 0
    return len(found.children) + len(found.entries)


def _items_of_list(page: Fetched, select: Select) -> int:
    try:
        found = parse_listing(
            page.body, select, url=page.url, near=now(), content_type=page.content_type
        )
    except SourceError:
        return 0
    linked = {(entry.url, entry.title) for entry in found if entry.url}
    return 2 * len(linked) - len(found)  # labels beside the items are none


def _yaml(
    page: Fetched, url: str, kind: str, note: str, count: int, more: dict[str, Any] | None = None
) -> str:
    host = urlsplit(canonical_url(url)).hostname or ""
    today: date = tokyo(now()).date()
    codec, _, rung = decode(page.body, page.content_type).encoding.partition("/")
    content = {
        "publisher": {"ja": host, "en": host},
        "name": {"ja": "新着", "en": "News"},
        "group": "ministry",
        "source_class": "ministry",
        "kind": kind,
        "url": url,
        **(more or {}),
        "cadence": "daily",
        "hints": {
            "encoding": codec if kind == "listing" and rung not in _DECLARED else None,
            "date": "day" if kind == "listing" else None,
        },
        "expect": {
            "items_min": 1,
            "items_max": 1 if kind == "page" else max(100, 10 * count),
            "dated": 0.5 if kind == "listing" else 0,
            "texts": 0.5,
            "silence_days": 30,
        },
        "terms": "unknown: read the site's terms before enabling",
        "note": f"drafted {today.isoformat()}: {note}",
        "seen": today,
        "evidence": "seen",
        "enabled": False,
        "disabled_reason": "drafted by a machine; a person has to look at it",
    }
    return yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=100)
