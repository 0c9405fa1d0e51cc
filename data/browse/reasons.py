"""Why a finding was flagged, in a reader's words: the features that weighed most, for and against."""

from __future__ import annotations

import re
from dataclasses import dataclass

from data.names import Language
from data.reasons import feature_groups

_WEIGHED = re.compile(r"(?P<name>(?P<family>[^\s:]+)(?::.*)?) (?P<weight>[+-]\d+\.\d+)")


@dataclass(frozen=True, slots=True)
class Reason:
    """One feature: a phrase for people, its own name, and its weight; None where a rule decided."""

    phrase: str
    name: str
    weight: float | None


def reasons(why: list[str], language: Language) -> list[Reason]:
    """Each line of `why` with a phrase; the heaviest first, as the classifier gave them."""
    return [_reason(str(line), language) for line in why]


def _reason(line: str, language: Language) -> Reason:
    found = _WEIGHED.fullmatch(line)
    if found is None:
        return Reason(line, "", None)
    group = feature_groups().get(found["family"])
    phrase = (group.ja if language == "ja" else group.en) if group else found["family"]
    return Reason(phrase, found["name"], float(found["weight"]))
