"""The word lists of the registry readers (words.yml)."""

from __future__ import annotations

from functools import cache
from importlib import resources

import yaml


@cache
def lexicon(group: str) -> dict[str, tuple[str, ...]]:
    """The lists of one registry; KeyError for a group that is not there."""
    text = resources.files("crawler.registries").joinpath("words.yml").read_text(encoding="utf-8")
    return {name: tuple(words) for name, words in yaml.safe_load(text)[group].items()}
