"""The words of the classifier, read from lexicon/*.yml and compiled once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field

from data.systems import systems_content
from data.vocabulary import Identifier, Sector

FOLDER = Path(__file__).parent / "lexicon"
Strength = Literal["strong", "implied", "scheme", "weak"]


class IdentifierEntry(BaseModel):
    """One block of identifiers.yml."""

    model_config = ConfigDict(extra="forbid")
    identifier: Identifier
    strength: Strength
    patterns: list[str]


class SystemEntry(BaseModel):
    """One system of systems.yml: a row of the public vocabulary."""

    model_config = ConfigDict(extra="forbid")
    id: str
    sector: Sector
    ja: str
    en: str
    body: str
    note: str
    aliases: list[str]
    domain: str | None = None
    also: list[Sector] = Field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Mention:
    """A place in a text where an identifier is named or pointed at."""

    identifier: Identifier
    strength: Strength
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Cue:
    """A place in a text that points to a sector, and to a system unless the word is generic."""

    sector: Sector
    system: str | None
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Everything in lexicon/*.yml, compiled."""

    systems: dict[str, SystemEntry]
    mention_pattern: re.Pattern[str]
    mention_groups: dict[str, tuple[Identifier, Strength] | None]
    cue_pattern: re.Pattern[str]
    cue_words: dict[str, tuple[tuple[Sector, str | None], ...]]
    predicates: dict[str, re.Pattern[str]]
    stages: dict[str, re.Pattern[str]]
    contexts: dict[str, re.Pattern[str]]
    roles: dict[str, tuple[str, ...]]
    body_suffix: tuple[str, ...]
    milestones: dict[tuple[Identifier, str], date]
    """(identifier, system or sector or identifier) -> the day since when that use has run."""
    reporting: re.Pattern[str]
    headline_card: re.Pattern[str]

    def roles_of(self, speaker: str) -> list[str]:
        """The roles that a speaker's title tells, in the order of authorities.yml."""
        return [role for role, titles in self.roles.items() if any(t in speaker for t in titles)]

    def of_stage(self, stage: str) -> dict[str, re.Pattern[str]]:
        """The families of words that tell a stage, by name (`halted.stop`)."""
        return {n: pattern for n, pattern in self.stages.items() if n.startswith(f"{stage}.")}

    def mentions(self, text: str) -> list[Mention]:
        """Identifiers named in NFKC `text`, left to right, look-alikes left out."""
        found = []
        for match in self.mention_pattern.finditer(text):
            kind = self.mention_groups[match.lastgroup or ""]
            if kind is not None:
                found.append(Mention(kind[0], kind[1], match.start(), match.end()))
        return found

    def cues(self, text: str) -> list[Cue]:
        """Words of NFKC `text` that point to a sector, the longest word at each place."""
        return [
            Cue(sector, system, match.start(), match.end())
            for match in self.cue_pattern.finditer(text)
            for sector, system in self.cue_words[match.group()]
        ]


def families(patterns: dict[str, re.Pattern[str]], text: str) -> Iterator[tuple[str, int, int]]:
    """(family, start, end) of every hit of the named patterns in `text`."""
    for name, pattern in patterns.items():
        for match in pattern.finditer(text):
            yield name, match.start(), match.end()


@cache
def load_lexicon() -> Lexicon:
    """Read and compile lexicon/*.yml (once per process)."""
    systems = _systems()
    mention_pattern, mention_groups = _mentions()
    words = _cue_words(systems.values())
    stages = read_words("stages.yml")
    authorities = read_words("authorities.yml")
    return Lexicon(
        systems=systems,
        mention_pattern=mention_pattern,
        mention_groups=mention_groups,
        cue_pattern=_union(re.escape(w) for w in sorted(words, key=lambda w: (-len(w), w))),
        cue_words=words,
        predicates={k: _union(v) for k, v in read_words("predicates.yml")["families"].items()},
        stages=_flatten(stages),
        contexts={k: _union(v) for k, v in read_words("contexts.yml").items()},
        roles={k: tuple(v) for k, v in authorities["speakers"].items()},
        body_suffix=tuple(authorities["bodies"]["suffix"] + authorities["bodies"]["words"]),
        milestones=_milestones(),
        reporting=_union(authorities["reporting"]),
        headline_card=_union(authorities["headline_card"]),
    )


def read_words(name: str) -> dict:  # type: ignore[type-arg]  # the shape differs per file
    return dict(yaml.safe_load((FOLDER / name).read_text(encoding="utf-8")))


def _union(patterns: Iterable[str]) -> re.Pattern[str]:
    return re.compile("|".join(patterns), re.MULTILINE)


def _systems() -> dict[str, SystemEntry]:
    entries = [SystemEntry.model_validate(row) for row in systems_content()["systems"]]
    return {entry.id: entry for entry in entries}


def _cue_words(systems: Iterable[SystemEntry]) -> dict[str, tuple[tuple[Sector, str | None], ...]]:
    words: dict[str, list[tuple[Sector, str | None]]] = {}
    for entry in systems:
        for alias in entry.aliases:
            for sector in (entry.sector, *entry.also):
                words.setdefault(alias, []).append((sector, entry.id))
    for sector, block in systems_content()["sectors"].items():
        for word in block["generic"]:
            words.setdefault(word, []).append((Sector(sector), None))
    neutral: dict[str, tuple[tuple[Sector, str | None], ...]] = dict.fromkeys(
        systems_content()["neutral"], ()
    )
    return neutral | {word: tuple(dict.fromkeys(targets)) for word, targets in words.items()}


def look_alikes(content: Mapping[str, list[str]]) -> list[str]:
    """Of identifiers.yml, the patterns of what only looks like an identifier: names of bodies, then other numbers and cards."""
    return [*content["bodies"], *content["lookalikes"]]


def _mentions() -> tuple[re.Pattern[str], dict[str, tuple[Identifier, Strength] | None]]:
    """One pattern: names of bodies, identifiers and look-alikes compete at each place, in the order of strength."""
    content = read_words("identifiers.yml")
    entries = [IdentifierEntry.model_validate(row) for row in content["identifiers"]]
    order = {"strong": 0, "scheme": 0, "implied": 2, "weak": 3}
    parts: list[tuple[int, str, list[str]]] = [
        (-1, "body", content["bodies"]),
        (1, "no", content["lookalikes"]),
    ]
    groups: dict[str, tuple[Identifier, Strength] | None] = {"body": None, "no": None}
    for number, entry in enumerate(entries):
        groups[f"g{number}"] = (entry.identifier, entry.strength)
        parts.append((order[entry.strength], f"g{number}", entry.patterns))
    parts.sort(key=lambda part: part[0])
    return re.compile("|".join(f"(?P<{n}>{'|'.join(p)})" for _, n, p in parts)), groups


def _milestones() -> dict[tuple[Identifier, str], date]:
    rows = read_words("milestones.yml")["milestones"]
    return {(Identifier(row["identifier"]), row["subject"]): row["since"] for row in rows}


def _flatten(stages: dict) -> dict[str, re.Pattern[str]]:  # type: ignore[type-arg]  # two depths
    flat: dict[str, re.Pattern[str]] = {}
    for name, block in stages.items():
        if isinstance(block, dict):
            flat |= {f"{name}.{part}": _union(patterns) for part, patterns in block.items()}
        else:
            flat[name] = _union(block)
    return flat
