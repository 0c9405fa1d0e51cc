"""What a page gets (a visit) and what it gives (a page from a template, or finished bytes)."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from data.browse.desk import Desk
from data.browse.memory import Memory
from data.names import Language
from data.subscribers import Filter

LANGUAGES: Final[tuple[Language, ...]] = ("ja", "en")


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One reader's question: the parts of the path, the query, the language, our own address."""

    matched: Mapping[str, str]
    query: Mapping[str, str]
    language: Language
    chosen: Language | None
    """The language that the address names; links keep it. None when the browser's preference decides."""
    origin: str
    """https://host without a slash at its end, for links that leave the site (feeds, permalinks)."""
    reviewer: str | None = None
    """Who is signed in and may review; None for everybody else."""
    desk: Desk | None = None
    """Where reviewing happens; None where the pages are only for reading."""
    dashboards: Mapping[str, Any] = field(default_factory=dict)
    """The settings of datasette-dashboards: ours and the operator's."""
    memory: Memory = field(default_factory=Memory)
    """What this server remembers for a minute."""
    filters: Mapping[str, Filter] = field(default_factory=dict)
    """The operator's saved filters, each with a feed."""

    def choice(self, key: str, allowed: type[StrEnum]) -> str | None:
        """The value of a filter when it is a word of the vocabulary `allowed`, else None."""
        value = self.query.get(key)
        return value if value in {word.value for word in allowed} else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """An HTML page: a template and what it shows."""

    template: str
    context: dict[str, Any] = field(default_factory=dict)
    status: int = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """A body that needs no template: a feed, JSON, CSV, a calendar."""

    body: str
    content_type: str


class SignInFirst(Exception):
    """The page is for reviewers; the reader is led to the sign-in page."""


class NoSuchRecord(LookupError):
    """The address names a record that is not in the database; the reader gets a 404."""


View = Callable[[sqlite3.Connection, Visit], Page | Finished]


def language_of(query: Mapping[str, str], accept: str) -> tuple[Language, Language | None]:
    """The language to show and, when the address names one, that: `?lang=` first, then the browser's.

    A browser whose first preference is English gets English, every other one Japanese.
    """
    named = query.get("lang") or query.get("_lang")
    for language in LANGUAGES:
        if named == language:
            return language, language
    return ("en" if accept.strip().lower().startswith("en") else "ja"), None
