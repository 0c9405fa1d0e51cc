"""Titles as a publication has them, without what lists glue to them."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import replace

from crawler.text.markup import without_surrogates
from data.models import Entry

_WEB = re.compile(r"https?://", re.IGNORECASE)


def sound_entry(entry: Entry) -> Entry:
    """`entry` as a database and a request can take it, whoever read it."""
    given = (entry.title, entry.url or "", entry.summary, entry.id or "", entry.outlet or "")
    title, url, summary, own, outlet = map(without_surrogates, given)
    if not _WEB.match(url):
        url = ""  # what is no web address is a link that readers of the pages would follow
    if (title, url, summary, own, outlet) == given:
        return entry
    return replace(
        entry,
        title=title,
        url=url or None,
        summary=summary,
        id=own or None,
        outlet=outlet or None,
    )


def plain_title(entry: Entry, categories: Collection[str]) -> Entry:
    """`entry` without the category in front of its title's first half-width comma, when it is a known one.

    The FSA's feed writes `その他,…`: only labels that the source's YAML lists are cut, because a comma
    may stand in a title (format-traps.md, 36).
    """
    label, comma, rest = entry.title.partition(",")
    if comma and label.strip() in categories and rest.strip():
        return replace(entry, title=rest.strip())
    return entry
