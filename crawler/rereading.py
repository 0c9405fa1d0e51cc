"""Read an archived response again as the crawler did, by the means that its metadata record names.

The means come from a file that anybody may have written: what cannot be read by them is simply not read.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from crawler.records import read_records
from crawler.registries.readers import READERS, Reader
from crawler.source import ArticleSelect, Hints, Kind, Query, Records, Select, Source
from crawler.text.extract import extract
from crawler.text.feed import parse_feed
from crawler.text.listing import parse_listing
from crawler.text.sitemap import parse_sitemap
from crawler.titles import plain_title, sound_entry
from data.errors import SourceError
from data.models import Entry, Extract

BAD_CONTENT = (
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    RecursionError,
    ArithmeticError,
)
"""What facts of another's making raise where they are not of the form that they should have."""
_FAULTS = (SourceError, *BAD_CONTENT)

Item = tuple[Entry, str]
"""An entry with the text that its list holds of it; empty where the page was to be read."""


def items_in(
    body: bytes, means: Mapping[str, Any], *, url: str, content_type: str | None, near: datetime
) -> list[Item]:
    """The items of a list; none where it cannot be read by these means."""
    try:
        kind, hints = Kind(means["kind"]), _hints(means)
        about: dict[str, Any] = {"url": url, "content_type": content_type, "hint": hints.encoding}
        match kind:
            case Kind.FEED | Kind.QUERY:
                found = _bare(parse_feed(body, **about))
            case Kind.SITEMAP:
                found = _bare(parse_sitemap(body, **about).entries)
            case Kind.LISTING:
                select = Select.model_validate(means["select"])
                found = _bare(parse_listing(body, select, near=near, **about))
            case Kind.API:
                records = Records.model_validate(means["records"])
                found = list(read_records(body, records, **about).entries)
            case Kind.REGISTRY:
                found = list(_reader(means).read(body, url, _source(means)).entries)
            case Kind.PAGE:
                found = []
        categories = tuple(means.get("categories", ()))
        return [(plain_title(sound_entry(entry), categories), text) for entry, text in found]
    except _FAULTS:
        return []


def page_in(
    body: bytes, means: Mapping[str, Any], *, url: str, content_type: str | None, near: datetime
) -> Extract | None:
    """The publication that a page is; None where it cannot be read by these means."""
    try:
        if means.get("kind") == Kind.REGISTRY and (reader := _reader(means)).page:
            return reader.page(body, url)
        article = means.get("article")
        return extract(
            body,
            url=url,
            content_type=content_type,
            hint=_hints(means).encoding,
            near=near,
            selectors=ArticleSelect.model_validate(article) if article else None,
        )
    except _FAULTS:
        return None


def _bare(entries: list[Entry]) -> list[Item]:
    return [(entry, "") for entry in entries]


def _hints(means: Mapping[str, Any]) -> Hints:
    return Hints.model_validate(means.get("hints", {}))


def _reader(means: Mapping[str, Any]) -> Reader:
    return READERS[means["registry"]]


def _source(means: Mapping[str, Any]) -> Source:
    """As much of a source as a registry's reader looks at."""
    query = means.get("query")
    kept: dict[str, Any] = {
        "vars": dict(means.get("vars", {})),
        "query": Query.model_validate(query) if query else None,
    }
    return Source.model_construct(**kept)
