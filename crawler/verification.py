"""Check an evidence zip on any machine: nothing but the file is needed, and nothing in it is trusted."""

from __future__ import annotations

import hashlib
import html
import io
import json
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed

from crawler.manifest import GENESIS
from crawler.provenance import folded, is_readable, stands_in, words_of
from data.clock import from_text
from data.errors import InputError

LONGEST_READING = timedelta(hours=1)
"""Between a response and the document made of it; a PDF takes seconds."""
MAX_UNPACKED = 256 << 20
"""A document's record is at most the crawler's body cap; manifests of years are some tens of MiB."""
_NEEDED = ("SHA256SUMS", "evidence.json", "text.txt")


@dataclass(frozen=True, slots=True)
class Check:
    what: str
    holds: bool


def verify(path: Path) -> list[Check]:
    """Every check with its outcome; raises `InputError` for what is no evidence zip at all."""
    files = _files(path)
    try:
        facts = json.loads(files["evidence.json"])
        checks = [
            Check("each file has the hash that SHA256SUMS names", _sums_hold(files)),
            *_text(files["text.txt"], facts),
            *_record(files.get("record.warc.gz"), facts),
            *_origin(files, facts),
            *_chain(files, facts),
            Check(
                "the cover shows title, address and sentence as they are",
                _cover_holds(files, facts),
            ),
        ]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(f"{path}: its evidence.json is not one that scopewatch wrote") from error
    return checks


def _files(path: Path) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(path) as archive:
            if sum(member.file_size for member in archive.infolist()) > MAX_UNPACKED:
                raise InputError(f"{path}: unpacks to more than {MAX_UNPACKED >> 20} MiB")
            files = {member.filename: archive.read(member) for member in archive.infolist()}
    except FileNotFoundError as error:
        raise InputError(f"{path}: there is no such file") from error
    except (
        zipfile.BadZipFile,
        zlib.error,
        OSError,
        EOFError,
        RuntimeError,
        NotImplementedError,
    ) as error:
        raise InputError(f"{path}: is not a readable zip: {error}") from error
    missing = [name for name in _NEEDED if name not in files]
    if missing:
        raise InputError(f"{path}: is no evidence zip, {missing[0]} is missing")
    return files


def _sums_hold(files: dict[str, bytes]) -> bool:
    lines = files["SHA256SUMS"].decode("utf-8", "replace").splitlines()
    named = {name: digest for digest, _, name in (line.partition("  ") for line in lines)}
    found = {name: _sha256(body) for name, body in files.items() if name != "SHA256SUMS"}
    return named == found


def _text(body: bytes, facts: dict[str, Any]) -> Iterator[Check]:
    whole = body.decode("utf-8", "surrogatepass")
    title, _, text = whole.partition("\n")
    document = facts["document"]
    yield Check(
        "the text has the hash that the store kept",
        _sha256(text.encode("utf-8", "surrogatepass")) == document["text_sha256"]
        and title == document["title"],
    )
    finding = facts["finding"]
    if finding:
        yield Check(
            "the sentence stands in the text at its offsets",
            whole[finding["start"] : finding["end"]] == finding["evidence"],
        )


def _record(body: bytes | None, facts: dict[str, Any]) -> Iterator[Check]:
    if body is None:
        yield Check("no response was archived for this document", not facts["record"])
        return
    digests: set[str] = set()
    try:
        for record in ArchiveIterator(io.BytesIO(body), check_digests="raise"):
            found = record.rec_headers.get_header("WARC-Record-ID").strip("<>")
            if record.rec_type == "response" and found == facts["record"]:
                digests |= {_sha256(record.content_stream().read(MAX_UNPACKED)), _raw_digest(body)}
            else:
                record.raw_stream.read()
    except (ArchiveLoadFailed, EOFError, zlib.error, ValueError) as error:
        yield Check(f"the record can be read and has its own digests ({error})", False)
        return
    yield Check("the record can be read and has its own digests", bool(digests))
    yield Check(
        "the record's body has the hash that the store kept",
        facts["document"]["body_sha256"] in digests,
    )


def _origin(files: dict[str, bytes], facts: dict[str, Any]) -> Iterator[Check]:
    """Text, sentence and time against the response itself: hashes alone can be written anew."""
    response = _response(files["record.warc.gz"]) if "record.warc.gz" in files else None
    if response is None:
        return
    title, _, text = files["text.txt"].decode("utf-8", "surrogatepass").partition("\n")
    document, finding = facts["document"], facts["finding"]
    # What was put together from fields has labels and dates of its own; a speech stands there word by word.
    rung = str(document["encoding"]).rpartition("/")[2]
    if rung not in {"api", "registry"} and is_readable(response.body):
        holds = stands_in(text, response.body, content_type=response.content_type)
        yield Check("the text stands in the archived response", holds)
    if (
        finding
        and finding["start"] > len(title)
        and rung != "registry"
        and is_readable(response.body)
    ):
        whole = words_of(response.body, response.content_type)
        yield Check(
            "the sentence stands in the archived response", folded(finding["evidence"]) in whole
        )
    apart = abs(from_text(document["fetched_at"]) - from_text(response.date))
    yield Check("it was fetched when the record says", apart <= LONGEST_READING)


@dataclass(frozen=True, slots=True)
class _Response:
    body: bytes
    content_type: str | None
    date: str


def _response(record: bytes) -> _Response | None:
    """The archived response, decompressed; None when it cannot be read (`_record` says so)."""
    try:
        for one in ArchiveIterator(io.BytesIO(record)):
            if one.rec_type == "response":
                kind = one.http_headers.get_header("Content-Type") if one.http_headers else None
                date = one.rec_headers.get_header("WARC-Date")
                return _Response(one.content_stream().read(MAX_UNPACKED), kind, date)
    except (ArchiveLoadFailed, EOFError, zlib.error, ValueError):
        return None
    return None


def _cover_holds(files: dict[str, bytes], facts: dict[str, Any]) -> bool:
    cover = html.unescape(files.get("cover.html", b"").decode("utf-8", "replace"))
    document, finding = facts["document"], facts["finding"]
    shown = [document["title"], document["url"], *([finding["evidence"]] if finding else [])]
    return all(one in cover for one in shown)


def _raw_digest(body: bytes) -> str:
    """The hash of the response's body as received; empty when the record cannot be read."""
    try:
        for record in ArchiveIterator(io.BytesIO(body)):
            if record.rec_type == "response":
                return _sha256(record.raw_stream.read(MAX_UNPACKED))
    except (ArchiveLoadFailed, EOFError, zlib.error):
        return ""
    return ""


def _chain(files: dict[str, bytes], facts: dict[str, Any]) -> Iterator[Check]:
    names = sorted(name for name in files if name.startswith("manifests/"))
    if not names:
        yield Check("the day's manifest was not sealed when this was packed", not facts["sealed"])
        return
    before, holds = GENESIS, True
    for name in names:
        holds = holds and json.loads(files[name].split(b"\n", 1)[0])["previous"] == before
        before = _sha256(files[name])
    yield Check("the manifests follow each other without a gap", holds)
    lines = [line for name in names for line in files[name].splitlines()[1:]]
    named = [row for row in map(json.loads, lines) if row["record"] == facts["record"]]
    raw = _raw_digest(files["record.warc.gz"]) if "record.warc.gz" in files else ""
    yield Check(
        "a manifest names the record with the hash of its body",
        any(row["sha256"] == raw for row in named),
    )


def _sha256(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()
