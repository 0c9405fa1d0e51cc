"""Which events a subscriber wants to see."""

from __future__ import annotations

import unicodedata

from data.config import Filter
from data.store.events import ToldEvent


def wanted(chosen: Filter, event: ToldEvent) -> bool:
    """True when `event` passes every list of the filter; an empty list means everything."""
    return (
        _passes(chosen.sectors, event.sector)
        and _passes(chosen.systems, event.subject)
        and _passes(chosen.identifiers, event.identifier)
        and _passes(chosen.stages, event.stage_after)
        and _passes(chosen.sources, event.source_id)
        and _words_pass(chosen, event)
    )


def _passes(allowed: tuple[str, ...], value: str) -> bool:
    return not allowed or value in allowed


def _words_pass(chosen: Filter, event: ToldEvent) -> bool:
    if not (chosen.words or chosen.without_words):
        return True
    text = _fold(f"{event.name_ja} {event.name_en} {event.quotation.title} {event.quotation.text}")
    if any(_fold(word) in text for word in chosen.without_words):
        return False
    return not chosen.words or any(_fold(word) in text for word in chosen.words)


def _fold(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()
