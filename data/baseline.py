"""The uses that were in force before the monitor starts (baseline.yml), so that day one is quiet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib import resources
from typing import Any

import yaml

from data.clock import TOKYO
from data.ledger import BaselineUse
from data.models import UseCaseKey
from data.vocabulary import Identifier, Sector, Stage


@dataclass(frozen=True, slots=True)
class BaselineEntry:
    """One use in force, with the ground on which it stands."""

    use: BaselineUse
    sector: Sector
    law: str
    article: str
    url: str
    title_ja: str
    title_en: str
    verified_by: str
    """The file and article that the fact was checked against, or `unverified`."""


@cache
def load_baseline() -> dict[str, BaselineEntry]:
    """The baseline by use-case id; raises ValueError when an entry is not well formed or given twice."""
    text = resources.files("data").joinpath("baseline.yml").read_text(encoding="utf-8")
    entries: dict[str, BaselineEntry] = {}
    for row in yaml.safe_load(text):
        entry = _entry(row)
        key = str(entry.use.use_case)
        if key in entries:
            raise ValueError(f"baseline.yml: {key} is given twice")
        entries[key] = entry
    return entries


def _entry(row: dict[str, Any]) -> BaselineEntry:
    since = row["since"]
    return BaselineEntry(
        use=BaselineUse(
            use_case=UseCaseKey(row["subject"], Identifier(row["identifier"])),
            stage=Stage(row["stage"]),
            since=datetime(since.year, since.month, since.day, tzinfo=TOKYO),
        ),
        sector=Sector(row["sector"]),
        law=row["law"],
        article=row["article"],
        url=row["url"],
        title_ja=row["title_ja"],
        title_en=row["title_en"],
        verified_by=row["verified_by"],
    )
