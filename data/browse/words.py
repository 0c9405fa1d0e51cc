"""The words of the pages in Japanese and English: fixed phrases, vocabulary, days."""

from __future__ import annotations

from functools import cache
from importlib import resources

import yaml

from data.clock import from_text, tokyo
from data.names import Language, name, subject_name, use_case_name
from data.vocabulary import Identifier

Phrases = dict[str, dict[Language, str]]


@cache
def _phrases() -> Phrases:
    text = resources.files("data.browse").joinpath("words.yml").read_text(encoding="utf-8")
    table: Phrases = yaml.safe_load(text)
    return table


def say(word: str, language: Language, **values: object) -> str:
    """One of the fixed phrases, filled; KeyError when there is none of that name."""
    return _phrases()[word][language].format(**values)


def label(group: str, word: str | None, language: Language) -> str:
    """The reader's word of names.yml; a word that it does not know stands for itself."""
    if not word:
        return ""
    try:
        return name(group, word, language)
    except KeyError:
        return word


def title_of(subject: str, identifier: str, language: Language) -> str:
    """The name of a use case: 運転免許×カード, driving licence × card; a word that is none stays as it is."""
    if identifier not in set(Identifier):
        return f"{subject}:{identifier}"
    return use_case_name(subject, Identifier(identifier), language)


def day(stored: str | None) -> str:
    """The day in Tokyo of a stored time, YYYY-MM-DD; a date that has no time stays as it is."""
    if not stored:
        return ""
    return stored if len(stored) == 10 else f"{tokyo(from_text(stored)):%Y-%m-%d}"


def minute(stored: str | None) -> str:
    """The minute in Tokyo of a stored time, with its zone's name."""
    return f"{tokyo(from_text(stored)):%Y-%m-%d %H:%M} JST" if stored else ""


def half(text: str, language: Language) -> str:
    """The reader's half of a text that stands as 日本語 / English in Datasette's metadata."""
    ja, slash, en = text.partition(" / ")
    return en if slash and language == "en" else ja


def column_name(column: str, language: Language) -> str:
    """What a reader calls a column of a table; one without a phrase stands for itself."""
    phrases = _phrases().get(f"column_{column}")
    return phrases[language] if phrases else column


_NAMED = {
    "sector", "stage", "identifier_short", "standing", "source_class", "source_group", "event"
}  # fmt: skip
_GROUPS = {"event": "event", "stage_after": "stage", "stage_before": "stage"}


def cell_name(column: str, value: object, language: Language) -> str:
    """A value of a facet in the reader's words: vocabulary has names, the rest stands for itself."""
    if value is None or value == "":
        return "–"
    if column in {"system", "subject"}:
        return subject_name(str(value), language)
    group = _GROUPS.get(column, column)
    if group == "identifier":
        group = "identifier_short"
    return label(group, str(value), language) if group in _NAMED else str(value)
