"""Text, title and date of a PDF, read by PDFium in a child process under hard limits."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from crawler.text.date_signs import day_of
from crawler.text.dates import find_date, moment
from crawler.text.heads import heading_of
from crawler.text.markup import one_line
from crawler.text.reading_child import ask
from data.models import DocumentStatus, Moment

MAX_BYTES = 64 << 20
MAX_PAGES = 400
MAX_CHARACTERS = 2_000_000
MEMORY = 480 << 20
"""Address space of the child, at most; Python and PDFium alone take 30 MB."""
CPU_SECONDS = 12
CLOCK_SECONDS = 16
_LONG = 80
"""Characters from which a text must look Japanese or Latin to count as read."""
_READABLE = re.compile(
    r"[\u3040-\u30ff\u3400-\u9fff\uff10-\uff5aA-Za-z0-9\s、。，．・（）()「」／/:：.,%-]"
)
_CID = re.compile(r"\(cid:\d+\)")
_CREATED = re.compile(
    r"D:(\d{4})(\d{2})(\d{2})(?:(\d{2})(\d{2})(\d{2})?)?(?:([+-])(\d{2})'?(\d{2}))?"
)
_NO_TITLE = re.compile(
    r"^(?:microsoft \w+ ?-|untitled|無題|\(?名称未設定|document\d*$|.*\.(?:docx?|xlsx?|pptx?|jtdc?|ai|indd|pdf)$)",
    re.IGNORECASE,
)
_DATE_WITHIN = 600
_SHORT_LINE = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class PdfText:
    title: str
    text: str
    published: Moment | None
    status: DocumentStatus


def read_pdf(body: bytes, *, near: datetime | None = None) -> PdfText:
    """What `body` says; never raises on content.

    Status `pdf_unreadable` for a PDF that is encrypted, holds only images, has fonts without a mapping
    (`(cid:`, signs that are no text) or exceeds the child's limits; `malformed` for damaged bytes;
    `truncated` beyond 400 pages or 2,000,000 characters.
    """
    if len(body) > MAX_BYTES:
        return _unread("pdf_unreadable")
    found = _from_child(body)
    if "error" in found:
        return _unread("malformed" if found["error"] == "damaged" else "pdf_unreadable")
    text = "\n".join(line for raw in found["text"].split("\n") if (line := one_line(raw)))
    title = _title(found["title"], text)
    if not text or not _is_readable(text):
        return PdfText(
            title=title if text else _title(found["title"], ""),
            text="",
            published=None,
            status="pdf_unreadable",
        )
    published = _date(text) or _created(found["created"])
    return PdfText(
        title=title,
        text=text,
        published=published,
        status="truncated" if found["truncated"] else "ok",
    )


def _unread(status: DocumentStatus) -> PdfText:
    return PdfText(title="", text="", published=None, status=status)


def _from_child(body: bytes) -> dict[str, Any]:
    caps = (CPU_SECONDS, MAX_PAGES, MAX_CHARACTERS)
    return ask("crawler.text.pdf_child", *caps, body=body, memory=MEMORY, clock=CLOCK_SECONDS)


def _is_readable(text: str) -> bool:
    if len(_CID.findall(text)) * 20 > len(text):
        return False
    return len(text) < _LONG or len(_READABLE.findall(text)) * 10 >= len(text) * 7


def _title(declared: str, text: str) -> str:
    """The document's own title unless it is a file name, else its first line that is not a date."""
    declared = one_line(declared)
    if declared and not _NO_TITLE.match(declared):
        return declared[:500]
    return heading_of(text)


def _date(text: str) -> Moment | None:
    """The date that stands on a line of its own at the head, as on every ministry paper."""
    for line in text[:_DATE_WITHIN].split("\n"):
        if len(line) <= _SHORT_LINE and (found := find_date(line)):
            return found
    return None


def _created(text: str) -> Moment | None:
    match = _CREATED.match(text)
    day = day_of(int(match[1]), int(match[2]), int(match[3])) if match else None
    if match is None or day is None:
        return None
    time = timedelta(hours=int(match[4]), minutes=int(match[5])) if match[4] else None
    offset = timedelta(hours=int(match[8]), minutes=int(match[9])) if match[7] else None
    return moment(day, time, -offset if offset and match[7] == "-" else offset, text)
