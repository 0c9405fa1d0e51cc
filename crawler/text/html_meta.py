"""Title, date, byline, lead and canonical URL of an article page."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Mapping
from datetime import datetime

from lxml import etree
from parsel import Selector

from crawler.text.dates import date_in_url, find_date, parse_feed_date
from crawler.text.links import absolute
from crawler.text.markup import one_line, plain
from data.models import Moment

MAX_TITLE = 500
MAX_LEAD = 500
_SEPARATORS = (" | ", "｜", "|", " – ", " — ", " - ", "：", " : ", " :: ")
_DATE_METAS = (
    "article:published_time", "og:article:published_time", "og:published_time", "datepublished", "date_published",
    "dcterms.issued", "dc.date.issued", "dcterms.created", "dc.date.created", "dc.date", "dcterms.date", "date",
    "pubdate", "publishdate", "publish_date", "publish-date", "parsely-pub-date", "sailthru.date", "article.published",
    "cxenseparse:recs:publishtime",
)  # fmt: skip
_JSON_DATE = re.compile(r'"datePublished"\s{0,9}:\s{0,9}"([^"]{4,60})"')
_JSON_AUTHOR = re.compile(
    r'"author"\s{0,9}:\s{0,9}[\[{\s]{0,20}[^}\]]{0,300}?"name"\s{0,9}:\s{0,9}"([^"]{1,120})"'
)
_DATE_CLASS = "[contains(@class, 'date') or contains(@class, 'Date') or contains(@class, 'time') or contains(@class, 'publish')]"
_DATED = etree.XPath("//@itemprop[. = 'datePublished']")
_BY = etree.XPath(
    "//@rel[. = 'author'] | //@itemprop[. = 'author'] "
    "| //@class[contains(., 'byline') or contains(., 'author-name')]"
)
"""Attributes, not elements with a condition: a fifth of the time, since most elements have none of them."""
_BY_CLASSES = frozenset({"byline", "author-name"})
_HOME = re.compile(r"(?:https?://[^/?#]+)?/?(?:index\.\w{2,5})?|\.{1,2}/", re.IGNORECASE)
_SHORT_LINE = 40
_FIRST_LINES = 15


Metas = Mapping[str, str]
"""The page's meta elements: lower-case name or property -> content of the first."""


def metas_of(page: Selector) -> Metas:
    """One walk for all questions: asked one by one, they took a tenth of a crawl's time."""
    found: dict[str, str] = {}
    for element in page.root.iter("meta"):
        content = element.get("content")
        for name in (element.get("name"), element.get("property")):
            if name and content is not None:
                found.setdefault(name.lower(), content)
    return found


def title_of(page: Selector, metas: Metas) -> str:
    """og:title, else a lone h1, else <title>; without the site's name at its end."""
    site = _meta(metas, ("og:site_name",))
    og = _meta(metas, ("og:title",))
    headings = [
        text
        for text in (
            one_line("".join(heading.itertext()))
            for heading in itertools.islice(page.root.iter("h1"), 20)
            if not _leads_home(heading)
        )
        if text and text != site
    ]
    whole = one_line(page.css("head title::text, title::text").get() or "")
    if og and og != site:
        return _without_site(og, site, headings)
    if len(set(headings)) == 1:
        return headings[0][:MAX_TITLE]
    return _without_site(whole or og or (headings[0] if headings else ""), site, headings)


def date_of(
    page: Selector, metas: Metas, *, url: str | None, text: str, near: datetime | None
) -> Moment | None:
    """When the page says it was published: meta, JSON-LD, <time>, a line of its own, the URL."""
    declared = [_meta(metas, (name,)) for name in _DATE_METAS]
    declared += [
        given
        for marked in _DATED(page.root)[:3]
        for given in (marked.getparent().get("content"), marked.getparent().get("datetime"))
        if given
    ]
    for script in _linked_data(page):
        declared += _JSON_DATE.findall(script)[:1]
    declared += _times(page)
    found = next((moment for one in declared if one and (moment := parse_feed_date(one))), None)
    return found or _shown_date(page, text, near) or date_in_url(url or "")


