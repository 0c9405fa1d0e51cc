"""The article of an HTML page: a source's selectors where it has them, else trafilatura.

trafilatura runs as its own benchmark runs it; what is done beside it must not lower that F1. Measured with
2.3.1: 0.9598 on article-extraction-benchmark (181 pages; `extract()` as it comes: 0.9525), 0.9261 on
trafilatura's evaluation (990 pages; as it comes: 0.9214), both equal to trafilatura's own figure. With
tables of layout read as blocks (2026-11-30): 0.9610; on the evaluation, measured side by side, 0.925 and trafilatura's 0.924.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Protocol

import yaml
from lxml import etree
from parsel import Selector

from crawler.text.dates import find_date, parse_feed_date
from crawler.text.html_meta import byline_of, canonical_of, date_of, lead_of, metas_of, title_of
from crawler.text.layout_tables import holds_layout, without_layout
from crawler.text.markup import one_line
from data.late import Late
from data.models import DocumentStatus, Moment

if TYPE_CHECKING:
    import trafilatura
    from trafilatura import meta as trafilatura_meta
    from trafilatura.settings import Extractor
else:
    trafilatura, trafilatura_meta = Late("trafilatura"), Late("trafilatura.meta")

MAX_CHARACTERS = 4 << 20
MAX_TAGS = 40_000
"""Pages beyond are cut and marked `truncated`."""
MAX_DEPTH = 200
_LEAST = 25
"""Characters below which a selector's text is taken for a changed layout and not for an article."""
_FAULTS = (
    ValueError,
    TypeError,
    AttributeError,
    LookupError,
    AssertionError,
    RecursionError,
    etree.LxmlError,
)
"""What trafilatura and lxml raise on pages built to break them."""
_PROLOG = re.compile(r"^\s*<\?xml\b[^>]{0,300}\?>")
_NOFRAMES = re.compile(r"</?noframes\b[^<>]{0,200}>", re.IGNORECASE)
"""What a frameset shows without frames is its only text, and the parser takes its tags for words."""
_TOO_DEEP = etree.XPath(f"boolean(//*[ancestor::*[{MAX_DEPTH}]])")
_PAGES = itertools.count(1)
_RESET_EVERY = 500
_SKIPPED = frozenset(
    {
        "script",
        "style",
        "noscript",
        "template",
        "svg",
        "nav",
        "form",
        "button",
        "select",
        "iframe",
        "head",
    }
)
_BLOCKS = frozenset({
    "address", "article", "aside", "blockquote", "br", "dd", "div", "dl", "dt", "fieldset", "figcaption", "figure",
    "footer", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "ol", "p", "pre", "section", "table",
    "tr", "ul", "caption", "details", "summary",
})  # fmt: skip


class ArticleSelectors(Protocol):
    """What a source's YAML says about its article pages (crawler/source.py, `ArticleSelect`); CSS."""

    @property
    def title(self) -> str | None: ...
    @property
    def text(self) -> str | None: ...
    @property
    def date(self) -> str | None: ...
    @property
    def byline(self) -> str | None: ...
    @property
    def drop(self) -> tuple[str, ...]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    title: str
    text: str
    """One line per paragraph, list item or table row (cells parted by ` | `)."""
    published: Moment | None
    lead: str
    byline: str
    canonical_url: str | None
    status: DocumentStatus


def read_html(
    markup: str,
    *,
    url: str | None = None,
    near: datetime | None = None,
    selectors: ArticleSelectors | None = None,
) -> Article:
    """The article in `markup`; never raises on content. Status `ok`, `truncated`, `title_only` or `empty`.

    Not bounded in time: `html_guard.read_page` is, and decides which pages need that.
    """
    whole = _NOFRAMES.sub("", _PROLOG.sub("", markup.replace("\0", ""), count=1))
    kept = _bounded(whole)
    page = Selector(text=kept or "<html></html>", type="html")
    text = _selected(page, selectors) if selectors else ""
    text = text or _general(kept, page.root)
    metas = metas_of(page)
    title = _chosen(page, selectors.title if selectors else None) or title_of(page, metas)
    published = _dated(page, selectors, near) if selectors else None
    status: DocumentStatus = "ok" if text else "title_only" if title else "empty"
    if not text and _is_deep(page.root):
        status = "empty"  # below its greatest depth the parser drops the words; html_guard has them
    return Article(
        title=title,
        text=text,
        published=published or date_of(page, metas, url=url, text=text, near=near),
        lead=lead_of(metas, text),
        byline=_chosen(page, selectors.byline if selectors else None) or byline_of(page, metas),
        canonical_url=canonical_of(page, metas, url),
        status="truncated" if status == "ok" and len(kept) < len(whole) else status,
    )


