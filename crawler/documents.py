"""Join a list's entry with what its page says, as one document."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta

from crawler.decisions import listed_as
from crawler.items import Capture, Publication
from crawler.source import Source
from crawler.text.markup import without_surrogates
from data.fingerprint import sha256_text, simhash64
from data.models import Document, DocumentStatus, Entry, Extract, Moment

SLACK = timedelta(days=1)
"""Announcements for later today are usual; a date beyond tomorrow is a slip (format-traps.md, 20)."""

_ENDS, _IMPRINT = 4, 60
"""Lines at either end, and their length, that may be headline, byline, time or copyright."""
_AGENCY = re.compile(
    r"^\s*(?:【[^】\n]{1,15}】|[(（][^)）\n]{1,15}[)）])|[(（【＝][^)）】\n]{1,15}[)）】]?\s*$"
)
_RIGHTS = re.compile(r"無断転載|著作権|copyright|©", re.IGNORECASE)
LEAST_BODY = 100
"""Characters of a text that can be told from others without its title."""


def document_of(publication: Publication, source: Source) -> Document:
    """The document: title and date of the list, which is edited with care, text of the page."""
    entry, extract = publication.entry, publication.extract
    text = without_surrogates(extract.text if extract else entry.summary)
    status: DocumentStatus = extract.status if extract else "title_only"
    if extract and not text.strip() and extract.status == "ok":
        status = "empty"
    return Document(
        id=publication.document_id,
        source_id=source.id,
        url=publication.url,
        title=entry.title
        or without_surrogates(extract.title if extract else "")
        or publication.url,
        text=text,
        published=clamped(_date(entry, publication), publication.fetched_at),
        fetched_at=publication.fetched_at,
        encoding=extract.encoding if extract else listed_as(publication.capture),
        kind=extract.kind if extract else "feed",
        status=status,
        body_sha256=publication.body_sha256 or sha256_text(text),
        text_sha256=sha256_text(text),
        simhash=simhash64(_compared(entry.title, text)),
        outlet=entry.outlet,
    )


def with_text(entry: Entry, text: str, capture: Capture | None = None) -> Extract:
    """The extract of an item whose list holds its whole text, as an API's does."""
    return Extract(
        title=entry.title,
        text=text,
        published=entry.published,
        encoding=f"{capture.encoding if capture else 'utf-8'}/api",
        kind="json",
        status="ok",
    )


def _compared(title: str, text: str) -> str:
    """The words by which wire copies are known: without headline, byline and imprint, which are each outlet's own."""
    lines = text.strip().split("\n")
    for end in (0, -1):
        for _ in range(_ENDS):
            if lines and _is_imprint(lines[end]):
                del lines[end]
    body = _AGENCY.sub("", "\n".join(lines).removeprefix(title)).strip()
    return body if len(body) >= LEAST_BODY else f"{title}\n{text}"


def _is_imprint(line: str) -> bool:
    line = line.strip()
    return len(line) <= _IMPRINT and ("。" not in line or _RIGHTS.search(line) is not None)


def _date(entry: Entry, publication: Publication) -> Moment | None:
    """The list's date, else the page's; a mere date of the last update stands behind both."""
    page = publication.extract.published if publication.extract else None
    return entry.published or page or entry.updated


def clamped(moment: Moment | None, fetched_at: datetime) -> Moment | None:
    """`moment`, but not later than the fetch (raw kept): a date in the future would outrank all others."""
    if moment is None or moment.at <= fetched_at + SLACK:
        return moment
    return replace(moment, at=fetched_at)
