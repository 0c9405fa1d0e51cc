"""Read an evidence zip that anybody may have made: bounded, each file once, nothing but files."""

from __future__ import annotations

import hashlib
import stat
import zipfile
import zlib
from pathlib import Path

from crawler.chain import UNSEALED, is_manifest
from data.errors import InputError

MAX_UNPACKED = 192 << 20
"""A manifest of a heavy day has a few MiB, record and list at most what the crawler takes of a PDF and of a page."""
_LARGEST = {
    "evidence.json": 1 << 20,
    "SHA256SUMS": 4 << 20,
    "cover.html": 4 << 20,
    "text.txt": 24 << 20,
}
"""A text is at most four million characters (text/html.py)."""
NEEDED = ("SHA256SUMS", "evidence.json", "text.txt")
_KNOWN = frozenset({*NEEDED, "cover.html", "record.warc.gz", "list.warc.gz", UNSEALED})


def files_of(path: Path) -> dict[str, bytes]:
    """The files of a pack by name; raises `InputError` for what is no evidence zip at all."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            if sum(member.file_size for member in members) > MAX_UNPACKED:
                raise InputError(f"{path}: unpacks to more than {MAX_UNPACKED >> 20} MiB")
            for member in members:
                if member.file_size > _LARGEST.get(member.filename, MAX_UNPACKED):
                    raise InputError(f"{path}: its {member.filename} is larger than any pack's")
                if stat.S_ISLNK(member.external_attr >> 16):
                    raise InputError(f"{path}: its {member.filename} is a link and no file")
            if len(set(archive.namelist())) < len(archive.namelist()):
                raise InputError(f"{path}: holds two files of one name")
            files = {member.filename: archive.read(member) for member in members}
    except FileNotFoundError as error:
        raise InputError(f"{path}: there is no such file") from error
    except (
        zipfile.BadZipFile,
        zlib.error,
        OSError,
        EOFError,
        RuntimeError,
        NotImplementedError,
        ValueError,
    ) as error:
        raise InputError(f"{path}: is not a readable zip: {error}") from error
    missing = [name for name in NEEDED if name not in files]
    if missing:
        raise InputError(f"{path}: is no evidence zip, {missing[0]} is missing")
    return files


def is_known(name: str) -> bool:
    """Whether a pack may hold a file of that name."""
    return name in _KNOWN or is_manifest(name)


def sums_hold(files: dict[str, bytes]) -> bool:
    """Whether SHA256SUMS names each other file, no more, with the hash that it has."""
    lines = files["SHA256SUMS"].decode("utf-8", "replace").splitlines()
    named = {name: digest for digest, _, name in (line.partition("  ") for line in lines)}
    found = {
        name: hashlib.sha256(body).hexdigest()
        for name, body in files.items()
        if name != "SHA256SUMS"
    }
    return named == found
