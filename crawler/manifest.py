"""The daily manifest: the hash of every archived response, each day's chained to the one before.

While a day lasts its lines lie in one `.hashes` file per process. `seal` gathers those of finished days into
`archive/manifests/NUMBER-DAY.jsonl`. Its first line, the head, has the SHA-256 of the lines below it and, as
`previous`, that of the head before; changing an old record then changes every later head, and the heads alone show
that. Sealed files are never written again; lines that turn up late (a replayed day) go into the next manifest.
Of manifests sealed before 2026-11-30, whose heads do not name their lines, the next names the hash of the whole file.
"""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path

from data.errors import InputError

GENESIS = "0" * 64
"""What the first manifest names as the one before."""


def seal(archive: Path, today: str) -> list[Path]:
    """Write the manifests of all finished days before `today` (ISO date, Tokyo); gives the new ones."""
    sealed: list[Path] = []
    done = _sealed_parts(archive)
    for folder in sorted(archive.glob("????-??-??")):
        parts = [
            part for part in sorted(folder.glob("*.hashes")) if _name(archive, part) not in done
        ]
        if folder.name >= today or not parts:
            continue
        sealed.append(_write(archive, folder.name, parts))
    return sealed


def verify(archive: Path) -> int:
    """The number of manifests whose chain holds; raises `InputError` naming the first that is broken."""
    before = GENESIS
    paths = manifests(archive)
    for path in paths:
        body = path.read_bytes()
        if json.loads(head_of(body))["previous"] != before:
            raise InputError(f"{path}: does not follow the manifest before it")
        if not lines_hold(body):
            raise InputError(f"{path}: its lines are not those that its head names")
        before = hash_of(body)
    return len(paths)


def head_of(body: bytes) -> bytes:
    """The first line, with its end."""
    return body[: body.find(b"\n") + 1] or body


def hash_of(body: bytes) -> str:
    """What the next manifest names: the hash of the head, or of the whole where the head names no lines."""
    head = head_of(body)
    return hashlib.sha256(head if "lines" in json.loads(head) else body).hexdigest()


def lines_hold(body: bytes) -> bool:
    """Whether the lines are those that the head names; a head that names none is held by the next one."""
    head = head_of(body)
    named = json.loads(head).get("lines")
    return named is None or named == hashlib.sha256(memoryview(body)[len(head) :]).hexdigest()


def manifests(archive: Path) -> list[Path]:
    """The sealed manifests in the order of their chain."""
    return sorted((archive / "manifests").glob("*.jsonl"), key=_number)


def _write(archive: Path, day: str, parts: list[Path]) -> Path:
    earlier = manifests(archive)
    lines = b"".join(
        line + b"\n"
        for line in sorted(
            line for part in parts for line in part.read_bytes().split(b"\n") if line.endswith(b"}")
        )
    )
    head = {
        "day": day,
        "lines": hashlib.sha256(lines).hexdigest(),
        "number": len(earlier) + 1,
        "previous": hash_of(earlier[-1].read_bytes()) if earlier else GENESIS,
        "parts": [_name(archive, part) for part in parts],
    }
    path = archive / "manifests" / f"{len(earlier) + 1:06d}-{day}.jsonl"
    path.parent.mkdir(exist_ok=True)
    draft = path.with_suffix(f".{os.getpid()}.draft")
    with draft.open("wb") as file:
        file.write(json.dumps(head, sort_keys=True).encode() + b"\n")
        file.write(lines)
        file.flush()
        os.fsync(file.fileno())
    draft.rename(path)
    return path


def _sealed_parts(archive: Path) -> set[str]:
    parts: set[str] = set()
    for path in manifests(archive):
        with path.open(
            "rb"
        ) as file:  # the rest is large, and years of them are looked at by each run
            parts.update(json.loads(file.readline())["parts"])
    return parts


def _name(archive: Path, part: Path) -> str:
    return part.relative_to(archive).as_posix()


def _number(path: Path) -> int:
    return int(path.name.partition("-")[0])
