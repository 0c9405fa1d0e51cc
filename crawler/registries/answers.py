"""What all registry readers share: refuse what is not the registry's answer, and take tables apart."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from parsel import Selector

from crawler.middleware.blocked import blocked_reason
from crawler.text.dates import find_date
from crawler.text.encoding import decode
from crawler.text.markup import one_line
from crawler.text.sniff import sniff
from data.clock import tokyo
from data.errors import Blocked, LayoutChanged, Malformed
from data.models import Entry

MAX_BYTES = 64 << 20
_HTML = re.compile(rb"^\s*(?:\xef\xbb\xbf)?\s*<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Answer:
    """What one reply of a registry held."""

    entries: tuple[tuple[Entry, str], ...] = ()
    """Entries with their full text; empty where the item's page has to be read."""
    next: str | None = None
    """The position of the next page."""
    further: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """(address, ids): lists to be read as well, unless an item with one of the ids is stored."""


def refuse_other_pages(body: bytes, url: str) -> None:
    """Raise for an answer that cannot be the registry's: empty, too large, or a page of apology."""
    if not body.strip(b" \t\r\n\0"):
        raise Malformed(f"{url}: the answer is empty")
    if len(body) > MAX_BYTES:
        raise Malformed(f"{url}: the answer is larger than {MAX_BYTES >> 20} MiB")
    if _HTML.match(body) and (reason := blocked_reason(url, 200, "text/html", body)):
        raise Blocked(f"{url}: {reason}")


def json_of(body: bytes, url: str) -> dict[str, Any]:
    """A JSON object; raises `Blocked` when a page answered in its place, `Malformed` otherwise."""
    refuse_other_pages(body, url)
    if _HTML.match(body):
        raise Blocked(f"{url}: a page answered where JSON was asked for")
    try:
        reply = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Malformed(f"{url}: is not JSON, or was cut off: {body[:60]!r}") from error
    if not isinstance(reply, dict):
        raise Malformed(f"{url}: is JSON, but no object")
    return reply


def page_of(body: bytes, url: str, hint: str | None = None) -> Selector:
    """An HTML page, decoded by the ladder; raises `Blocked` or `Malformed`."""
    refuse_other_pages(body, url)
    if sniff(body) not in {"html", "xml", "text"}:
        raise Malformed(f"{url}: is no HTML page")
    return Selector(text=decode(body, hint=hint).text.replace("\0", ""), type="html")


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table: the caption above it, its cells, and their elements."""

    caption: str
    cells: tuple[str, ...]
    elements: tuple[Selector, ...]


def rows_of(page: Selector) -> Iterator[Row]:
    """The rows of all tables in the page's order; a table inside a table counts for itself."""
    for table in page.css("table"):
        caption = words(table.xpath("./caption")) or one_line(table.attrib.get("summary", ""))
        for row in table.xpath("./tr | ./tbody/tr | ./thead/tr"):
            cells = row.xpath("./th | ./td")
            if cells:
                yield Row(caption, tuple(words([cell]) for cell in cells), tuple(cells))


def fields_of(page: Selector, url: str) -> dict[str, str]:
    """A page of two-column tables and definition lists as label → words; captions with ` - ` in front too.

    Raises `LayoutChanged` when there is no such table.
    """
    fields: dict[str, str] = {}
    for row in rows_of(page):
        if len(row.cells) == 2 and row.cells[0]:
            fields.setdefault(row.cells[0], row.cells[1])
            fields.setdefault(f"{row.caption} - {row.cells[0]}", row.cells[1])
    for term in page.css("dl > dt, dl > div > dt"):
        fields.setdefault(words([term]), words(term.xpath("following-sibling::dd[1]")))
    if not fields:
        raise LayoutChanged(f"{url}: has no table of fields")
    return fields


def words(elements: Any) -> str:
    """The visible words of elements as one line."""
    parts = [
        text
        for element in elements
        for text in element.xpath(".//text()[not(parent::script or parent::style)]").getall()
    ]
    return one_line("".join(parts))


def day_in(text: str) -> date | None:
    """The day that a Japanese or ISO date in `text` names, in Tokyo."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        found = find_date(text) if text else None
    return tokyo(found.at).date() if found else None


def number_in(text: str) -> int | None:
    """The first number in `text`, full-width digits included."""
    found = re.search(r"\d{1,6}", text)
    return int(found[0]) if found else None
