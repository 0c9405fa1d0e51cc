"""Check an evidence zip on any machine: nothing but the file is needed, and nothing in it is trusted."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed

from crawler.cover import cover
from crawler.evidence import FORMAT
from crawler.manifest import GENESIS
from crawler.shown import WHAT, Response, from_list, response_in, shown
from data.clock import from_text
from data.errors import InputError

LONGEST_READING = timedelta(hours=1)
"""Between a response and the document made of it; a PDF takes seconds."""
MAX_UNPACKED = 256 << 20
"""Manifests of years are some tens of MiB."""
_LARGEST = {
    "evidence.json": 1 << 20,
    "SHA256SUMS": 4 << 20,
    "cover.html": 4 << 20,
    "text.txt": 24 << 20,
}
"""A text is at most four million characters (text/html.py)."""
_NEEDED = ("SHA256SUMS", "evidence.json", "text.txt")
_KNOWN = frozenset({*_NEEDED, "cover.html", "record.warc.gz"})
_FROM_FIELDS = frozenset({"api", "registry"})
"""What was put together from fields has labels and dates of its own, and need not stand there as it is."""


@dataclass(frozen=True, slots=True)
class Check:
    """`holds` is None for what the pack cannot show, such as a title that only the list had."""

    what: str
    holds: bool | None


def verify(path: Path) -> list[Check]:
    """Every check with its outcome; raises `InputError` for what is no evidence zip at all."""
    files = _files(path)
    try:
        files["text.txt"].decode("utf-8", "surrogatepass")
    except ValueError as error:
        raise InputError(f"{path}: its text.txt is not UTF-8") from error
    try:
        facts = json.loads(files["evidence.json"])
        if facts.get("format") != FORMAT:
            raise InputError(f"{path}: was packed by another version of scopewatch: pack it anew")
        record = files.get("record.warc.gz")
        response = response_in(record, facts["record"]) if record else None
        checks = [
            Check("it holds the files of a pack and no others", all(map(_is_known, files))),
            Check("each file has the hash that SHA256SUMS names", _sums_hold(files)),
            *_text(files["text.txt"], facts),
            *_record(files.get("record.warc.gz"), facts),
            *_origin(files["text.txt"], facts, response),
            *_chain(files, facts, response),
            Check(
                "the cover shows the facts as they are, and nothing else",
                files.get("cover.html") == cover(facts, files["text.txt"], archived=bool(record)),
            ),
        ]
    except (
        ValueError,
        LookupError,
        TypeError,
        AttributeError,
        RecursionError,
        ArithmeticError,
    ) as error:
        raise InputError(f"{path}: its evidence.json is not one that scopewatch wrote") from error
    return checks


def _files(path: Path) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            if sum(member.file_size for member in members) > MAX_UNPACKED:
                raise InputError(f"{path}: unpacks to more than {MAX_UNPACKED >> 20} MiB")
            for member in members:
                if member.file_size > _LARGEST.get(member.filename, MAX_UNPACKED):
                    raise InputError(f"{path}: its {member.filename} is larger than any pack's")
            if len(set(archive.namelist())) < len(archive.namelist()):
                raise InputError(f"{path}: holds two files of one name")
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


def _is_known(name: str) -> bool:
    return name in _KNOWN or name.startswith("manifests/")


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
            0 <= finding["start"] < finding["end"]
            and whole[finding["start"] : finding["end"]] == finding["evidence"],
        )


def _record(body: bytes | None, facts: dict[str, Any]) -> Iterator[Check]:
    if body is None:
        yield Check("no response was archived for this document", not facts["record"])
        return
    digests: set[str] = set()
    responses = 0
    try:
        for record in ArchiveIterator(io.BytesIO(body), check_digests="raise"):
            found = record.rec_headers.get_header("WARC-Record-ID").strip("<>")
            responses += record.rec_type == "response"
            if record.rec_type == "response" and found == facts["record"]:
                digests |= {_digest(record.content_stream()), _raw_digest(body)}
            else:
                _digest(record.raw_stream)
    except (ArchiveLoadFailed, EOFError, zlib.error, ValueError, AttributeError):
        yield Check("the record can be read and has its own digests", False)
        return
    yield Check("the record can be read and has its own digests", bool(digests) and responses == 1)
    yield Check(
        "the record's body has the hash that the store kept",
        facts["document"]["body_sha256"] in digests,
    )


def _origin(text: bytes, facts: dict[str, Any], response: Response | None) -> Iterator[Check]:
    """Address, title, text, sentence and dates against the response: all else can be written anew.

    Lists and registries may have given what the response does not hold; then the pack never said that it does.
    """
    title, _, body = text.decode("utf-8", "surrogatepass").partition("\n")
    document, finding, said = facts["document"], facts["finding"], facts["shown"]
    in_text = finding and finding["start"] > len(title)
    found = shown(document, finding, body, response)
    rung = str(document["encoding"]).rpartition("/")[2]
    listed = from_list(document["encoding"]) and rung != "registry"
    must = {
        # A page may be titled by its list; what a list alone tells is titled by the list.
        "title": listed and response is not None and not response.mostly_says(title),
        "url": rung not in {"list", *_FROM_FIELDS},
        "text": rung not in _FROM_FIELDS,
        "sentence": bool(in_text) and rung != "registry",
    }
    for key, holds in found.items():
        readable = response is not None and (response.readable or key == "url")
        required = bool(said.get(key)) or (readable and must.get(key, False))
        yield Check(WHAT[key], holds or (False if required else None))
    if response is not None:
        about = response.about
        yield Check(
            "it comes from the source that the record names, and was read as it says",
            about.get("source") == document["source"]
            and about.get("names", facts["names"]) == facts["names"]
            and from_list(about.get("encoding", "")) == from_list(document["encoding"]),
        )
        apart = abs(from_text(document["fetched_at"]) - from_text(response.date))
        yield Check("it was fetched when the record says", apart <= LONGEST_READING)


def _raw_digest(body: bytes) -> str:
    """The hash of the response's body as received; empty when the record cannot be read."""
    try:
        for record in ArchiveIterator(io.BytesIO(body)):
            if record.rec_type == "response":
                return _digest(record.raw_stream)
    except (ArchiveLoadFailed, EOFError, zlib.error):
        return ""
    return ""


