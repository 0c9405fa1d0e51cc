"""Each shipped source reads a page of its own shape: right count, titles, dates, links (pages/*.yml)."""

from __future__ import annotations

import codecs
import io
import zipfile
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import pytest
import yaml

from crawler import templates
from crawler.loader import SHIPPED, read_source, source_files
from crawler.records import read_records
from crawler.source import Kind, Source
from crawler.spiders.base import day_only
from crawler.text.feed import parse_feed
from crawler.text.listing import parse_listing
from crawler.titles import plain_title
from data.clock import tokyo
from data.models import Entry, Moment

PAGES = Path(__file__).parent / "pages"
NEAR = datetime.fromisoformat("2026-01-15T12:00:00+09:00")


def _pages(name: str) -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load((PAGES / name).read_text(encoding="utf-8"))
    return content


LISTS, FEEDS, RECORDS = _pages("lists.yml"), _pages("feeds.yml"), _pages("records.yml")
SHAPES = {source: shape for shape, page in FEEDS.items() for source in page["sources"]}
SOURCES = {path.stem: read_source(path) for path in source_files(SHIPPED)}


def _of_kind(*kinds: Kind) -> list[str]:
    return [name for name, source in SOURCES.items() if source.kind in kinds]


def _address(source: Source) -> str:
    return templates.addresses(source, NEAR)[0]


def _bytes(page: dict[str, Any]) -> bytes:
    """A page's body as it comes over the wire."""
    text: str = page["body"]
    if page.get("crlf"):
        text = text.replace("\n", "\r\n")
    body = (codecs.BOM_UTF8 if page.get("bom") else b"") + text.encode(
        page.get("encoding", "utf-8")
    )
    if "zipped" not in page:
        return body
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(page["zipped"], body)
    return packed.getvalue()


def _moment(found: Moment | None) -> str | None:
    """A moment in Tokyo to the minute, or the day where only that is meant."""
    if found is None:
        return None
    at = tokyo(found.at)
    return at.date().isoformat() if found.precision == "day" else f"{at:%Y-%m-%dT%H:%M}"


def _told(entries: list[Entry]) -> list[list[str | None]]:
    """Title, address and day in Tokyo of each entry."""
    return [
        [
            entry.title,
            entry.url,
            tokyo(entry.published.at).date().isoformat() if entry.published else None,
        ]
        for entry in entries
    ]


@pytest.mark.parametrize("source_id", _of_kind(Kind.LISTING))
def test_a_list_is_read(source_id: str) -> None:
    source, page = SOURCES[source_id], LISTS[source_id]
    assert source.select is not None
    url = page.get("url") or _address(source)
    entries = parse_listing(
        _bytes(page), source.select, url=url, near=NEAR, hint=source.hints.encoding
    )
    expected = [
        [title, path and urljoin(url, path), day and day.isoformat()]
        for title, path, day in page["items"]
    ]
    assert _told(entries) == expected


@pytest.mark.parametrize("source_id", SHAPES)
def test_a_feed_is_read(source_id: str) -> None:
    source, page = SOURCES[source_id], FEEDS[SHAPES[source_id]]
    url = page.get("url") or _address(source)
    entries = parse_feed(_bytes(page), url=url, hint=source.hints.encoding)
    entries = [plain_title(entry, source.categories) for entry in entries]
    if source.hints.date == "day":
        entries = [day_only(entry) for entry in entries]
    titles = page.get("titles", {}).get(source_id) or [title for title, *_ in page["items"]]
    days = source.hints.date == "day"
    expected = [
        (title, address, moment and moment[: 10 if days else None], guid)
        for title, (_, address, moment, guid) in zip(titles, page["items"], strict=True)
    ]
    found = [(one.title, one.url, _moment(one.dated), one.id) for one in entries]
    assert found == expected


@pytest.mark.parametrize("source_id", _of_kind(Kind.API))
def test_a_reply_is_read(source_id: str) -> None:
    source, page = SOURCES[source_id], RECORDS[source_id]
    assert source.records is not None
    reply = read_records(_bytes(page), source.records, url=_address(source))
    found = [
        (one.title, one.url, _moment(one.published), one.id, text) for one, text in reply.entries
    ]
    assert found == [tuple(item) for item in page["items"]]


def test_every_source_with_items_has_a_page_of_its_shape() -> None:
    """Registries have theirs in registries/, a page without a list is what test_extract.py reads."""
    paged = set(_of_kind(Kind.FEED, Kind.QUERY, Kind.LISTING, Kind.API, Kind.SITEMAP))
    assert paged <= {*SHAPES, *LISTS, *RECORDS}
    assert {*SHAPES, *LISTS, *RECORDS} <= set(SOURCES)
