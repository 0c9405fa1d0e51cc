"""Read labelled texts, strictly: a label that cannot be found in its text stops the run."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from data.errors import InputError
from data.vocabulary import Identifier, Sector, Stage

FOLDER = Path(__file__).resolve().parent.parent / "data" / "gold"
BLIND = "blind"
"""Stem of the set that is only for measuring; `training_files` never returns it."""


@dataclass(frozen=True, slots=True)
class Label:
    """One labelled finding; `start` and `end` are offsets in title + newline + body."""

    sector: Sector
    identifier: Identifier
    stage: Stage
    unlawful: bool
    actor: str | None
    domain: str | None
    evidence: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class GoldText:
    """One labelled text; `batch` names its author, who stays on one side of every fold."""

    id: str
    date: str
    source_kind: str
    publisher: str
    title: str
    body: str
    labels: tuple[Label, ...]
    note: str
    batch: str

    @property
    def day(self) -> datetime.date | None:
        """The text's own date, when it is one."""
        try:
            return datetime.date.fromisoformat(self.date)
        except ValueError:
            return None


def read_gold(path: Path) -> list[GoldText]:
    """The texts of one file; raises InputError naming file and line of the first fault."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        raise InputError(f"{path}: no such file") from None
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: not a UTF-8 text file ({type(error).__name__})") from None
    texts = [
        _text(line, f"{path}:{number}", path.stem.partition("_")[0])
        for number, line in enumerate(lines, 1)
        if line.strip()
    ]
    if not texts:
        raise InputError(f"{path}: holds no labelled text")
    return texts


def training_files(folder: Path = FOLDER) -> list[Path]:
    """The labelled files that may be learned from, in a fixed order: all but the blind set."""
    return sorted(p for p in folder.glob("*.jsonl") if not p.stem.startswith(BLIND))


def read_all(paths: Iterable[Path]) -> list[GoldText]:
    """The texts of several files; an id that occurs twice is an InputError."""
    texts = [text for path in paths for text in read_gold(path)]
    seen: set[str] = set()
    for text in texts:
        if text.id in seen:
            raise InputError(f"labelled texts: the id {text.id!r} occurs twice")
        seen.add(text.id)
    return texts


def _text(line: str, where: str, batch: str) -> GoldText:
    try:
        row = json.loads(line)
    except ValueError:
        raise InputError(f"{where}: not JSON") from None
    if not isinstance(row, dict):
        raise InputError(f"{where}: expected an object, found {type(row).__name__}")
    for key in ("id", "title", "body", "findings"):
        if key not in row:
            raise InputError(f"{where}: missing {key!r}")
    labels = tuple(_labels(row, where))
    pairs = {(label.sector, label.identifier) for label in labels}
    if len(pairs) != len(labels):
        raise InputError(f"{where}: one (sector, identifier) pair is labelled twice")
    return GoldText(
        id=str(row["id"]),
        date=str(row.get("date", "")),
        source_kind=str(row.get("source_kind", "")),
        publisher=str(row.get("publisher") or ""),
        title=row["title"],
        body=row["body"],
        labels=labels,
        note=str(row.get("note", "")),
        batch=batch,
    )


def _labels(row: dict[str, Any], where: str) -> Iterator[Label]:
    text = f"{row['title']}\n{row['body']}"
    for finding in row["findings"]:
        evidence = finding.get("evidence") or ""
        start = text.find(evidence, len(row["title"]) + 1)
        start = start if start >= 0 else text.find(evidence)
        if not evidence or start < 0:
            raise InputError(f"{where}: evidence is not in the text: {evidence[:40]!r}")
        try:
            yield Label(
                Sector(finding["sector"]),
                Identifier(finding["identifier"]),
                Stage(finding["stage"]),
                bool(finding["unlawful"]),
                finding.get("actor"),
                finding.get("domain"),
                evidence,
                start,
                start + len(evidence),
            )
        except (KeyError, ValueError) as error:
            raise InputError(f"{where}: a label is outside the vocabulary ({error})") from None
