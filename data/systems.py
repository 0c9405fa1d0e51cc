"""The lexicon of systems: the concrete things within a sector that use an identifier (systems.yml)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources

import yaml

from data.vocabulary import Sector


@dataclass(frozen=True, slots=True)
class System:
    """One system: its id is a use case's subject, its aliases are how texts name it."""

    id: str
    sector: Sector
    ja: str
    en: str
    aliases: tuple[str, ...]
    body: str
    note: str = ""


@cache
def load_systems() -> dict[str, System]:
    """All systems by id; raises ValueError when the file names one twice."""
    text = resources.files("data").joinpath("systems.yml").read_text(encoding="utf-8")
    systems: dict[str, System] = {}
    for entry in yaml.safe_load(text):
        if entry["id"] in systems:
            raise ValueError(f"systems.yml: {entry['id']} is given twice")
        systems[entry["id"]] = System(
            id=entry["id"],
            sector=Sector(entry["sector"]),
            ja=entry["ja"],
            en=entry["en"],
            aliases=tuple(entry.get("aliases") or ()),
            body=entry.get("body") or "",
            note=entry.get("note") or "",
        )
    return systems
