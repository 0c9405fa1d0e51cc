"""Read texts from JSON lines: one text or one clear error per line, never a traceback."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from data import clock
from data.clock import TOKYO
from data.errors import InputError
from data.models import PendingDocument
from data.vocabulary import SourceClass

LONGEST_LINE = 64 * 1024 * 1024
"""Bytes of one line; what is longer is an error and is skipped to its end."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A line that is no text: its id when it has one, and what is wrong."""

    id: str | None
    error: str

    def to_json(self) -> dict[str, Any]:
        return {"id": self.id, "error": self.error}


def open_input(name: str, standard_input: BinaryIO) -> BinaryIO:
    """The file `name`, or standard input for `-`; raises InputError when it cannot be read."""
    if name == "-":
        return standard_input
    try:
        return Path(name).open("rb")
    except FileNotFoundError:
        raise InputError(f"{name}: no such file") from None
    except OSError as error:
        raise InputError(f"{name}: cannot be read ({error.strerror})") from None


def read_texts(stream: BinaryIO, name: str) -> Iterator[PendingDocument | Fault]:
    """One document or Fault per non-empty line.

    Raises InputError when the stream is empty, or when none of its lines is a JSON object: then it
    is the wrong file.
    """
    waiting: list[Fault] = []
    recognised = False
    for number, line in enumerate(_lines(stream), 1):
        if line is not None and not line.strip():
            continue
        row = _object(line)
        if isinstance(row, str):
            fault = Fault(None, f"line {number}: {row}")
            if recognised:
                yield fault
            else:
                waiting.append(fault)
            continue
        recognised = True
        yield from waiting
        waiting.clear()
        yield _document(row, number)
    if not recognised:
        raise InputError(f"{name}: {'no JSON lines in it' if waiting else 'is empty'}")


def _lines(stream: BinaryIO) -> Iterator[bytes | None]:
    """Lines of the stream; None for one that is too long."""
    while line := stream.readline(LONGEST_LINE):
        if len(line) < LONGEST_LINE or line.endswith(b"\n"):
            yield line
            continue
        while rest := stream.readline(LONGEST_LINE):
            if rest.endswith(b"\n"):
                break
        yield None


def _object(line: bytes | None) -> dict[str, Any] | str:
    """The JSON object of a line, or what is wrong with the line."""
    if line is None:
        return f"longer than {LONGEST_LINE // 1024 // 1024} MiB"
    try:
        row = json.loads(line.decode("utf-8-sig"))
    except UnicodeDecodeError:
        return "not UTF-8"
    except (ValueError, RecursionError):
        return "not JSON"
    return row if isinstance(row, dict) else f"expected an object, found {type(row).__name__}"


def _document(row: dict[str, Any], number: int) -> PendingDocument | Fault:
    identity = row.get("id")
    if not isinstance(identity, str | int) or isinstance(identity, bool) or identity == "":
        return Fault(
            None, f"line {number}: {'missing id' if identity is None else 'id is not text'}"
        )
    for key in ("title", "body"):
        if key not in row:
            return Fault(str(identity), f"missing {key}")
    for key in ("title", "body", "publisher", "source_kind", "date"):
        if row.get(key) is not None and not isinstance(row[key], str):
            return Fault(str(identity), f"{key} is {type(row[key]).__name__}, expected text")
    return PendingDocument(
        id=str(identity),
        version=1,
        title=row["title"] or "",
        text=row["body"] or "",
        source_id="file",
        publisher=row.get("publisher") or "",
        source_class=_source_class(row.get("source_kind")),
        published_at=_date(row.get("date")),
        fetched_at=clock.now(),
    )


def _source_class(kind: str | None) -> SourceClass:
    return SourceClass(kind) if kind in set(SourceClass) else SourceClass.NEWS


def _date(text: str | None) -> datetime | None:
    try:
        found = datetime.fromisoformat(text) if text else None
    except ValueError:
        return None
    return found.replace(tzinfo=found.tzinfo or TOKYO) if found else None


def documents_only(
    rows: Iterable[PendingDocument | Fault], faults: list[tuple[int, Fault]]
) -> Iterator[PendingDocument]:
    """The documents of `rows`; each Fault goes to `faults` with the count of documents before it."""
    count = 0
    for row in rows:
        if isinstance(row, Fault):
            faults.append((count, row))
        else:
            count += 1
            yield row
