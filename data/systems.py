"""The lexicon of systems: the concrete things within a sector that use an identifier (systems.yml)."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field

from data.vocabulary import Sector


class System(BaseModel):
    """One system: its id is a use case's subject, its aliases are how texts name it."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    sector: Sector
    ja: str = Field(min_length=1)
    en: str = Field(min_length=1)
    body: str
    """Who is responsible for it; empty where nobody in particular is."""
    note: str
    aliases: tuple[str, ...]
    """Literal words of NFKC text; without any, only other rules (a statute's rows, a person) name it."""
    domain: str | None = None
    """The free word that a finding of the sector `other` carries for it."""
    also: tuple[Sector, ...] = ()
    """Further sectors that a finding about it belongs to."""


@cache
def systems_content() -> dict[str, Any]:
    """systems.yml as it is: `systems`, a list; `sectors` and `neutral`, words that name no system."""
    text = resources.files("data").joinpath("systems.yml").read_text(encoding="utf-8")
    content: dict[str, Any] = yaml.safe_load(text)
    return content


@cache
def load_systems() -> dict[str, System]:
    """All systems by id; raises ValueError when an entry is not well formed or given twice."""
    systems: dict[str, System] = {}
    for row in systems_content()["systems"]:
        system = System.model_validate(row)
        if system.id in systems or system.id in set(Sector):
            raise ValueError(f"systems.yml: {system.id} is given twice, or is a sector's name")
        systems[system.id] = system
    return systems
