"""Which uses a bill opens: those of its outline, else of the speech that presents it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from data.bills import Bill
from data.store.registries import KeptText
from data.systems import System, load_systems
from data.vocabulary import Sector, SourceClass

SENTENCE = re.compile(r"[^。\n]+。?")

TABLES = System(
    id=Sector.OTHER,
    sector=Sector.OTHER,
    ja="別表",
    en="tables of uses",
    body="",
    note="what a bill opens that names no system",
    aliases=("利用することができる事務", "利用可能事務", "利用事務", "利用範囲", "利用の範囲"),
    domain="別表",
)


def uses_of(bill: Bill, naming: Iterable[KeptText]) -> list[System]:
    """The systems that the bill opens: named in its outline, else where the Diet heard it presented.

    Where neither names one and it is about the tables of uses, these stand for what they will open.
    """
    if bill.outline:
        return opened_in(bill.outline)
    spoken = (one for one in naming if one.source_class == SourceClass.DIET)
    return next((found for one in spoken if (found := opened_in(_purpose(one.text, bill)))), [])


def opened_in(text: str) -> list[System]:
    plain = unicodedata.normalize("NFKC", text)
    tables = [TABLES] if any(word in plain for word in (TABLES.ja, *TABLES.aliases)) else []
    return systems_in(text) or tables


def _purpose(text: str, bill: Bill) -> str:
    """From the first sentence that names the bill on, what says that something may be used."""
    body = text[text.find(bill.title.removesuffix("案")) :]
    words = ("利用", "提供", "連携", "一体化", "記録")
    return "".join(one for one in SENTENCE.findall(body) if any(word in one for word in words))


def systems_in(text: str) -> list[System]:
    """The systems whose name or alias stands in `text`, in the lexicon's order."""
    plain = unicodedata.normalize("NFKC", text)
    return [
        system
        for system in load_systems().values()
        if any(alias in plain for alias in (system.ja, *system.aliases))
    ]
