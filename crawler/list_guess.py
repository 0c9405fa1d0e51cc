"""Guess the list of a page that nobody described: what repeats there and has a link and a date."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any

from parsel import Selector

from crawler.source import Select
from crawler.text.dates import date_in_url, find_date, find_month, find_year
from data.clock import now

LEAST_ITEMS = 3
MOST_LINKS = 3
"""Of a row: it may lead to its PDF and its English version too; a larger block is the list itself."""
MOST_LOOKED_AT = 5_000
LONGEST_LABEL = 30
"""Characters of a heading that is a date, as in `2026年08月18日発表`."""
MUCH_MORE = 1.3
"""What stands below dates is a list of its own only where it is more than what has dates inside."""
_ITEMS = frozenset({"li", "tr", "dd", "dl", "article", "section", "div", "p"})
_BLOCKS = frozenset({"dl", "article", "section", "div"})
_LABELS = frozenset(
    {"h1", "h2", "h3", "h4", "h5", "h6", "p", "dt", "th", "td", "div", "span", "time", "summary"}
    | {"strong", "b", "caption", "li"}
)
_NEXT = (
    "a[rel~=next]",
    "a.next",
    "li.next a",
    "div.next a",
    "p.next a",
    "span.next a",
    "a.pager-next",
)
_NUMBER = re.compile(r"[\d一二三四五六七八九十元]")
_HEADING = re.compile(r"h\d|caption|summary|dt|th")


@dataclass(slots=True)
class _Group:
    """Nodes of one shape: those that are dated themselves, and those below dates."""

    dated: list[Selector] = field(default_factory=list)
    below: list[tuple[Selector, Any]] = field(default_factory=list)
    """With the element that is the date."""
    noted: list[Selector] = field(default_factory=list)
    """Dated in a comment."""
    addressed: list[Selector] = field(default_factory=list)
    """Dated in their address."""


def guess_lists(selector: Selector) -> list[Select]:
    """Selectors of what may be the page's list, the likeliest first; empty where nothing repeats."""
    near = now()
    labels, years = _labels(selector, near)
    groups = _groups(selector, labels, near)
    ranked = sorted(_ranked(groups, labels, next(iter(years), None)), key=lambda one: -one[0])
    return [select for weight, select in ranked[:4] if weight >= LEAST_ITEMS]


def _ranked(
    groups: dict[str, _Group], labels: dict[Any, Selector], year: str | None
) -> Iterator[tuple[float, Select]]:
    for path, group in groups.items():
        dates = [_date_in(node, labels) for node in group.dated]
        date = Counter(dates).most_common(1)[0][0] if dates else None
        title = _title_in([*group.dated, *(node for node, _ in group.below)], labels)
        yield len(group.dated), Select(item=path, title=title, date=date, heading=year, dated=True)
        yield len(group.noted), Select(item=path, title=title, date_in="comment", dated=True)
        # An archive's navigation has dates in its addresses too.
        yield len(group.addressed) / 4, Select(item=path, title=title, date_in="url", dated=True)
        above = list(dict.fromkeys(label for _, label in group.below))
        # All that follows the last date, as the footer does, stands below it alone.
        if len(above) > 1:
            shape = Counter(_path(labels[one]) for one in above).most_common(1)[0][0]
            scope = _scope(above)
            item = path if scope is None or path.startswith(scope) else f"{scope} {path}"
            heading = ", ".join(dict.fromkeys(one for one in (year, shape) if one))
            found = Select(item=item, title=title, heading=heading, date_in="heading", dated=True)
            yield (len(group.below) + len(group.dated)) / MUCH_MORE, found


def _date_in(node: Selector, labels: dict[Any, Selector]) -> str | None:
    """The step of the element of an item that is nothing but a date."""
    own = next((one for one in node.root.iter() if one in labels), None)
    if own is None or own is node.root:
        return None
    place = own.getparent().index(own) + 1
    step = _step(labels[own])
    return f"{step}:nth-child({place})" if step in {"td", "th", "div", "span", "p", "li"} else step


