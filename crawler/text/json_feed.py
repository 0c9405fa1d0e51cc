"""Parse JSON Feed 1.0 and 1.1 (jsonfeed.org/version/1.1)."""

from __future__ import annotations

import json
from typing import Any

from crawler.text.dates import parse_feed_date
from crawler.text.links import absolute
from crawler.text.markup import one_line, plain, without_surrogates
from data.errors import Malformed
from data.models import Entry, Moment

MAX_ENTRIES = 5_000
MAX_SUMMARY = 4_000


def parse_json_feed(text: str, *, url: str | None, name: str) -> list[Entry]:
    """The entries of a JSON Feed; raises `Malformed` for other JSON. `name` is what messages call it."""
    try:
        feed = json.loads(text.lstrip("\ufeff"))
    except (ValueError, RecursionError) as error:
        raise Malformed(f"{name}: is not whole JSON ({type(error).__name__})") from error
    items = feed.get("items") if isinstance(feed, dict) else None
    declared = isinstance(feed, dict) and str(feed.get("version", "")).startswith(
        "https://jsonfeed.org/version/"
    )
    if not isinstance(items, list) or not (declared or any(_is_item(item) for item in items)):
        raise Malformed(f"{name}: is JSON, but not a JSON Feed")
    return [_entry(item, url) for item in items[:MAX_ENTRIES] if isinstance(item, dict)]


def _is_item(item: object) -> bool:
    return (
        isinstance(item, dict)
        and "id" in item
        and ({"title", "content_text", "content_html"} & item.keys()) != set()
    )


def _entry(item: dict[str, Any], base: str | None) -> Entry:
    text = _text(item.get("summary")) or _text(item.get("content_text"))
    summary = one_line(text) if text.strip() else plain(_text(item.get("content_html")))
    link = absolute(_text(item.get("url")), base) or absolute(_text(item.get("external_url")), base)
    identifier = item.get("id")
    return Entry(
        title=one_line(_text(item.get("title")))[:1000] or summary[:80],
        url=link,
        published=_date(item.get("date_published")),
        updated=_date(item.get("date_modified")),
        summary=summary[:MAX_SUMMARY],
        id=without_surrogates(str(identifier))[:1000]
        if isinstance(identifier, (str, int))
        else None,
    )


def _date(value: object) -> Moment | None:
    return parse_feed_date(without_surrogates(value)) if isinstance(value, str) else None


def _text(value: object) -> str:
    return without_surrogates(value) if isinstance(value, str) else ""
