"""Parse HTML listings by a source's CSS selectors: lists, tables, dl lists, years in headings."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from parsel import Selector

from crawler.text.dates import date_in_url, find_date, find_month, find_year, parse_feed_date
from crawler.text.encoding import decode
from crawler.text.links import absolute
from crawler.text.markup import one_line
from crawler.text.sniff import sniff
from data.errors import LayoutChanged, Malformed
from data.models import Entry, Moment

MAX_CHARACTERS = 8 << 20
MAX_TAGS = 300_000
MAX_ITEMS = 5_000
MOST_SPANNED = 60
"""Rows above that are looked through for a cell that spans an item's row."""
MAX_TITLE = 1_000
_CALLED = {
    "pdf": "a PDF",
    "feed": "a feed",
    "json": "JSON",
    "docx": "a Word file",
    "xlsx": "an Excel file",
}


class ListingSelectors(Protocol):
    """What a source's YAML says about its list (crawler/source.py, `Select`); CSS, relative to `item`."""

    @property
    def item(self) -> str: ...
    @property
    def link(self) -> str: ...
    @property
    def title(self) -> str | None: ...
    @property
    def date(self) -> str | None: ...
    @property
    def summary(self) -> str | None: ...
    @property
    def outlet(self) -> str | None: ...
    @property
    def date_attribute(self) -> str | None: ...
    @property
    def date_in(self) -> Literal["element", "title", "url", "comment", "heading"]: ...
    @property
    def heading(self) -> str | None: ...
    @property
    def dated(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class _Heading:
    """What the headings above an item say: its year, its month, and the nearest one's own words."""

    year: str = ""
    month: str = ""
    words: str = ""

    def below(self, text: str) -> _Heading:
        month, year = find_month(text), find_year(text)
        return _Heading(
            f"{year}年" if year else self.year,
            f"{month[0]}年{month[1]}月" if month else "" if year else self.month,
            text,
        )

    def date(self, text: str, near: datetime | None, *, field: bool = False) -> Moment | None:
        """The date in `text`, its year or month taken from the headings before it is guessed from `near`."""
        for prefix in ("", self.year, self.month):
            found = find_date(prefix + text, field=field)
            if found:
                return (
                    found
                    if not prefix
                    else Moment(at=found.at, precision=found.precision, raw=text)
                )
        return find_date(text, near=near, field=field)


def parse_listing(
    body: bytes,
    selectors: ListingSelectors,
    *,
    url: str | None = None,
    near: datetime | None = None,
    content_type: str | None = None,
    hint: str | None = None,
) -> list[Entry]:
    """The items of a list page, in its order.

    `url` is the page's address (links are resolved against it and `<base>`), `near` when it was read.
    Raises `LayoutChanged` when `item` matches nothing or nothing in it has a title, `Malformed` when
    the body is no HTML page.
    """
    name = url or "the page"
    page = _page(body, name, content_type, hint)
    base = absolute(page.css("base::attr(href)").get() or "", url) or url
    matched = 0
    entries = []
    for item, heading in _items(page, selectors):
        matched += 1
        entry = _entry(item, heading, selectors, base, near)
        if entry.title and (entry.published or not selectors.dated):
            entries.append(entry)
    if not entries:
        wanted = "a title and a date" if selectors.dated else "a title"
        why = f"nothing with {wanted}" if matched else "nothing"
        raise LayoutChanged(f"{name}: the item selector {selectors.item!r} matches {why}")
    return entries


def _page(body: bytes, name: str, content_type: str | None, hint: str | None) -> Selector:
    if not body.strip():
        raise Malformed(f"{name}: is empty")
    kind = sniff(body)
    if kind not in {"html", "xml", "text"}:
        raise Malformed(f"{name}: is {_CALLED.get(kind, 'binary data')}, not an HTML page")
    text = decode(body, content_type, hint).text
    if len(text) > MAX_CHARACTERS or text.count("<") > MAX_TAGS:
        raise Malformed(f"{name}: is too large for a list")
    return Selector(text=text.replace("\0", ""), type="html")


def _items(page: Selector, selectors: ListingSelectors) -> Iterator[tuple[Selector, _Heading]]:
    """Items in the page's order, each with what the headings above it say.

    Of items inside one another the innermost counts: `tr:has(a)` also fits the row of a layout table.
    """
    items = {item.root: item for item in page.css(selectors.item)[:MAX_ITEMS]}
    for inner in [*items]:
        for outer in inner.iterancestors():
            items.pop(outer, None)
    headings = {one.root: one for one in page.css(selectors.heading)} if selectors.heading else {}
    above = _Heading()
    for element in page.root.iter():
        if element in headings:
            above = above.below(_words(headings[element]))
        if element in items:
            yield items[element], above


def _entry(
    item: Selector,
    heading: _Heading,
    selectors: ListingSelectors,
    base: str | None,
    near: datetime | None,
) -> Entry:
    link = _first(item, selectors.link)
    named = _first(item, selectors.title) if selectors.title else link
    title = _title(named if named is not None else item)
    url = absolute(link.attrib.get("href", ""), base) if link is not None else None
    published = _published(item, heading, selectors, title, url, near)
    if selectors.date_in == "title" and published:
        title = _without_date(title, published.raw)
    summary = _first(item, selectors.summary) if selectors.summary else None
    outlet = _first(item, selectors.outlet) if selectors.outlet else None
    return Entry(
        title=title[:MAX_TITLE],
        url=url,
        published=published,
        summary=_words(summary) if summary is not None else "",
        outlet=_words(outlet) or None if outlet is not None else None,
    )


def _published(
    item: Selector,
    heading: _Heading,
    selectors: ListingSelectors,
    title: str,
    url: str | None,
    near: datetime | None,
) -> Moment | None:
    match selectors.date_in:
        case "url":
            return date_in_url(url or "")
        case "title":
            return heading.date(title, near)
        case "heading":
            return heading.date(heading.words, near, field=True)
        case "comment":
            comments = item.xpath(".//comment() | preceding-sibling::comment()[1]").getall()
            dates = (heading.date(comment, near, field=True) for comment in comments)
            return next((found for found in dates if found), None)
    for cell in _spanning(item):
        if found := heading.date(_words(cell), near, field=True):
            return found
    element = _first(item, selectors.date) if selectors.date else _first(item, "time")
    if element is None:
        return None if selectors.date else heading.date(_words(item), near)
    value = element.attrib.get(selectors.date_attribute or "datetime", "")
    declared = parse_feed_date(value) if value else None
    return declared or heading.date(_words(element), near, field=True)


def _spanning(item: Selector) -> Iterator[Selector]:
    """The cells of rows above that span the row `item`: a day's date stands once beside all of its news."""
    if item.root.tag != "tr":
        return
    rows = item.root.itersiblings("tr", preceding=True)
    for distance, row in enumerate(itertools.islice(rows, MOST_SPANNED), 1):
        for cell in row:
            span = cell.get("rowspan", "") if isinstance(cell.tag, str) else ""
            if span.isdecimal() and len(span) < 5 and int(span) > distance:
                yield Selector(root=cell, type="html")


def _first(item: Selector, selector: str) -> Selector | None:
    """The first match inside `item`, or `item` itself when it is what the selector describes."""
    inside = item.css(selector)
    if inside:
        return inside[0]
    parent = item.xpath("..")
    itself = parent.css(selector) if parent else []
    return next((one for one in itself if one.root is item.root), None)


def _title(element: Selector) -> str:
    words = _words(element)
    return words or one_line(
        element.attrib.get("title") or element.xpath("string(.//img/@alt)").get() or ""
    )


def _words(element: Selector) -> str:
    parts = element.xpath(".//text()[not(parent::script or parent::style)]").getall()
    return one_line("".join(parts))


def _without_date(title: str, raw: str) -> str:
    """`title` without the date at its start or end, and without the brackets around that."""
    date = r"[(（\[【]?\s*" + re.escape(raw) + r"\s*(?:付け?)?[)）\]】]?"
    cut = re.sub(rf"^\s*{date}\s*|\s*{date}\s*$", "", title, count=1)
    return one_line(cut) or title