def _chain(
    files: dict[str, bytes], facts: dict[str, Any], response: Response | None
) -> Iterator[Check]:
    names = sorted(name for name in files if name.startswith("manifests/"))
    if not names:
        yield Check("the day's manifest was not sealed when this was packed", not facts["sealed"])
        return
    try:
        holds = _follow_each_other([files[name] for name in names])
        lines = (line for name in names for line in islice(io.BytesIO(files[name]), 1, None))
        named = [row for row in map(json.loads, lines) if row["record"] == facts["record"]]
    except (ValueError, LookupError, TypeError, RecursionError):
        yield Check("the manifests can be read", False)
        return
    yield Check("the manifests follow each other without a gap", holds)
    raw = _raw_digest(files["record.warc.gz"]) if "record.warc.gz" in files else ""
    yield Check(
        "a manifest names the record with its address and the hash of its body",
        response is not None
        and any((row["sha256"], row["url"]) == (raw, response.target) for row in named),
    )


def _follow_each_other(bodies: list[bytes]) -> bool:
    before, holds = GENESIS, True
    for body in bodies:
        holds = holds and json.loads(body.split(b"\n", 1)[0])["previous"] == before
        before = _sha256(body)
    return holds


def _digest(stream: Any) -> str:
    """The hash of all that a stream gives, piece by piece: a body may be packed to a thousandth."""
    found = hashlib.sha256()
    while piece := stream.read(1 << 20):
        found.update(piece)
    return found.hexdigest()


def _sha256(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()
