"""The manifests of a pack: whole where they name one of its records, of the others the heads that chain them."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Collection, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from crawler.manifest import GENESIS, hash_of, head_of, lines_hold, manifests

UNSEALED = "unsealed.jsonl"
"""The lines of a day that is not over, below the hash that its manifest will name as the one before."""
_NAME = re.compile(r"manifests/\d{6,9}-\d{4}-\d\d-\d\d\.jsonl")


def is_manifest(name: str) -> bool:
    """Whether a pack's file of that name is one of its manifests."""
    return _NAME.fullmatch(name) is not None


def chained(archive: Path, records: Collection[str], places: Collection[str]) -> dict[str, bytes]:
    """The files of a pack that name `records`, which lie in the archive's files `places`."""
    files: dict[str, bytes] = {}
    named: set[str] = set()
    last = GENESIS
    for path in manifests(archive):
        body = path.read_bytes()
        found = {one for one in records if one.encode() in body}
        files[f"manifests/{path.name}"] = body if found else _shortened(body)
        named |= found
        last = hash_of(body)
    lines = [
        line
        for place in sorted(set(places))
        for line in _lines(archive / place.replace(".warc.gz", ".hashes"))
        if any(one.encode() in line for one in records if one not in named)
    ]
    if lines:
        head = json.dumps({"previous": last}).encode()
        files[UNSEALED] = b"".join(line + b"\n" for line in (head, *lines))
    return files if lines or named else {}


def _shortened(body: bytes) -> bytes:
    head = head_of(body)
    return head if "lines" in json.loads(head) else body


def _lines(path: Path) -> Iterator[bytes]:
    if path.is_file():
        yield from (line for line in path.read_bytes().split(b"\n") if line.endswith(b"}"))


def follow_each_other(files: dict[str, bytes]) -> bool:
    """Whether the manifests of a pack are chained without a gap, from the first on."""
    before = GENESIS
    for number, (_, body) in enumerate(_manifests(files), 1):
        head = json.loads(head_of(body))
        if head["previous"] != before or head["number"] != number:
            return False
        if len(body) > len(head_of(body)) and not lines_hold(body):
            return False
        before = hash_of(body)
    return UNSEALED not in files or json.loads(head_of(files[UNSEALED])) == {"previous": before}


def last_of(files: dict[str, bytes]) -> tuple[str, str] | None:
    """Name and hash of the last manifest; None where a pack has none."""
    found = [(name.partition("/")[2], hash_of(body)) for name, body in _manifests(files)]
    return found[-1] if found else None


def hashes_of(files: dict[str, bytes]) -> set[str]:
    """The hashes of all manifests of a pack."""
    return {hash_of(body) for _, body in _manifests(files)}


def rows(files: dict[str, bytes], name: str, *, sealed: bool) -> Iterator[dict[str, Any]]:
    """What the manifests (or the lines of a day that is not over) say of the record of that name."""
    wanted = name.encode()
    bodies = [body for _, body in _manifests(files)] if sealed else [files.get(UNSEALED, b"")]
    for body in bodies:
        yield from (
            json.loads(line) for line in islice(io.BytesIO(body), 1, None) if wanted in line
        )


def _manifests(files: dict[str, bytes]) -> list[tuple[str, bytes]]:
    return sorted((name, body) for name, body in files.items() if name.startswith("manifests/"))