def byline_of(page: Selector, metas: Metas) -> str:
    """The author as the page names one; empty when it does not."""
    name = _meta(metas, ("author", "article:author", "dc.creator", "parsely-author"))
    if name and not name.startswith("http"):
        return name[:200]
    for script in _linked_data(page):
        if match := _JSON_AUTHOR.search(script):
            return plain(match[1])
    for shown in _BY(page.root):
        if shown == "author" or not _BY_CLASSES.isdisjoint(shown.split()):
            return one_line("".join(shown.getparent().itertext()))[:200]
    return ""


def lead_of(metas: Metas, text: str) -> str:
    """The page's own description, else the first line of the text that is more than a heading."""
    described = _meta(metas, ("og:description", "description", "twitter:description"))
    first = next((line for line in text.split("\n")[:_FIRST_LINES] if len(line) > _SHORT_LINE), "")
    return (described or first)[:MAX_LEAD]


def canonical_of(page: Selector, metas: Metas, url: str | None) -> str | None:
    """The address the page gives for itself; not its site's front page, which many pages name by mistake."""
    for link in (page.css("link[rel=canonical]::attr(href)").get(), _meta(metas, ("og:url",))):
        whole = absolute(link or "", url)
        if whole and not (
            re.fullmatch(r"https?://[^/?#]+/?", whole)
            and url
            and not re.fullmatch(r"https?://[^/?#]+/?", url)
        ):
            return whole
    return None


def _linked_data(page: Selector) -> list[str]:
    """The beginnings of the page's first JSON-LD scripts."""
    scripts = page.root.iter("script")
    found = (one.text or "" for one in scripts if one.get("type") == "application/ld+json")
    return [text[:200_000] for text in itertools.islice(found, 10)]


def _times(page: Selector) -> list[str]:
    """What <time> elements say: the first three of an article, then the first of all."""
    given = [(one, one.get("datetime")) for one in page.root.iter("time")]
    of_article = [
        when
        for one, when in given
        if when is not None
        and (
            one.get("pubdate") is not None
            or next(one.iterancestors("article", "main"), None) is not None
        )
    ]
    return of_article[:3] + [when for _, when in given if when is not None][:1]


def _shown_date(page: Selector, text: str, near: datetime | None) -> Moment | None:
    """A date that stands alone: in an element of a date's class, or on a short line above the text.

    A date inside a sentence is when something happened, not when the page was published.
    """
    marked = page.xpath(f"/html/body//*{_DATE_CLASS}")[:10]
    lines: Iterable[str] = [one_line("".join(one.css("::text").getall()[:20])) for one in marked]
    for line in [*lines, *text.split("\n")[:_FIRST_LINES]]:
        if 4 <= len(line) <= _SHORT_LINE and (found := find_date(line)):
            return found
    for line in lines:
        hours = "-" in line  # a class `time` has opening hours too: 10-18
        if 3 <= len(line) <= 20 and (found := find_date(line, near=near, field=not hours)):
            return found
    return None


def _leads_home(heading: etree._Element) -> bool:
    """Whether a heading is the site's own name: its only link, around or inside it, is to the front page."""
    links = [*heading.iter("a"), *itertools.islice(heading.iterancestors("a"), 1)]
    return bool(links) and all(_HOME.fullmatch((one.get("href") or "").strip()) for one in links)


def _without_site(title: str, site: str, headings: list[str]) -> str:
    title = title[:MAX_TITLE]
    for separator in _SEPARATORS:
        head, found, tail = title.rpartition(separator)
        head, tail = head.strip(), tail.strip()
        if (
            found
            and head
            and (tail == site or head in headings or (len(tail) <= 25 and len(head) >= len(tail)))
        ):
            return _without_site(head, site, headings) if tail == site else head
    return title


def _meta(metas: Metas, names: tuple[str, ...]) -> str:
    lines = (plain(metas[name]) for name in names if metas.get(name))
    return next((line for line in lines if line), "")
