"""The public vocabulary of annotation-guidelines.md: the words in code, tables, digests and facets."""

from __future__ import annotations

from enum import StrEnum


class Identifier(StrEnum):
    JUKI = "juki"
    NUMBER = "number"
    CARD = "card"


class Sector(StrEnum):
    BANK = "bank"
    POLICE = "police"
    PASSPORT = "passport"
    TAX = "tax"
    HEALTH = "health"
    WELFARE = "welfare"
    OTHER = "other"


class Stage(StrEnum):
    CONSIDERED = "considered"
    PLANNED = "planned"
    ADOPTED = "adopted"
    HALTED = "halted"
    DENIED = "denied"


class EventKind(StrEnum):
    NEW = "new"
    ADVANCE = "advance"
    HALT = "halt"
    DENIAL = "denial"
    REVERSAL = "reversal"
    REPEAT = "repeat"


class SourceClass(StrEnum):
    """What kind of authority a source has, strongest first (the ledger's order of evidence)."""

    LAW = "law"
    REGISTRY = "registry"
    MINISTRY = "ministry"
    DIET = "diet"
    LOCALGOV = "localgov"
    COMPANY = "company"
    NEWS = "news"
    TRADE = "trade"
    BLOG = "blog"


OFFICIAL = frozenset(
    {SourceClass.LAW, SourceClass.REGISTRY, SourceClass.MINISTRY, SourceClass.DIET}
)
"""Sources whose word turns a use case from `reported` to `official` (design.md, The ledger)."""
