"""A record of a pack as it lies there: its digests, and what its metadata must say of its bytes."""

from __future__ import annotations

import hashlib
import io
import json
import zlib
from dataclasses import dataclass
from typing import Any

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed

LARGEST_ABOUT = 1 << 20
"""Bytes of a metadata record; the crawler's own have some thousand."""


@dataclass(frozen=True, slots=True)
class RawRecord:
    """One response with its request and its metadata."""

    url: str
    at: str
    body: str
    """SHA-256 of the body as received."""
    unpacked: str
    """SHA-256 of the body without its content encoding."""
    about: str
    """SHA-256 of what the metadata record says."""
    is_described: bool
    """Whether the metadata's hashes of body, headers and request, as far as it has them, are right."""


def raw_record(packed: bytes, identity: object) -> RawRecord | None:
    """The response of that id, when the file holds it, no other, and every record has its digests."""
    try:
        return _read(packed, identity)
    except (
        ArchiveLoadFailed,
        EOFError,
        zlib.error,
        ValueError,
        AttributeError,
        TypeError,
        LookupError,
    ):
        return None


def _read(packed: bytes, identity: object) -> RawRecord | None:
    unpacked, kinds = "", []
    for record in ArchiveIterator(io.BytesIO(packed), check_digests="raise"):
        kinds.append(record.rec_type)
        if record.rec_type == "response":
            unpacked = _digest(record.content_stream())
        else:
            _digest(record.raw_stream)
    if sorted(kinds) not in (["metadata", "request", "response"],):
        return None
    blocks: dict[str, Any] = {}
    found = {"url": "", "at": ""}
    for record in ArchiveIterator(io.BytesIO(packed), no_record_parse=True):
        headers = record.rec_headers
        if record.rec_type == "response":
            if headers.get_header("WARC-Record-ID").strip("<>") != identity:
                return None
            found["url"] = headers.get_header("WARC-Target-URI") or ""
            found["at"] = headers.get_header("WARC-Date") or ""
            head = _head(record.raw_stream)
            blocks["response_headers_sha256"] = hashlib.sha256(head).hexdigest()
            blocks["body_sha256"] = _digest(record.raw_stream)
        elif record.rec_type == "request":
            blocks["request_sha256"] = _digest(record.raw_stream)
        else:
            about = record.raw_stream.read(LARGEST_ABOUT)
    said = json.loads(about)
    return RawRecord(
        url=found["url"],
        at=found["at"],
        body=blocks["body_sha256"],
        unpacked=unpacked,
        about=hashlib.sha256(about).hexdigest(),
        is_described=all(said.get(key, value) == value for key, value in blocks.items()),
    )


def _head(stream: Any) -> bytes:
    """Status line and headers of an HTTP response, with the empty line that ends them."""
    lines = []
    while line := stream.readline():
        lines.append(line)
        if line in {b"\r\n", b"\n"}:
            break
    return b"".join(lines)


def _digest(stream: Any) -> str:
    """The hash of all that a stream gives, piece by piece: a body may be packed to a thousandth."""
    found = hashlib.sha256()
    while piece := stream.read(1 << 20):
        found.update(piece)
    return found.hexdigest()
