"""Which events, comparisons and dates a subscriber wants to see."""

from __future__ import annotations

import unicodedata

from data.store.events import ToldEvent
from data.store.told import ToldComparison, ToldDeadline
from data.subscribers import Filter


def wanted(chosen: Filter, event: ToldEvent) -> bool:
    """True when `event` passes every list of the filter; an empty list means everything."""
    return (
        _passes(chosen.stages, event.stage_after)
        and _same_subject(chosen, event)
        and _words_pass(
            chosen,
            f"{event.name_ja} {event.name_en} {event.quotation.title} {event.quotation.text}",
        )
    )


def comparison_wanted(chosen: Filter, comparison: ToldComparison) -> bool:
    """The same for a promise set against a later statement; the stage is that of the statement."""
    return (
        _passes(chosen.stages, comparison.later.stage)
        and _same_subject(chosen, comparison)
        and _words_pass(
            chosen,
            f"{comparison.name_ja} {comparison.name_en} {comparison.later.text} {comparison.promised.text}",
        )
    )


def deadline_wanted(chosen: Filter, deadline: ToldDeadline) -> bool:
    """The same for a date ahead. What is not known of it leaves it in: a missed date cannot be made good."""
    return all(
        value is None or _passes(allowed, value)
        for allowed, value in (
            (chosen.sectors, deadline.sector),
            (chosen.systems, deadline.subject),
            (chosen.identifiers, deadline.identifier),
            (chosen.sources, deadline.source_id),
        )
    ) and _words_pass(chosen, f"{deadline.title_ja} {deadline.title_en}")


def _same_subject(chosen: Filter, told: ToldEvent | ToldComparison) -> bool:
    return (
        _passes(chosen.sectors, told.sector)
        and _passes(chosen.systems, told.subject)
        and _passes(chosen.identifiers, told.identifier)
        and _passes(chosen.sources, told.source_id)
    )


def _passes(allowed: tuple[str, ...], value: str) -> bool:
    return not allowed or value in allowed


def _words_pass(chosen: Filter, text: str) -> bool:
    if not (chosen.words or chosen.without_words):
        return True
    folded = _fold(text)
    if any(_fold(word) in folded for word in chosen.without_words):
        return False
    return not chosen.words or any(_fold(word) in folded for word in chosen.words)


def _fold(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()
