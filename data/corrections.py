"""Tell from a title that a newsroom or ministry corrects an article, or takes it back (corrections.yml)."""

from __future__ import annotations

import re
from functools import cache
from importlib import resources
from typing import Literal

import yaml

from data.fingerprint import nfkc

Notice = Literal["corrected", "retracted"]
_QUOTED = re.compile(r"[「『](.{6,}?)[」』]")
_EDGES = " 　:：・、。,|-―—"


@cache
def _marks() -> dict[Notice, tuple[str, ...]]:
    text = resources.files("data").joinpath("corrections.yml").read_text(encoding="utf-8")
    table: dict[Notice, list[str]] = yaml.safe_load(text)
    return {
        notice: tuple(sorted(map(nfkc, words), key=len, reverse=True))
        for notice, words in table.items()
    }


def notice_of(title: str) -> Notice | None:
    """What the title says of the article; a retraction outweighs a correction; None for ordinary titles."""
    folded = nfkc(title)
    for notice in ("retracted", "corrected"):
        if any(mark in folded for mark in _marks()[notice]):
            return notice
    return None


def title_of_corrected(title: str) -> str:
    """The title of the article that a notice speaks of: what it quotes, else its own title without the mark."""
    folded = nfkc(title)
    quoted = _QUOTED.search(folded)
    if quoted:
        return quoted[1]
    for marks in _marks().values():
        for mark in marks:
            folded = folded.replace(mark, "")
    return folded.strip(_EDGES)
