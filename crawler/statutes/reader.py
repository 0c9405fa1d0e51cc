"""Open what a path holds (file, archive, directory, standard input) and read the laws in it."""

from __future__ import annotations

import io
import lzma
import sys
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from gzip import GzipFile
from pathlib import Path, PurePosixPath

from crawler.statutes.json_tree import is_law_text, parse_json, read_law_json
from crawler.statutes.markdown import read_markdown
from crawler.statutes.revisions import id_in_name, read_revision_list
from crawler.statutes.wholeness import refuse_part
from crawler.statutes.xml import read_xml
from data.errors import InputError, Malformed, ScopewatchError
from data.statutes import LawRevision, LawText

MAX_BYTES = 64 * 2**20
"""The most one law's file may unpack to; the largest real one has 4 MB (住民基本台帳法 as JSON)."""
MAX_MEMBERS = 20_000
"""The most files an archive may hold; e-Gov's complete bulk download has about 10,000 laws."""
MAX_TOTAL = 4 * 2**30
"""The most an archive may unpack to; the shipped archives of two big laws have 60 MB together."""
SUFFIXES = (".md", ".xml", ".json", ".gz", ".xz", ".bz2", ".tar", ".tgz", ".zip")
ARCHIVES = (".tar", ".tar.xz", ".tar.gz", ".tar.bz2", ".tgz")


@dataclass(frozen=True, slots=True)
class Reading:
    """What one file held: a law's text, or a list of revisions, or the error that it could not be read."""

    name: str
    text: LawText | None = None
    revisions: tuple[LawRevision, ...] = ()
    error: ScopewatchError | None = None


def read_path(path: str) -> Iterator[Reading]:
    """Everything under `path` (`-`: standard input); a bad file among several is a Reading with its error.

    A directory is searched for .md, .xml, .json and archives of them. Raises `InputError` when there
    is nothing at all to read.
    """
    if path == "-":
        yield _reading("standard input", sys.stdin.buffer.read(MAX_BYTES + 1))
        return
    root = Path(path)
    if not root.exists():
        raise InputError(f"{path}: there is no such file or directory")
    if not root.is_dir():
        yield from _read_file(root)
        return
    files = sorted(f for f in root.rglob("*") if f.name.endswith(SUFFIXES) and f.is_file())
    if not files:
        raise InputError(f"{path}: holds no .md, .xml, .json file and no archive of such files")
    for file in files:
        yield from _read_file(file)


def _read_file(path: Path) -> Iterator[Reading]:
    name = path.name.lower()
    try:
        if name.endswith(ARCHIVES):
            yield from _read_tar(path)
        elif name.endswith(".zip"):
            yield from _read_zip(path)
        else:
            with path.open("rb") as file:
                yield _reading(path.name, file.read(MAX_BYTES + 1))
    except OSError as error:
        yield _failed(path.name, InputError(f"cannot be read: {error.strerror or error}"))
    except (tarfile.TarError, lzma.LZMAError, zlib.error, zipfile.BadZipFile, EOFError) as error:
        yield _failed(path.name, Malformed(f"not a whole archive: {error}"))
    except NotImplementedError as error:  # zipfile: a compression method it does not know
        yield _failed(path.name, Malformed(f"cannot be unpacked: {error}"))
    except ScopewatchError as error:
        yield _failed(path.name, error)


def _read_tar(path: Path) -> Iterator[Reading]:
    with tarfile.open(path, "r|*") as archive:
        total = 0
        for count, member in enumerate(archive, start=1):
            total += member.size
            _refuse_much(count, total)
            if member.isfile() and member.name.endswith(SUFFIXES):
                file = archive.extractfile(member)
                if file is not None:
                    yield _reading(PurePosixPath(member.name).name, file.read(MAX_BYTES + 1))


def _read_zip(path: Path) -> Iterator[Reading]:
    with zipfile.ZipFile(path) as archive:
        total = 0
        for count, member in enumerate(archive.infolist(), start=1):
            total += member.file_size
            _refuse_much(count, total)
            if member.filename.endswith(SUFFIXES) and not member.is_dir():
                if member.flag_bits & 1:
                    raise Malformed("the archive is encrypted")
                with archive.open(member) as file:
                    name = PurePosixPath(member.filename).name
                    yield _reading(name, file.read(MAX_BYTES + 1))


def _refuse_much(count: int, total: int) -> None:
    if count > MAX_MEMBERS:
        raise Malformed(f"the archive holds more than {MAX_MEMBERS} files")
    if total > MAX_TOTAL:
        raise Malformed(f"the archive unpacks to more than {MAX_TOTAL // 2**30} GiB")


def _reading(name: str, body: bytes) -> Reading:
    try:
        return read_bytes(name, body)
    except ScopewatchError as error:
        return _failed(name, error)


def _failed(name: str, error: ScopewatchError) -> Reading:
    return Reading(name=name, error=type(error)(f"{name}: {error}"))


def read_bytes(name: str, body: bytes) -> Reading:
    """What the bytes of one file hold; the content decides the format, `name` may tell the revision.

    Raises `InputError` or `Malformed`.
    """
    found = _read(name, _unpacked(body))
    if found.text is not None:
        refuse_part(found.text)
    return found


def _read(name: str, body: bytes) -> Reading:
    head = body[:400].removeprefix(b"\xef\xbb\xbf").lstrip()
    if not head:
        raise InputError("is empty")
    revision_id = id_in_name(name)
    if head.lower().startswith((b"<!doctype html", b"<html")):
        raise Malformed("is an HTML page, not a law (e-Gov answers so when it is down)")
    if head.startswith(b"<"):
        return Reading(name, text=read_xml(body, revision_id))
    if head.startswith((b"{", b"[")):
        return _json_reading(name, body, revision_id)
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Malformed(f"is neither XML nor JSON nor UTF-8 text (byte {error.start})") from error
    return Reading(name, text=read_markdown(text, revision_id))


def _json_reading(name: str, body: bytes, revision_id: str | None) -> Reading:
    value = parse_json(body)
    if is_law_text(value) or (isinstance(value, dict) and "code" in value and "message" in value):
        return Reading(name, text=read_law_json(value, revision_id))
    revisions = read_revision_list(value)
    if not revisions:
        raise Malformed("is JSON, but neither a law nor a list of revisions")
    return Reading(name, revisions=tuple(revisions))


def _unpacked(body: bytes) -> bytes:
    """`body` without gzip or xz around it; raises `Malformed` for bombs and broken files."""
    try:
        if body.startswith(b"\x1f\x8b"):
            body = GzipFile(fileobj=io.BytesIO(body)).read(MAX_BYTES + 1)
        elif body.startswith(b"\xfd7zXZ\x00"):
            body = _unpacked_xz(body)
    except (OSError, EOFError, zlib.error, lzma.LZMAError) as error:
        raise Malformed(f"is a broken compressed file: {error}") from error
    if len(body) > MAX_BYTES:
        raise Malformed(f"is larger than {MAX_BYTES // 2**20} MiB, unpacked")
    return body


def _unpacked_xz(body: bytes) -> bytes:
    unpacker = lzma.LZMADecompressor(memlimit=256 * 2**20)
    unpacked = unpacker.decompress(body, max_length=MAX_BYTES + 1)
    if not unpacker.eof and len(unpacked) <= MAX_BYTES:
        raise EOFError("it ends early")
    return unpacked
