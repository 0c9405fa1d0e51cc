"""The Japanese and English words that readers see, from names.yml and the lexicon of systems."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Literal

import yaml

from data.systems import load_systems
from data.vocabulary import Identifier, Sector

Language = Literal["ja", "en"]


@cache
def _names() -> dict[str, dict[str, dict[Language, str]]]:
    text = resources.files("data").joinpath("names.yml").read_text(encoding="utf-8")
    table: dict[str, dict[str, dict[Language, str]]] = yaml.safe_load(text)
    return table


def name(group: str, word: str, language: Language) -> str:
    """The reader's word for `word` of `group` (identifier, sector, stage, event, …); KeyError if unknown."""
    return _names()[group][word][language]


def subject_name(subject: str, language: Language) -> str:
    """The name of a use case's subject: a system of the lexicon, else a sector, else the id itself."""
    system = load_systems().get(subject)
    if system is not None:
        return system.ja if language == "ja" else system.en
    if subject in set(Sector):
        return name("sector", subject, language)
    return subject


def use_case_name(subject: str, identifier: Identifier, language: Language) -> str:
    """What a reader calls a use case: 運転免許×カード, driving licence × card."""
    joint = "×" if language == "ja" else " × "
    return (
        f"{subject_name(subject, language)}{joint}{name('identifier_short', identifier, language)}"
    )
