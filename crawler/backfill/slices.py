"""Read a slice of one WARC file: the pages that name an identifier, extracted, with their raw responses.

Format: WARC 1.0 and 1.1 (ISO 28500:2017), gzip by record, as CC-NEWS is published. A slice is bounded,
so that a worker's answer is small and a killed run repeats little.
"""

from __future__ import annotations

import hashlib
import os
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import IO, Any

from crawler.backfill.drops import LARGEST, Drop
from crawler.backfill.prefilter import may_name
from crawler.items import Capture
from crawler.text.bombs import gunzip
from crawler.text.extract import extract
from crawler.text.sniff import GZIP
from data.errors import InputError, Malformed
from data.gate import opens
from data.models import Extract

MOST_PAGES = 4000
MOST_NAMED = 100
"""Pages looked at, and pages kept, in one slice."""
NO_FASTWARC = "reading WARC files needs the extra packages of the backfill: pip install 'scopewatch[backfill]'"
ZSTD = (b"\x28\xb5\x2f\xfd", b"\x5d\x2a\x4d\x18")
"""How zstd begins, and how a dictionary of records does that stands before them."""
NO_ZSTD = (
    "is compressed with zstd, which is not read: unpack it (zstd -d; where it begins with a dictionary of its own, a "
    "tool that knows WARC) and name the .warc"
)


@dataclass(frozen=True, slots=True)
class Page:
    """An archived page that names an identifier."""

    url: str
    extract: Extract
    capture: Capture

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.capture.body).hexdigest()


@dataclass(slots=True)
class Slice:
    """What one slice held; `next` is where the following one begins, None at the end of the file."""

    path: str
    offset: int
    next: int | None = None
    records: int = 0
    pages: list[Page] = field(default_factory=list)
    dropped: dict[Drop, int] = field(default_factory=dict)
    fault: str | None = None
    """Why the file could not be read to its end."""

    def drop(self, reason: Drop) -> None:
        self.dropped[reason] = self.dropped.get(reason, 0) + 1


def identity_of(path: Path) -> str:
    """A file's identity wherever it lies: its size and the hash of its first MiB, as 20 hex digits."""
    try:
        with path.open("rb") as file:
            head = hashlib.sha256(file.read(1 << 20))
            head.update(str(os.fstat(file.fileno()).st_size).encode())
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from error
    return head.hexdigest()[:20]


def read_slice(path: str, offset: int) -> Slice:
    """The slice of `path` that begins at byte `offset` (a record's beginning). Never raises on content."""
    found = Slice(path, offset)
    last = offset
    try:
        with Path(path).open("rb") as file:
            if file.read(4) in ZSTD:
                found.fault = NO_ZSTD
                return found
            file.seek(offset)
            for record in _responses(file, found):
                if found.records >= MOST_PAGES or len(found.pages) >= MOST_NAMED:
                    found.next = record.stream_pos
                    return found
                found.records += 1
                last = record.stream_pos
                _look_at(record, found)
            _end(file, last, found)
    except OSError as error:
        found.fault = f"not readable beyond byte {offset}: {error}"
    return found


def _responses(file: IO[bytes], found: Slice) -> Iterator[Any]:
    warc: Any = import_module("fastwarc.warc") if find_spec("fastwarc") else None
    if warc is None:
        raise InputError(NO_FASTWARC)
    kind = warc.WarcRecordType.response
    yield from warc.ArchiveIterator(file, record_types=kind, parse_http=True)


def _look_at(record: Any, found: Slice) -> None:
    http = record.http_headers
    if http is None or http.status_code != 200:
        return found.drop(Drop.NO_SUCCESS)
    url = record.headers.get("WARC-Target-URI") or ""
    if not url.lower().startswith(("http://", "https://")):
        return found.drop(Drop.NO_WEB_ADDRESS)
    if (record.content_length or 0) > LARGEST:
        return found.drop(Drop.TOO_LARGE)
    body = record.reader.read(LARGEST)
    try:
        text = gunzip(body, LARGEST, url) if body.startswith(GZIP) else body
    except Malformed:
        return found.drop(Drop.NOT_UNPACKED)
    if not may_name(text):
        return None
    at = _moment(record)
    read = extract(text, url=url, content_type=_content_type(http), near=at)
    if read.kind not in {"html", "text", "pdf"}:
        return found.drop(Drop.OTHER_KIND)
    if read.status in {"pdf_unreadable", "malformed"}:
        return found.drop(Drop.UNREADABLE)
    if not (opens(read.title) or opens(read.text)):
        return None
    found.pages.append(Page(url, read, _capture(record, url, body, at)))
    return None


def _content_type(http: Any) -> str | None:
    return next((value for name, value in http.items() if name.lower() == "content-type"), None)


def _moment(record: Any) -> datetime:
    at: datetime = record.record_date or datetime.now(UTC)
    return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)


def _capture(record: Any, url: str, body: bytes, at: datetime) -> Capture:
    headers = tuple((str(name), str(value)) for name, value in record.http_headers.items())
    return Capture(
        url=url,
        status=200,
        method="GET",
        request_headers=(),
        response_headers=headers,
        body=body,
        fetched_at=at,
        ip_address=record.headers.get("WARC-IP-Address"),
        tls="unverified" if url.lower().startswith("https:") else "none",
    )


def _end(file: IO[bytes], last: int, found: Slice) -> None:
    """A download that broke off ends inside a gzip member, which the reader passes over in silence."""
    file.seek(last)
    whole, begun = True, False
    unpacker = zlib.decompressobj(wbits=31)
    while chunk := file.read(1 << 20):
        while chunk:
            if not begun and not chunk.startswith(GZIP[:1]):
                return  # not compressed, or padding behind the last record
            unpacker.decompress(chunk)
            begun, chunk, whole = not unpacker.eof, unpacker.unused_data, unpacker.eof
            if whole:
                unpacker = zlib.decompressobj(wbits=31)
    if not whole:
        found.fault = "the file breaks off within a record: fetch it again"
