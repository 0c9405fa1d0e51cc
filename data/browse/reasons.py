"""Why a finding was flagged, in a reader's words: the features that weighed most, for and against."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib import resources

import yaml

from data.names import Language

_WEIGHED = re.compile(r"(?P<name>(?P<family>[^\s:]+)(?::.*)?) (?P<weight>[+-]\d+\.\d+)")


@dataclass(frozen=True, slots=True)
class Reason:
    """One feature: a phrase for people, its own name, and its weight; None where a rule decided."""

    phrase: str
    name: str
    weight: float | None


@cache
def _phrases() -> dict[str, dict[Language, str]]:
    text = resources.files("data.browse").joinpath("reasons.yml").read_text(encoding="utf-8")
    return {
        family: {"ja": line["ja"], "en": line["en"]}
        for line in yaml.safe_load(text)
        for family in line["families"]
    }


def reasons(why: list[str], language: Language) -> list[Reason]:
    """Each line of `why` with a phrase; the heaviest first, as the classifier gave them."""
    return [_reason(str(line), language) for line in why]


def _reason(line: str, language: Language) -> Reason:
    found = _WEIGHED.fullmatch(line)
    if found is None:
        return Reason(line, "", None)
    phrase = _phrases().get(found["family"], {}).get(language, found["family"])
    return Reason(phrase, found["name"], float(found["weight"]))
