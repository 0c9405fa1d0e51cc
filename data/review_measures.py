"""Precision as persons judged it: their live reviews against what the machine had said, week by week.

A finding that was told (`kept`) and confirmed is right; `not a finding` is wrong; a change counts as right
for what it leaves alone: the use (sector, identifier, system) and the stage are measured apart. What was only
`also seen` was never told; a confirmation there is a finding that the threshold missed.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date
from typing import Any

from data.clock import from_text, tokyo

USE = frozenset({"sector", "identifier", "system"})


def by_week(reviews: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """One row per ISO week of Tokyo in which reviews were given, oldest first, and `all` as the last."""
    weeks: dict[str, list[dict[str, Any]]] = {}
    for review in reviews:
        day = tokyo(from_text(review["at"])).date()
        weeks.setdefault(_week(day), []).append(review)
    rows = [_measured(week, found) for week, found in sorted(weeks.items())]
    every = [review for found in weeks.values() for review in found]
    return [*rows, _measured("all", every)] if every else []


def _week(day: date) -> str:
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02}"


def _measured(week: str, reviews: list[dict[str, Any]]) -> dict[str, Any]:
    told = [review for review in reviews if json.loads(review["machine"])["state"] == "kept"]
    changes = [_changed(review) for review in told]
    use = sum(changed is not None and not changed & USE for changed in changes)
    stage = sum(changed is not None and not changed & {*USE, "stage"} for changed in changes)
    return {
        "week": week,
        "reviews": len(reviews),
        "told": len(told),
        "precision": round(use / len(told), 3) if told else None,
        "precision_with_stage": round(stage / len(told), 3) if told else None,
        "not_a_finding": sum(changed is None for changed in changes),
        "missed": sum(
            review["verdict"] != "not a finding" for review in reviews if review not in told
        ),
    }


def _changed(review: dict[str, Any]) -> frozenset[str] | None:
    """The fields in which a person contradicts the machine; None where the whole finding is none."""
    if review["verdict"] == "not a finding":
        return None
    machine, change = json.loads(review["machine"]), json.loads(review["change"])
    return frozenset(name for name, value in change.items() if machine.get(name) != value)
