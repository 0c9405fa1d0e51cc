"""What all registry readers share: refuse what is not the registry's answer, and take tables apart."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from parsel import Selector

from crawler.json_lines import parse_json
from crawler.middleware.blocked import blocked_reason
from crawler.text.bombs import refuse_many_values
from crawler.text.dates import find_date
from crawler.text.encoding import decode
from crawler.text.markup import one_line
from crawler.text.sniff import sniff
from data.clock import tokyo
from data.errors import Blocked, LayoutChanged, Malformed
from data.models import Entry

MAX_BYTES = 64 << 20
MAX_TAGS = 300_000
MOST_ROWS, MOST_COLUMNS = 2_000, 50
"""A cell that spans more is no cell of a register."""
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
    refuse_many_values(body, url)
    try:
        reply = parse_json(body)
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
    if body.count(b"<") > MAX_TAGS:
        raise Malformed(f"{url}: has more than {MAX_TAGS} tags")
    return Selector(text=decode(body, hint=hint).text.replace("\0", ""), type="html")


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table: the caption above it, its cells, their elements, and its columns' names."""

    caption: str
    cells: tuple[str, ...]
    elements: tuple[Selector, ...]
    columns: tuple[str, ...] = ()
    """The names of the columns, where a row of headings came before; as `label` writes them."""

    def cell(self, *names: str) -> str:
        """The cell of the first column that has one of the names, else an empty string."""
        for name in names:
            if name in self.columns and self.columns.index(name) < len(self.cells):
                return self.cells[self.columns.index(name)]
        return ""


@lru_cache(maxsize=4096)
def label(text: str) -> str:
    """A label or heading for comparing: half-width signs and digits, no white space."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def rows_of(page: Selector) -> Iterator[Row]:
    """The rows of all tables in the page's order; a table inside a table counts for itself.

    A table without a caption has the heading above it. A cell that spans rows stands in each of them.
    """
    heading = ""
    for table in page.css("h1, h2, h3, h4, h5, table"):
        if table.root.tag != "table":
            heading = words([table])
            continue
        caption = words(table.xpath("./caption")) or one_line(table.attrib.get("summary", ""))
        caption, heading = caption or heading, ""
        columns: tuple[str, ...] = ()
        for wide in _grid(table):
            # A cell that spans columns counts once, but in a heading and where it fills the columns.
            once = [cell for cell, above in zip(wide, [None, *wide], strict=False) if cell != above]
            cells = wide if len(wide) == len(columns) else once
            row = Row(caption, tuple(words([cell]) for cell in cells), tuple(cells), columns)
            if len(once) > 2 and _is_heading(row):
                columns = tuple(label(words([cell])) for cell in wide)
            yield row


def _is_heading(row: Row) -> bool:
    """A row of th cells, or of words among which are names of columns that these registers have."""
    if any(cell.css("a[href]") for cell in row.elements):
        return False
    return all(cell.root.tag == "th" for cell in row.elements) or any(
        label(cell).endswith("件名") for cell in row.cells
    )


def _grid(table: Selector) -> Iterator[list[Selector]]:
    """The cells of each row, those that span rows from above among them."""
    open_spans: dict[int, tuple[Selector, int]] = {}
    for row in table.xpath("./tr | ./tbody/tr | ./thead/tr | ./tfoot/tr"):
        found: list[Selector] = []
        own = [
            (cell, _span(cell, "rowspan") - 1)
            for cell in row.xpath("./th | ./td")
            for _ in range(min(_span(cell, "colspan"), MOST_COLUMNS))
        ]
        while own or len(found) in open_spans:
            place = len(found)
            cell, left = open_spans.pop(place) if place in open_spans else own.pop(0)
            if left > 0:
                open_spans[place] = (cell, left - 1)
            found.append(cell)
        if found:
            yield found


def _span(cell: Selector, name: str) -> int:
    text = cell.attrib.get(name, "1")
    return min(int(text), MOST_ROWS) if text.isascii() and text.isdecimal() and text != "0" else 1


def fields_of(page: Selector, url: str) -> dict[str, str]:
    """A page of tables and definition lists as `label` → words; captions with `-` in front too.

    A row is a label and its value, such pairs side by side, or a group, its label and its value. Raises
    `LayoutChanged` when there is no such table.
    """
    fields: dict[str, str] = {}
    for row in rows_of(page):
        for group, name, value in _pairs(row):
            fields.setdefault(label(name), value)
            fields.setdefault(label(f"{group}-{name}"), value)
    for term in page.css("dl > dt, dl > div > dt"):
        fields.setdefault(label(words([term])), words(term.xpath("following-sibling::dd[1]")))
    if not fields:
        raise LayoutChanged(f"{url}: has no table of fields")
    return fields


def _pairs(row: Row) -> Iterator[tuple[str, str, str]]:
    cells = row.cells
    tags = [cell.root.tag for cell in row.elements]
    if len(cells) == 3 and (tags[0] == "th" or tags[2] == "td"):
        yield cells[0] or row.caption, cells[1], cells[2]
    elif len(cells) % 2 == 0 and (len(cells) == 2 or tags[::2] == ["th"] * (len(cells) // 2)):
        for name, value in zip(cells[::2], cells[1::2], strict=True):
            if name:
                yield row.caption, name, value


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
