"""Draft a source's YAML from an address: the feeds that the page names, or a guess at its list."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date
from urllib.parse import urlsplit

import yaml
from parsel import Selector

from crawler.fetch import fetch
from crawler.identity import canonical_url
from crawler.settings import user_agent
from crawler.text.encoding import decode
from crawler.text.feed import parse_feed
from crawler.text.links import absolute
from crawler.text.sniff import sniff
from data.clock import now, tokyo
from data.config import Config
from data.errors import ConfigError

_FEED_LINK = "link[rel~=alternate][type*=rss], link[rel~=alternate][type*=atom], link[rel~=alternate][type*=json]"
_DATE = re.compile(r"(?:令和|平成)\s*[0-9０-９元]+年|20[0-9]{2}[年./-]")


def draft(config: Config, url: str) -> str:
    """The YAML of a source for `url`, to be corrected by a person; raises `SourceError`."""
    if config.contact is None and not config.crawl.allow_hosts:
        raise ConfigError("contact: found nothing; without it no request leaves this machine")
    page = fetch(url, config, user_agent=user_agent(config))
    if sniff(page.body) in {"feed", "json", "xml"}:
        return _yaml(url, "feed", f"{len(parse_feed(page.body, url=url))} items when drafted")
    selector = Selector(text=decode(page.body, page.content_type).text)
    for link in selector.css(_FEED_LINK).xpath("@href").getall():
        address = absolute(link, url)
        if address:
            return _yaml(address, "feed", f"named by {url}")
    item = guess_item(selector)
    if item is None:
        return _yaml(url, "page", "no feed and no list found: the page itself is compared")
    return _yaml(url, "listing", "the selectors are a guess", {"item": item, "title": "a"})


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


def _yaml(url: str, kind: str, note: str, select: dict[str, str] | None = None) -> str:
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
