"""What the families of the learned layer's features are called for people (reasons.yml)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources

import yaml


@dataclass(frozen=True, slots=True)
class FeatureGroup:
    """Families of features that a reader is told of by one phrase; `key` is the first of them."""

    key: str
    ja: str
    en: str


@cache
def feature_groups() -> dict[str, FeatureGroup]:
    """The group of each family that has a phrase."""
    text = resources.files("data").joinpath("reasons.yml").read_text(encoding="utf-8")
    return {
        family: FeatureGroup(line["families"][0], line["ja"], line["en"])
        for line in yaml.safe_load(text)
        for family in line["families"]
    }
