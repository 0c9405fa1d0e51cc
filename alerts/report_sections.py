"""A section of the operator's report, in the words of glosses.yml."""

from __future__ import annotations

from dataclasses import dataclass

from alerts.inert import line
from alerts.words import phrase
from data.clock import from_text, tokyo
from data.names import Language


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and what stands under it, one text per row."""

    title: str
    rows: list[str]


def section(word: str, rows: list[str], language: Language, **values: object) -> Section:
    """The section of a gloss; without rows it says so."""
    title = phrase("report", word, language, **values)
    return Section(title, rows or [phrase("report", "none", language)])


def told(word: str, language: Language, **values: object) -> str:
    """A row from its gloss, inert."""
    return line(phrase("report", word, language, **values))


def day(moment: str) -> str:
    """The day in Tokyo of a stored moment."""
    return f"{tokyo(from_text(moment)):%Y-%m-%d}"
