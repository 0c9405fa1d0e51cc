"""Draft a source's YAML from an address: the feeds that the page names, or a guess at its list."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import date
from urllib.parse import urlsplit

import yaml
from parsel import Selector

from crawler.fetch import Fetched
from crawler.identity import canonical_url
from crawler.source import Select
from crawler.text.encoding import decode
from crawler.text.feed import parse_feed
from crawler.text.links import absolute
from crawler.text.listing import parse_listing
from crawler.text.sniff import sniff
from crawler.visit import Visitor
from data.clock import now, tokyo
from data.config import Config
from data.errors import SourceError

MOST_TRIED = 6
"""Addresses of one page that are asked whether they are a feed."""
_NAMED = ", ".join(
    f"link[rel~=alternate][type*={kind}]" for kind in ("rss", "atom", "rdf", "feed", "json")
)
_LINKED = ", ".join(
    f"a[href{end}]" for end in ("$='.rdf'", "$='.rss'", "$='.atom'", "*='rss'", "$='/feed'", "$='/feed/'", "$='.xml'")
)  # fmt: skip
_ASIDE = re.compile(r"comment|コメント|podcast|oembed|wp-json", re.IGNORECASE)
_DATE = re.compile(r"(?:令和|平成)\s*[0-9０-９元]+年|20[0-9]{2}[年./-]|[0-9]{1,2}月[0-9]{1,2}日")


def draft(config: Config, url: str) -> str:
    """The YAML of a source for `url`, to be corrected by a person; raises `SourceError`."""
    visitor = Visitor(config)
    page = visitor.get(url)
    if sniff(page.body) in {"feed", "json", "xml"}:
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
    item = guess_item(selector)
    found = _items_of_list(page, item) if item else None
    if item is None or found is None:
        return _yaml(page.url, "page", "no feed and no list found: the page itself is compared")
    note = f"the selectors are a guess; {found} items when drafted"
    return _yaml(page.url, "listing", note, {"item": item, "title": "a", "dated": True})


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


def _items_of_list(page: Fetched, item: str) -> int | None:
    select = Select(item=item, title="a", dated=True)
    try:
        return len(
            parse_listing(
                page.body, select, url=page.url, near=now(), content_type=page.content_type
            )
        )
    except SourceError:
        return None


def guess_item(selector: Selector) -> str | None:
    """A CSS selector of the elements that most often hold both a date and a link."""
    counts: Counter[str] = Counter()
    for node in selector.css("li, tr, dd, article, div"):
        if len(node.css("a[href]")) == 1 and _DATE.search(
            " ".join(node.xpath(".//text()").getall())[:400]
        ):
            counts[_path(node)] += 1
    found = counts.most_common(1)
    return found[0][0] if found and found[0][1] >= 3 else None


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


def _yaml(url: str, kind: str, note: str, select: dict[str, str | bool] | None = None) -> str:
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