def _title_in(nodes: list[Selector], labels: dict[Any, Selector]) -> str:
    """`a`, or where that encloses the date too the longest element in it."""
    steps: Counter[str] = Counter()
    for node in nodes:
        for link in node.css("a[href]")[:1]:
            if any(one in labels for one in link.root.iter()):
                inside = [
                    one for one in link.css("*") if one.root not in labels and not len(one.root)
                ]
                longest = max(
                    inside, key=lambda one: len(one.xpath("string()").get() or ""), default=None
                )
                steps[
                    _step(longest) if longest is not None and longest.root is not link.root else "a"
                ] += 1
            else:
                steps["a"] += 1
    return steps.most_common(1)[0][0] if steps else "a"


def _scope(elements: list[Any]) -> str | None:
    """The step of the element that holds them all; None for the page."""
    common = list(elements[0].iterancestors())
    for other in elements[1:]:
        held = set(other.iterancestors())
        common = [one for one in common if one in held]
    if not common or common[0].tag in {"html", "body"}:
        return None
    return _step(Selector(root=common[0], type="html"))


def next_page(selector: Selector) -> str | None:
    """The selector of the link to the list's next page, where the page marks it."""
    return next((css for css in _NEXT if selector.css(f"{css}[href]")), None)


def _labels(selector: Selector, near: datetime) -> tuple[dict[Any, Selector], list[str]]:
    """The elements whose words are a date, and the paths of headings that are a year or month."""
    labels: dict[Any, Selector] = {}
    years: dict[str, None] = {}
    for node in selector.xpath("//*"):
        if node.root.tag not in _LABELS or next(_links(node.root), None) is not None:
            continue
        words = " ".join("".join(islice(node.root.itertext("*"), 12)).split())
        if not 2 <= len(words) <= LONGEST_LABEL or not _NUMBER.search(words):
            continue
        if find_date(words, near=near, field=True):
            for outer in node.root.iterancestors():
                labels.pop(outer, None)
            labels[node.root] = node
        elif _HEADING.match(str(node.root.tag)) and (find_month(words) or find_year(words)):
            years[_path(node)] = None
    return labels, list(years)


def _groups(selector: Selector, labels: dict[Any, Selector], near: datetime) -> dict[str, _Group]:
    groups: defaultdict[str, _Group] = defaultdict(_Group)
    above: Any = None
    looked_at = 0
    for node in selector.xpath("//*"):
        if node.root in labels:
            above = node.root
        if node.root.tag not in _ITEMS or looked_at >= MOST_LOOKED_AT:
            continue
        most = 1 if node.root.tag in _BLOCKS else MOST_LINKS
        links = list(islice(filter(_leads_to_page, _links(node.root)), most + 1))
        if not 0 < len(links) <= most:
            continue
        looked_at += 1
        group = groups[_path(node)]
        if any(one in labels for one in node.root.iter()) or _is_dated(node, near):
            group.dated.append(node)
        elif any(find_date(comment) for comment in _comments(node)):
            group.noted.append(node)
        elif above is not None:
            group.below.append((node, above))
        elif date_in_url(links[0].get("href")):
            group.addressed.append(node)
    return groups


def _links(root: Any) -> Iterator[Any]:
    """The links in an element, found one after the other: the outer ones of a page hold thousands."""
    return (link for link in root.iter("a") if link.get("href") is not None)


def _leads_to_page(link: Any) -> bool:
    """Whether a link leads elsewhere and says where: one to a place on the page, or without words, is no item."""
    if link.get("href").strip().startswith(("#", "javascript:", "mailto:")):
        return False
    said = (*link.itertext("*"), *(image.get("alt") or "" for image in link.iter("img")))
    return bool("".join(said).strip())


def _comments(node: Selector) -> Iterator[str]:
    yield from node.xpath(".//comment() | preceding-sibling::comment()[1]").getall()[:4]


def _is_dated(node: Selector, near: datetime) -> bool:
    words = " ".join(" ".join(islice(node.root.itertext("*"), 40)).split())[:400]
    return find_date(words, near=near) is not None


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
