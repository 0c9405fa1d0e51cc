"""Say to which sector and system a row of a law's table belongs (data/statute_sectors.yml)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import yaml
from pydantic import BaseModel, ConfigDict, Field

from data.statutes import TableRow, folded
from data.vocabulary import Sector


class SectorRule(BaseModel):
    """One line of the YAML."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    sector: Sector
    system: str | None = Field(None, pattern=r"^[a-z][a-z0-9_]*$")
    domain: str | None = None
    words: tuple[str, ...] = Field(min_length=1)


@dataclass(frozen=True, slots=True, order=True)
class Placement:
    """Where a row belongs. `domain` is set for `other`."""

    sector: Sector
    system: str | None
    domain: str | None
    known: bool = True
    """False when no rule fitted."""


@cache
def sector_rules() -> tuple[tuple[re.Pattern[str], Placement], ...]:
    text = files("data").joinpath("statute_sectors.yml").read_text(encoding="utf-8")
    rules = [SectorRule.model_validate(rule) for rule in yaml.safe_load(text)["rules"]]
    return tuple(
        (
            re.compile("|".join(re.escape(folded(word)) for word in rule.words)),
            Placement(rule.sector, rule.system, rule.domain),
        )
        for rule in rules
    )


def placement(row: TableRow) -> Placement:
    """The sector, system and domain of `row`: by its leading statute, else its task, else its body."""
    leading = row.statutes[0] if row.statutes else ""
    for words in (leading, row.task, row.body):
        plain = folded(words)
        for pattern, place in sector_rules():
            if plain and pattern.search(plain):
                return place
    return Placement(Sector.OTHER, None, leading or row.body or row.task[:40], known=False)
