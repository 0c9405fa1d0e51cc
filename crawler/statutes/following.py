"""Keep laws in the store: import what was read, and compare each state with the one before it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise

from sqlite_utils import Database

from crawler.statutes.reader import Reading
from data.errors import InputError
from data.statute_diff import StatuteDiff, diff_states
from data.statutes import LawRevision, LawText, effective_states
from data.store.connection import Store
from data.store.statute_changes import keep_only_changes, known_changes, save_changes
from data.store.statutes import revisions_of, save_revisions, save_texts, text_of

BATCH = 25
"""Texts per transaction: a state of 住民基本台帳法 is about 0.5 MB in memory."""


@dataclass(slots=True)
class Imported:
    """What an import did."""

    files: int = 0
    new_revisions: int = 0
    new_texts: int = 0
    laws: set[str] = field(default_factory=set)
    failed: list[Reading] = field(default_factory=list)
    diffs: list[StatuteDiff] = field(default_factory=list)
    """Differences between neighbouring states that were not known before."""


def import_readings(store: Store, readings: Iterable[Reading]) -> Imported:
    """Keep all that was read, then bring the differences of the laws concerned up to date.

    What could not be read is in `failed`; the rest is kept nevertheless.
    """
    done = Imported()
    waiting: list[LawText] = []
    for reading in readings:
        done.files += 1
        if reading.error is not None:
            done.failed.append(reading)
        elif reading.text is not None:
            done.laws.add(reading.text.revision.law_id)
            waiting.append(reading.text)
            if len(waiting) >= BATCH:
                done.new_texts += save_texts(store, waiting)
                waiting = []
        else:
            done.laws.update(revision.law_id for revision in reading.revisions)
            done.new_revisions += save_revisions(store, reading.revisions)
    done.new_texts += save_texts(store, waiting)
    for law_id in sorted(done.laws):
        done.diffs += refresh_changes(store, law_id)
    return done


def refresh_changes(store: Store, law_id: str) -> list[StatuteDiff]:
    """Compare all neighbouring states of a law whose texts are kept; returns what is newly compared."""
    states = [state for state in known_states(store.public, law_id) if state.has_text]
    pairs = list(pairwise(state.revision for state in states))
    keep_only_changes(store, law_id, [(a.revision_id, b.revision_id) for a, b in pairs])
    known = known_changes(store.public, law_id)
    diffs: list[StatuteDiff] = []
    before: LawText | None = None
    for old, new in pairs:
        if (old.revision_id, new.revision_id) in known:
            before = None
            continue
        first = before if before and before.revision == old else text_of(store.public, old)
        second = text_of(store.public, new)
        if first is not None and second is not None:
            diffs.append(diff_states(first, second))
        before = second
    save_changes(store, diffs)
    return diffs


@dataclass(frozen=True, slots=True)
class KnownState:
    """An effective state of a law and whether its text is kept."""

    revision: LawRevision
    has_text: bool


def known_states(db: Database, law_id: str) -> list[KnownState]:
    """The effective states of a law, of all revisions listed, in their order."""
    with_text = {r.revision_id for r in revisions_of(db, law_id, with_text=True)}
    return [
        KnownState(revision, revision.revision_id in with_text)
        for revision in effective_states(revisions_of(db, law_id))
    ]


@dataclass(frozen=True, slots=True)
class Stand:
    """The state of a law at a moment; `missing` took effect since, but only their dates are known."""

    text: LawText
    missing: tuple[LawRevision, ...] = ()


def stand_at(db: Database, law_id: str, day: date) -> Stand:
    """The text in force on `day`; raises `InputError` when none is kept from that time."""
    states = [s for s in known_states(db, law_id) if s.revision.enforced_on <= day]
    missing: list[LawRevision] = []
    for state in reversed(states):
        text = text_of(db, state.revision) if state.has_text else None
        if text is not None:
            return Stand(text, tuple(reversed(missing)))
        missing.append(state.revision)
    kept = [s.revision for s in known_states(db, law_id) if s.has_text]
    if not kept:
        raise InputError(
            f"{law_id}: no text of this law is kept; `scopewatch statutes import PATH` or "
            "`scopewatch statutes update` brings it"
        )
    raise InputError(
        f"{law_id}: the kept texts begin on {kept[0].enforced_on}, nothing is known of {day}"
    )


def stand_of(db: Database, law_id: str, revision_id: str) -> Stand:
    """The text of one revision; raises `InputError` when it is unknown or only listed."""
    for revision in revisions_of(db, law_id):
        if revision.revision_id == revision_id:
            text = text_of(db, revision)
            if text is None:
                raise InputError(f"{revision_id}: is listed, but its text was not imported")
            return Stand(text)
    raise InputError(f"{revision_id}: is no revision of {law_id} that is known here")
