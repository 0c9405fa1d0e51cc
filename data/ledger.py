"""The ledger's rules: what dated evidence does to one use case. Pure: same evidence, same ledger.

The rules, in the order in which they are tried, for evidence of stage `s`:

1. Evidence is taken in the order of its day in Tokyo; within a day the stronger source class comes
   first (law, registry, ministry, Diet, …); so the order of arrival never matters.
2. `s` is considered, planned or adopted, and the last word was a denial or a halt: `reversal`.
3. No rung yet: `new`. A higher rung than the present one: `advance`. Otherwise `repeat`.
4. `s` is denied or halted, and already the last word: `repeat`.
5. `s` is denied or halted by somebody who does not decide for the whole system (a single town, a
   single bank) while the use is in force or officially confirmed, or what ends is a trial while the
   use is in force beyond trials: the first time `denial` or `halt`, later `repeat`; the ladder does
   not move.
6. Otherwise `denial` or `halt`, and the ladder shows it.

A rung is `official` from the first official source that confirms it. The baseline is evidence of
the class `law` on its own date that makes no event. A correction of an article is an event of its
own (`edition`), so that whoever was told of the first one is told of the second.

A replay may begin at a `Checkpoint`, the position at the end of a day, because nothing of a later
day can change what an earlier day gave.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from data.clock import tokyo
from data.models import Event, Evidence, UseCaseKey
from data.vocabulary import OFFICIAL, EventKind, SourceClass, Stage

LADDER = (Stage.CONSIDERED, Stage.PLANNED, Stage.ADOPTED)
STRENGTH = {source_class: rank for rank, source_class in enumerate(SourceClass)}


@dataclass(frozen=True, slots=True)
class Position:
    """Where a use case stands after some of its evidence."""

    stage: Stage | None = None
    official: bool = False
    since: datetime | None = None
    """Date of the evidence that brought it to its stage."""
    against: str | None = None
    """The denial or halt that stands as the last word."""
    local_words: frozenset[Stage] = frozenset()
    """Denials and halts that moved nothing, of which readers were told once (rule 5)."""
    trial: bool = False
    """True while nothing but a trial has brought it into force."""
    rested: bool = False
    """True once the baseline was taken into account."""

    @property
    def standing(self) -> Literal["reported", "official"]:
        return "official" if self.official else "reported"


@dataclass(frozen=True, slots=True)
class BaselineUse:
    """A use that was in force before the monitor started."""

    use_case: UseCaseKey
    stage: Stage
    since: datetime


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The position of a use case after all its evidence up to the end of a day in Tokyo."""

    day: str
    evidence: int
    position: Position


EVERY = 12
"""Pieces of evidence between two checkpoints: what one more report makes the ledger replay at most."""


def replay(
    use_case: UseCaseKey, evidence: Iterable[Evidence], baseline: BaselineUse | None = None
) -> tuple[Position, list[Event]]:
    """The position of `use_case` and all its events, oldest first, whatever the order of `evidence`."""
    position, events, _ = replay_from(None, use_case, evidence, baseline)
    return position, events


def replay_from(
    start: Checkpoint | None,
    use_case: UseCaseKey,
    evidence: Iterable[Evidence],
    baseline: BaselineUse | None = None,
) -> tuple[Position, list[Event], list[Checkpoint]]:
    """As `replay`, for the evidence of the days after `start`; with the checkpoints on the way."""
    position = start.position if start else Position()
    taken = first = start.evidence if start else 0
    events: list[Event] = []
    checkpoints: list[Checkpoint] = []
    day = start.day if start else ""
    for item in sorted(evidence, key=_order):
        today = day_of(item.at)
        if today != day and taken - first >= EVERY:
            checkpoints.append(Checkpoint(day, taken, position))
            first = taken
        day = today
        if baseline and not position.rested and baseline.since <= item.at:
            position = _rest_on(baseline, position)
        kind, after = move(position, item)
        events.append(_event(use_case, kind, position, after, item))
        position = after
        taken += 1
    if baseline and not position.rested:
        position = _rest_on(baseline, position)
    return position, events, checkpoints


