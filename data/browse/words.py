"""The words of the pages in Japanese and English: fixed phrases, vocabulary, days."""

from __future__ import annotations

from functools import cache
from importlib import resources

import yaml

from data.clock import from_text, tokyo
from data.names import Language, name, use_case_name
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
    """The name of a use case: 運転免許×カード, driving licence × card."""
    return use_case_name(subject, Identifier(identifier), language)


def day(stored: str | None) -> str:
    """The day in Tokyo of a stored time, YYYY-MM-DD; a date that has no time stays as it is."""
    if not stored:
        return ""
    return stored if len(stored) == 10 else f"{tokyo(from_text(stored)):%Y-%m-%d}"


def minute(stored: str | None) -> str:
    """The minute in Tokyo of a stored time, with its zone's name."""
    return f"{tokyo(from_text(stored)):%Y-%m-%d %H:%M} JST" if stored else ""
