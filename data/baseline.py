"""The uses that were in force before the monitor starts (baseline.yml), so that day one is quiet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cache
from importlib import resources
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field

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
    """The file, article and words that the fact was checked against, or `unverified`."""


class _Row(BaseModel):
    model_config = ConfigDict(extra="forbid")
    subject: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    sector: Sector
    identifier: Identifier
    stage: Literal[Stage.CONSIDERED, Stage.PLANNED, Stage.ADOPTED]
    since: date
    law: str = Field(min_length=1)
    article: str = Field(min_length=1)
    url: str = Field(pattern=r"^https://")
    title_ja: str = Field(min_length=1)
    title_en: str = Field(min_length=1)
    verified_by: str = Field(min_length=1)


@cache
def load_baseline() -> dict[str, BaselineEntry]:
    """The baseline by use-case id; raises ValueError when an entry is not well formed or given twice."""
    text = resources.files("data").joinpath("baseline.yml").read_text(encoding="utf-8")
    entries: dict[str, BaselineEntry] = {}
    for content in yaml.safe_load(text):
        entry = _entry(_Row.model_validate(content))
        key = str(entry.use.use_case)
        if key in entries:
            raise ValueError(f"baseline.yml: {key} is given twice")
        entries[key] = entry
    return entries


def _entry(row: _Row) -> BaselineEntry:
    return BaselineEntry(
        use=BaselineUse(
            use_case=UseCaseKey(row.subject, row.identifier),
            stage=row.stage,
            since=datetime.combine(row.since, time(), TOKYO),
        ),
        sector=row.sector,
        law=row.law,
        article=row.article,
        url=row.url,
        title_ja=row.title_ja,
        title_en=row.title_en,
        verified_by=row.verified_by,
    )