def day_of(moment: datetime) -> str:
    """The day in Tokyo on which `moment` falls: 2026-11-20."""
    return tokyo(moment).date().isoformat()


def _order(item: Evidence) -> tuple[str, int, datetime, str]:
    return (
        day_of(item.at),
        STRENGTH[item.source_class],
        item.at,
        item.finding_id,
    )


def _rest_on(baseline: BaselineUse, position: Position) -> Position:
    return replace(
        position,
        stage=baseline.stage,
        official=True,
        since=baseline.since,
        against=None,
        trial=False,
        rested=True,
    )


def move(position: Position, item: Evidence) -> tuple[EventKind, Position]:
    """What one piece of evidence does to a position: the event's kind and the position after it."""
    if item.stage in LADDER:
        return _climb(position, item)
    return _stop(position, item)


def _climb(position: Position, item: Evidence) -> tuple[EventKind, Position]:
    official = item.source_class in OFFICIAL
    kind = _climbs(position.stage, item.stage)
    if kind is EventKind.REPEAT:
        confirmed = position.official or (official and position.stage is item.stage)
        only_trial = position.trial and (item.trial or item.stage is not Stage.ADOPTED)
        if (confirmed, only_trial) == (position.official, position.trial):
            return kind, position
        return kind, replace(position, official=confirmed, trial=only_trial)
    return kind, replace(
        position,
        stage=item.stage,
        official=official,
        since=item.at,
        against=None,
        trial=item.trial and item.stage is Stage.ADOPTED,
    )


def _climbs(here: Stage | None, there: Stage) -> EventKind:
    """What a rung of the ladder is after the present stage (rules 2 and 3)."""
    if here in (Stage.DENIED, Stage.HALTED):
        return EventKind.REVERSAL
    if here is None:
        return EventKind.NEW
    higher = LADDER.index(there) > LADDER.index(here)
    return EventKind.ADVANCE if higher else EventKind.REPEAT


def _stop(position: Position, item: Evidence) -> tuple[EventKind, Position]:
    official = item.source_class in OFFICIAL
    kind = EventKind.DENIAL if item.stage is Stage.DENIED else EventKind.HALT
    if position.stage is item.stage:
        return EventKind.REPEAT, replace(position, official=position.official or official)
    if _ends_elsewhere(position, item):
        if item.stage in position.local_words:
            return EventKind.REPEAT, position
        return kind, replace(position, local_words=position.local_words | {item.stage})
    return kind, replace(
        position,
        stage=item.stage,
        official=official,
        since=item.at,
        against=item.finding_id,
        trial=False,
    )


def _ends_elsewhere(position: Position, item: Evidence) -> bool:
    """True when what stops is one counter or one trial, and the use itself goes on (rule 5)."""
    in_force = position.stage is Stage.ADOPTED
    if item.trial and in_force and not position.trial:
        return True
    return not item.decides and (in_force or position.official)


def _event(
    use_case: UseCaseKey, kind: EventKind, before: Position, after: Position, item: Evidence
) -> Event:
    return Event(
        id=event_id(use_case, item.finding_id, item.edition),
        use_case=use_case,
        kind=kind,
        stage_before=before.stage,
        stage_after=after.stage or item.stage,
        finding_id=item.finding_id,
        at=item.at,
        standing=after.standing,
        against_finding_id=before.against if kind is EventKind.REVERSAL else None,
    )


def event_id(use_case: UseCaseKey, finding_id: str, edition: int = 0) -> str:
    """The same for the same finding in the same use case, however often the ledger is replayed."""
    name = f"{use_case}|{finding_id}" + (f"|{edition}" if edition else "")
    return hashlib.sha256(name.encode()).hexdigest()[:20]
