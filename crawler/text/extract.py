"""Title, text and date of one response body, whatever it turns out to be."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from crawler.text import office
from crawler.text.bombs import gunzip
from crawler.text.dates import find_date
from crawler.text.encoding import Decoded, decode
from crawler.text.feed import parse_feed
from crawler.text.html import ArticleSelectors
from crawler.text.html_guard import read_page
from crawler.text.markup import one_line, plain
from crawler.text.pdf import read_pdf
from crawler.text.sniff import GZIP, sniff, sniff_text
from data.errors import Malformed
from data.models import DocumentStatus, Extract

MAX_BYTES = 64 << 20
MAX_CHARACTERS = 2_000_000
UNREADABLE_SHARE = 30
"""One U+FFFD in thirty characters: binary data without a NUL, not a damaged text (which has one in hundreds)."""
_BYTES = "bytes/none"
"""The encoding of what is no text file: PDF and Office files name their own inside."""


def extract(
    body: bytes,
    *,
    url: str | None = None,
    content_type: str | None = None,
    hint: str | None = None,
    near: datetime | None = None,
    selectors: ArticleSelectors | None = None,
) -> Extract:
    """What `body` says; the kind goes by its bytes, not by `content_type`. Never raises on content.

    `url` resolves links, `near` (when it was fetched) dates without a year; `selectors` are a source's
    own for HTML. Status: `ok`; `truncated` (cut at a limit); `title_only` and `empty`; `pdf_unreadable`;
    `malformed` when nothing can be read.
    """
    if body.startswith(GZIP):
        try:
            body = gunzip(body, MAX_BYTES, url or "the body")
        except Malformed:
            return _unread("unknown")
    kind = sniff(body)
    if kind == "pdf":
        pdf = read_pdf(body, near=near)
        return Extract(
            title=pdf.title,
            text=pdf.text,
            published=pdf.published,
            encoding=_BYTES,
            kind="pdf",
            status=pdf.status,
        )
    if kind in {"docx", "xlsx"}:
        return _office(body, word=kind == "docx")
    if kind in {"unknown", "gzip"}:
        return _unread("unknown")
    decoded = decode(body, content_type, hint)
    kind = sniff_text(decoded.text)
    if kind == "html":
        return _html(decoded, url, near, selectors)
    if kind == "feed":
        return _feed(body, decoded, url, content_type, hint)
    return _plain(decoded, "json" if kind == "json" else "text", markup=kind == "xml")


def _unread(kind: Literal["unknown", "docx", "xlsx", "feed"]) -> Extract:
    return Extract(
        title="", text="", published=None, encoding=_BYTES, kind=kind, status="malformed"
    )


def _html(
    decoded: Decoded, url: str | None, near: datetime | None, selectors: ArticleSelectors | None
) -> Extract:
    article = read_page(decoded.text, url=url, near=near, selectors=selectors)
    return Extract(
        title=article.title,
        text=article.text,
        published=article.published,
        encoding=decoded.encoding,
        kind="html",
        status=article.status,
        lead=article.lead,
        byline=article.byline,
        canonical_url=article.canonical_url,
        replacement_characters=decoded.replacement_characters,
    )


def _office(body: bytes, *, word: bool) -> Extract:
    kind: Literal["docx", "xlsx"] = "docx" if word else "xlsx"
    try:
        found = office.read_docx(body) if word else office.read_xlsx(body)
    except Malformed:
        return _unread(kind)
    head = next(
        (date for line in found.text[:600].split("\n") if (date := find_date(line[:60]))), None
    )
    status: DocumentStatus = "truncated" if found.truncated else "ok" if found.text else "empty"
    return Extract(
        title=found.title,
        text=found.text,
        published=head,
        encoding=_BYTES,
        kind=kind,
        status=status,
    )


def _feed(
    body: bytes, decoded: Decoded, url: str | None, content_type: str | None, hint: str | None
) -> Extract:
    """A feed where an article was expected: its entries' titles and summaries, a line each."""
    try:
        entries = parse_feed(body, url=url, content_type=content_type, hint=hint)
    except Malformed:
        return _unread("feed")
    lines = [line for entry in entries for line in (entry.title, entry.summary) if line]
    dates = [entry.published for entry in entries if entry.published]
    return Extract(
        title=lines[0] if lines else "",
        text="\n".join(lines),
        published=max(dates, key=lambda date: date.at, default=None),
        encoding=decoded.encoding,
        kind="feed",
        status="ok" if lines else "empty",
        replacement_characters=decoded.replacement_characters,
    )


def _plain(decoded: Decoded, kind: Literal["json", "text"], *, markup: bool) -> Extract:
    if decoded.replacement_characters * UNREADABLE_SHARE > len(decoded.text):
        return _unread("unknown")
    text = plain(decoded.text) if markup else decoded.text.lstrip("\ufeff")
    kept = (
        text[:MAX_CHARACTERS]
        if kind == "json"
        else "\n".join(
            line for raw in text[:MAX_CHARACTERS].splitlines() if (line := one_line(raw))
        )
    )
    title = "" if kind == "json" else kept.partition("\n")[0][:200]
    head = (
        None
        if kind == "json"
        else next((d for line in kept[:600].split("\n") if (d := find_date(line[:60]))), None)
    )
    status: DocumentStatus = (
        "empty" if not kept.strip() else "truncated" if len(text) > MAX_CHARACTERS else "ok"
    )
    return Extract(
        title=title,
        text=kept,
        published=head,
        encoding=decoded.encoding,
        kind=kind,
        status=status,
        replacement_characters=decoded.replacement_characters,
    )