def lines_of(element: etree._Element) -> str:
    """The text below `element`, one line per block, table rows as ` | `-parted cells, no navigation."""
    pieces = "".join(_pieces(element))
    return "\n".join(line for part in pieces.split("\n") if (line := one_line(part).strip("| ")))


def _bounded(markup: str) -> str:
    if len(markup) > MAX_CHARACTERS:
        markup = markup[:MAX_CHARACTERS]
    if markup.count("<") <= 2 * MAX_TAGS:
        return markup
    position = -1
    for _ in range(2 * MAX_TAGS):
        position = markup.find("<", position + 1)
    return markup[:position]


def _general(markup: str, tree: etree._Element) -> str:
    """Trafilatura's text, its caches kept small; plain lines where it finds no article."""
    if next(_PAGES) % _RESET_EVERY == 0:
        trafilatura_meta.reset_caches()  # they grew without end in long processes (trafilatura#216)
    try:
        if not _is_deep(tree):
            found = trafilatura.extract(markup, options=_options())
            if found and holds_layout(found) and (plain := without_layout(tree)):
                found = trafilatura.extract(plain, options=_options()) or found
            if found:
                return _without_tail(found)
        return lines_of(tree)
    except _FAULTS:
        return ""


@cache
def _options() -> Extractor:
    """Made once: reading trafilatura's settings for each page took a twentieth of its time."""
    return trafilatura.settings.Extractor(
        output_format="txt", comments=False, tables=True, formatting=False, fast=False
    )


def _selected(page: Selector, selectors: ArticleSelectors) -> str:
    if not selectors.text:
        return ""
    for unwanted in selectors.drop:
        page.css(unwanted).drop()
    text = "\n".join(lines_of(found.root) for found in page.css(selectors.text))
    return text if len(text) >= _LEAST else ""


def _chosen(page: Selector, selector: str | None) -> str:
    found = page.css(selector)[:1] if selector else None
    return one_line("".join(found.css("::text").getall())) if found else ""


def _dated(page: Selector, selectors: ArticleSelectors, near: datetime | None) -> Moment | None:
    found = page.css(selectors.date)[:1] if selectors.date else None
    if not found:
        return None
    declared = found[0].attrib.get("datetime") or found[0].attrib.get("content") or ""
    return (
        parse_feed_date(declared)
        if declared
        else find_date(_chosen(page, selectors.date), near=near, field=True)
    )


def _without_tail(text: str) -> str:
    """`text` up to a heading such as 関連記事 in its second half."""
    lines = text.split("\n")
    for number, line in enumerate(lines):
        if number * 2 >= len(lines) and line.strip(" -■●◆▼【】[]:：　") in _ends():
            return "\n".join(lines[:number]).rstrip()
    return text


@cache
def _ends() -> frozenset[str]:
    listed = yaml.safe_load(
        files("crawler.text").joinpath("boilerplate.yml").read_text(encoding="utf-8")
    )
    return frozenset(listed["ends"])


def _is_deep(tree: etree._Element) -> bool:
    """Whether an element lies deeper than trafilatura's recursion bears."""
    return bool(_TOO_DEEP(tree))


def _pieces(element: etree._Element) -> Iterator[str]:
    """Text in document order, with a line break at each block and a bar at each cell; not recursive."""
    skipping: etree._Element | None = None
    for event, node in etree.iterwalk(element, events=("start", "end", "comment", "pi")):
        tag = node.tag if isinstance(node.tag, str) else "!"
        if event == "start":
            if skipping is None and tag in _SKIPPED:
                skipping = node
            if skipping is None:
                yield "\n" if tag in _BLOCKS else " | " if tag in {"td", "th"} else ""
                yield _inline(node.text)
        else:
            if skipping is None:
                yield "\n" if tag in _BLOCKS else ""
            elif skipping is node:
                skipping = None
            if skipping is None and node is not element:
                yield _inline(node.tail)


def _inline(text: str | None) -> str:
    return " ".join(text.split("\n")) if text else ""
