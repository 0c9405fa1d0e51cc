"""The reviewers' pages: the queue, what was reviewed lately, and signing in."""

from __future__ import annotations

import json
import sqlite3
from typing import Any

from data.browse import review_queries as asked
from data.browse.context import in_context
from data.browse.reasons import reasons
from data.browse.rows import Row
from data.browse.visit import NoSuchRecord, Page, SignInFirst, Visit
from data.names import subject_name
from data.systems import load_systems

ON_A_PAGE = 10
LATELY = 50


def queue(connection: sqlite3.Connection, visit: Visit) -> Page:
    """The findings that wait for a person, the most uncertain first."""
    only_reviewers(visit)
    skip = int(visit.matched.get("skip") or 0)
    total = asked.waiting_count(connection)
    shown = asked.waiting(connection, ON_A_PAGE, skip)
    return Page(
        template="review.html",
        context={
            "waiting": [_with_context(item, visit) for item in shown],
            "total": total,
            "first": skip + 1,
            "next_skip": skip + ON_A_PAGE if skip + ON_A_PAGE < total else None,
            "lately": asked.reviewed_lately(connection, 1),
            "systems": systems(visit),
        },
    )


def lately(connection: sqlite3.Connection, visit: Visit) -> Page:
    """The newest reviews with who gave them, each to be undone."""
    only_reviewers(visit)
    found = asked.reviewed_lately(connection, LATELY)
    for item in found:
        acts = visit.desk.acts(f"finding:{item['id']}") if visit.desk else []
        item["author"] = next((a["author"] for a in acts if a["act"] == item["verdict"]), None)
    return Page(template="reviewed.html", context={"reviewed": found})


def sign_in(connection: sqlite3.Connection, visit: Visit) -> Page:
    """The form for name and password, or the way to the operator's plugin."""
    if visit.desk is None:
        raise NoSuchRecord
    return Page(
        template="sign_in.html",
        context={"next": visit.query.get("next", ""), "plugin_path": visit.desk.sign_in_path},
    )


def only_reviewers(visit: Visit) -> None:
    """Raise `NoSuchRecord` where nobody reviews, `SignInFirst` for who is not signed in."""
    if visit.desk is None:
        raise NoSuchRecord
    if visit.reviewer is None:
        raise SignInFirst


def systems(visit: Visit) -> list[tuple[str, str]]:
    """Ids and names of the systems, for a correction."""
    return [(name, subject_name(name, visit.language)) for name in load_systems()]


def _with_context(item: Row, visit: Visit) -> dict[str, Any]:
    why = reasons(json.loads(item["why"] or "[]"), visit.language)
    return {**item, "context": in_context(item), "reasons": why}
