"""Parse feeds: RSS 0.9x, 1.0, 2.0 and Atom by feedparser on bytes, JSON Feed by json_feed.py.

scopewatch's own part is what feedparser leaves wrong for Japanese feeds: the encoding ladder, "JST",
dc:date, empty links, markup in titles, aggregators' redirectors, and limits on what it is given.
"""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from crawler.redirectors import unwrap
from crawler.text.bombs import gunzip, refuse_entities, refuse_tags
from crawler.text.dates import parse_feed_date
from crawler.text.encoding import decode
from crawler.text.json_feed import parse_json_feed
from crawler.text.links import absolute
from crawler.text.markup import has_tags, one_line, plain
from crawler.text.sniff import GZIP, sniff, sniff_text
from data.errors import Malformed
from data.late import Late
from data.models import Entry, Moment

if TYPE_CHECKING:
    import feedparser
else:
    feedparser = Late("feedparser")

MAX_BYTES = 5 << 20
"""traps.md 2.6; the largest of the recorded feeds has 0.1 MiB."""
MAX_ENTRIES = 5_000
MAX_TAGS = 200_000
"""feedparser keeps a stack and a dictionary per element: this many cost it about 300 MB."""
MAX_SUMMARY = 4_000
MAX_TITLE = 1_000

_PROLOG = re.compile(r"^\s*<\?xml\b[^>]{0,300}\?>")
_ENTRY_START = re.compile(r"<(?:[\w-]{1,40}:)?(?:item|entry)[\s>/]", re.IGNORECASE)
_PARSER_FAULTS = (
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    AssertionError,
    ArithmeticError,
)
"""What feedparser's handlers raise on feeds built to break them; RecursionError is a RuntimeError."""
_CALLED = {
    "html": "is an HTML page, not a feed",
    "pdf": "is a PDF, not a feed",
    "unknown": "is binary data, not a feed",
}


def parse_feed(
    body: bytes,
    *,
    url: str | None = None,
    content_type: str | None = None,
    hint: str | None = None,
) -> list[Entry]:
    """The entries of a feed, in its order; an empty list for a feed without entries.

    `url` is the feed's address: relative links are resolved against it. `content_type` is the HTTP
    header, `hint` the encoding a source's YAML names. Links are absolute http(s) or None. A truncated
    or ill-formed feed gives what it holds; what is no feed, or is a bomb, raises `Malformed`.
    """
    name = url or "the feed"
    if body.startswith(GZIP):
        body = gunzip(body, MAX_BYTES, name)
    if len(body) > MAX_BYTES:
        raise Malformed(f"{name}: is larger than {MAX_BYTES >> 20} MiB, too large for a feed")
    if not body.strip(b" \t\r\n\0"):
        raise Malformed(f"{name}: is empty")
    kind = sniff(body)
    if kind not in {"feed", "xml", "json", "html", "text"}:
        raise Malformed(f"{name}: {_CALLED.get(kind, f'is {kind}, not a feed')}")
    text = decode(body, content_type, hint).text
    kind = sniff_text(text)
    if kind == "json":
        return parse_json_feed(text, url=url, name=name)
    if kind not in {"feed", "xml"}:
        raise Malformed(f"{name}: {_CALLED.get(kind, 'is plain text, not a feed')}")
    refuse_entities(text, name)
    return _parse_xml(_bounded(text, name), url, name)


def _bounded(text: str, name: str) -> str:
    refuse_tags(text, MAX_TAGS, name)
    starts = [match.start() for match in _ENTRY_START.finditer(text)]
    return text if len(starts) <= MAX_ENTRIES else text[: starts[MAX_ENTRIES]]


def _parse_xml(text: str, url: str | None, name: str) -> list[Entry]:
    # Decoded by our ladder and handed over as UTF-8; the prolog's own word on it has to go.
    body = _PROLOG.sub("", text, count=1).lstrip("\ufeff").encode("utf-8", "replace")
    headers = {"content-type": "application/xml; charset=utf-8", "content-location": url or ""}
    try:
        # A stream: a bare string may be opened as a file or fetched (feedparser#107).
        feed = feedparser.parse(
            io.BytesIO(body),
            response_headers=headers,
            resolve_relative_uris=False,
            sanitize_html=False,
        )
    except (*_PARSER_FAULTS, RecursionError) as error:
        raise Malformed(f"{name}: cannot be read as a feed ({type(error).__name__})") from error
    if not feed.entries and not feed.version:
        raise Malformed(f"{name}: is XML, but not a feed")
    atom = str(feed.version).startswith("atom")
    return [_entry(dict(entry), url, atom) for entry in feed.entries]


def _entry(fields: dict[str, Any], base: str | None, atom: bool) -> Entry:
    link = absolute(_text(fields.get("link")), base)
    title = _title(fields, atom)
    outlet = _outlet(fields)
    published, updated = _date(fields.get("published")), _date(fields.get("updated"))
    if published is None and not atom:
        # RSS 1.0 dates its items with dc:date alone, which feedparser files under `updated`.
        published = updated or _date(fields.get("created"))
    if outlet and link and (urlsplit(link).hostname or "").lower() == "news.google.com":
        title = title.removesuffix(f" - {outlet}")
    summary = _summary(fields)
    guid = one_line(_text(fields.get("id")))
    return Entry(
        title=title or summary[:80],
        url=unwrap(link) if link else None,
        published=published,
        updated=updated,
        summary=summary,
        id=guid[:1000] or None,
        outlet=outlet,
    )


def _title(fields: dict[str, Any], atom: bool) -> str:
    value = _text(fields.get("title"))[: MAX_TITLE * 4]
    detail = fields.get("title_detail")
    kind = _text(detail.get("type")) if isinstance(detail, dict) else ""
    if atom and kind == "text/plain":
        return one_line(value)[:MAX_TITLE]
    return plain(value)[:MAX_TITLE]


def _summary(fields: dict[str, Any]) -> str:
    text = _text(fields.get("summary"))
    contents = fields.get("content")
    if (
        not text.strip()
        and isinstance(contents, list)
        and contents
        and isinstance(contents[0], dict)
    ):
        text = _text(contents[0].get("value"))
    return (plain(text) if has_tags(text) or "&" in text else one_line(text[: MAX_SUMMARY * 4]))[
        :MAX_SUMMARY
    ]


def _outlet(fields: dict[str, Any]) -> str | None:
    """The publisher that Google News (`source`) or Bing (`News:Source`) names."""
    source = fields.get("source")
    name = _text(source.get("title")) if isinstance(source, dict) else ""
    return plain(name or _text(fields.get("news_source")))[:200] or None


def _date(value: object) -> Moment | None:
    return parse_feed_date(value) if isinstance(value, str) and value.strip() else None


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
