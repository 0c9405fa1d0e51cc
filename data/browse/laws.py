"""The statutes: which laws are followed, how each changed, and two of its states side by side."""

from __future__ import annotations

import re
import sqlite3
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from rapidfuzz.distance import Indel

from data.browse import law_queries as asked
from data.browse.context import Part
from data.browse.law_queries import State
from data.browse.visit import NoSuchRecord, Page, Visit
from data.clock import now, tokyo
from data.statute_watch import watched
from data.statutes import LawRevision
from data.vocabulary import Sector

ROWS_SHOWN = 150
LONGEST_MARKED = 3000
"""Characters of a cell up to which single words are marked; longer ones are shown as they are."""


@dataclass(frozen=True, slots=True)
class Beside:
    """One row or sentence before and after; None where it did not exist. `marks` are the two with changes marked."""

    before: dict[str, Any] | None
    after: dict[str, Any] | None
    old: tuple[Part, ...] = ()
    new: tuple[Part, ...] = ()


def laws(connection: sqlite3.Connection, visit: Visit) -> Page:
    """The laws that are kept, with what they permit now."""
    found = []
    for law in asked.laws(connection):
        entry = watched(law["law_id"])
        found.append({**law, "short": entry.short if entry else law["title"], "watched": entry})
    return Page(template="laws.html", context={"laws": found})


def law(connection: sqlite3.Connection, visit: Visit) -> Page:
    """One law: its states and uses over time; with `from` and `to`, two states side by side.

    The two may stand in the path too, so that a static copy has a file for each comparison.
    """
    identity = visit.matched["id"]
    states = visit.memory.once(("states", identity), partial(asked.states_of, connection, identity))
    if not states:
        raise NoSuchRecord
    today = tokyo(now()).date()
    uses = visit.memory.once(
        ("uses", identity), partial(asked.uses_by_revision, connection, identity)
    )
    kept = [state for state in states if state.has_text]
    sectors = [s.value for s in Sector if any(s in counted for counted in uses.values())]
    return Page(
        template="law.html",
        context={
            "law_id": identity,
            "title": states[-1].revision.title or identity,
            "entry": watched(identity),
            "states": list(reversed(states)),
            "neighbour": neighbours(kept),
            "amending_number": amending_number,
            "whole": whole(kept, today),
            "uses": uses,
            "use_sectors": sectors,
            "today": today,
            "compared": compared(connection, visit, states),
            "asked_from": _asked(visit, "from"),
            "asked_to": _asked(visit, "to"),
        },
    )


_ACT = re.compile(r"([1-5])([0-9]{2})AC[0-9]([0-9]{9})")
_ERAS = ("明治", "大正", "昭和", "平成", "令和")


def amending_number(revision: LawRevision) -> str:
    """The number of the amending law as statutes are cited, 令和7年法律第87号; read from its id where e-Gov gave no more.

    Empty for the first version and an expiry, which no law amends.
    """
    if revision.amending_law_num:
        return revision.amending_law_num
    identity = revision.amending_law_id or ""
    if not (act := _ACT.fullmatch(identity)):
        return identity if identity.strip("0") else ""
    year = "元" if act[2] == "01" else str(int(act[2]))
    return f"{_ERAS[int(act[1]) - 1]}{year}年法律第{int(act[3])}号"


def neighbours(kept: list[State]) -> dict[str, str]:
    """For each state with text the one before it, to compare with."""
    ids = [state.revision.revision_id for state in kept]
    return dict(zip(ids[1:], ids, strict=False))


def whole(kept: list[State], today: date) -> tuple[str, str] | None:
    """The first state with text and the one in force today, when other states lie between them."""
    now_in_force = [state for state in kept if state.revision.enforced_on <= today]
    if len(now_in_force) < 3:
        return None
    return now_in_force[0].revision.revision_id, now_in_force[-1].revision.revision_id


def _asked(visit: Visit, name: str) -> str:
    return visit.matched.get(name) or visit.query.get(name, "")


def compared(
    connection: sqlite3.Connection, visit: Visit, states: list[State]
) -> dict[str, Any] | None:
    """The two states that the address names and what separates them; None when it names none."""
    first, second = _asked(visit, "from"), _asked(visit, "to")
    if not first or not second:
        return None
    old, new = asked.named(states, first.strip()), asked.named(states, second.strip())
    if old is None or new is None:
        return {"missing": first if old is None else second}
    if old.revision.order > new.revision.order:
        old, new = new, old
    ids = ("difference", old.revision.revision_id, new.revision.revision_id)
    groups = visit.memory.once(ids, lambda: _groups(asked.difference(connection, old, new)))
    return {"old": old.revision, "new": new.revision, "groups": groups}


def _groups(found: dict[str, Any]) -> list[tuple[str, list[Beside], int]]:
    """Each list of a difference that is not empty: its name, the rows shown, and how many are not."""
    return [
        (name, parts[:ROWS_SHOWN], max(0, len(parts) - ROWS_SHOWN))
        for name, parts in side_by_side(found)
        if parts
    ]


def side_by_side(found: dict[str, Any]) -> list[tuple[str, list[Beside]]]:
    """The lists of a difference as pairs; what only got another number comes last."""
    return [
        ("added", [Beside(None, each) for each in found.get("added", [])]),
        ("removed", [Beside(each, None) for each in found.get("removed", [])]),
        ("amended", [_pair(e["before"], e["after"]) for e in found.get("amended", [])]),
        (
            "sentences",
            [_pair(e["before"], e["after"]) for e in found.get("changed_sentences", [])],
        ),
        ("moved", [_renumbered(each) for each in found.get("moved", [])]),
        ("renumbered", [_renumbered(each) for each in found.get("renumbered", [])]),
    ]


def _renumbered(each: dict[str, Any]) -> Beside:
    before = {**each, "number": each["from"], "table": each["from_table"]}
    return Beside(before, {**each, "number": each["to"], "table": each["to_table"]})


def _pair(before: dict[str, Any] | None, after: dict[str, Any] | None) -> Beside:
    if before is None or after is None:
        return Beside(before, after)
    old, new = marked(cell_text(before), cell_text(after))
    return Beside(before, after, old, new)


def cell_text(row: dict[str, Any]) -> str:
    """A row's words as they are read: who, what for, and the further columns; or a sentence."""
    if "text" in row:
        return str(row["text"])
    lines = ["　".join(line) for line in row.get("lines", [])]
    return "\n".join([row["body"], row["task"], *lines]).strip()


def marked(before: str, after: str) -> tuple[tuple[Part, ...], tuple[Part, ...]]:
    """The two texts in parts; marked is what the other one does not have."""
    if max(len(before), len(after)) > LONGEST_MARKED:
        return (Part(before),), (Part(after),)
    old: list[Part] = []
    new: list[Part] = []
    for step in Indel.opcodes(before, after):
        gone, come = before[step.src_start : step.src_end], after[step.dest_start : step.dest_end]
        same = step.tag == "equal"
        _add(old, gone, not same)
        _add(new, come, not same)
    return tuple(_joined(old)), tuple(_joined(new))


def _add(parts: list[Part], text: str, is_marked: bool) -> None:
    if text:
        parts.append(Part(text, marked=is_marked))


def _joined(parts: list[Part]) -> list[Part]:
    """Single characters that happen to be equal between two changes belong to the change."""
    done: list[Part] = []
    for at, part in enumerate(parts):
        lone = not part.marked and len(part.text) < 2 and 0 < at < len(parts) - 1
        is_marked = part.marked or lone
        if done and done[-1].marked == is_marked:
            done[-1] = Part(done[-1].text + part.text, marked=is_marked)
        else:
            done.append(Part(part.text, marked=is_marked))
    return done
