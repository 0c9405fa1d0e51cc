"""What changed in laws from one state to the next, kept so that it is compared once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from sqlite_utils import Database

from data.statute_diff import StatuteDiff
from data.statute_report import counts, diff_json
from data.store.connection import Store
from data.store.rows import stored_json


def save_changes(store: Store, diffs: Iterable[StatuteDiff]) -> None:
    """Keep differences between consecutive states; what is kept of the same pair is replaced."""
    with store.writing_public() as db:
        for diff in diffs:
            total = counts(diff)
            db.table("law_changes").insert(
                {
                    "law_id": diff.new.law_id,
                    "from_revision": diff.old.revision_id,
                    "to_revision": diff.new.revision_id,
                    "enforced_on": diff.new.enforced_on.isoformat(),
                    **{
                        key: total[key]
                        for key in (
                            "added",
                            "removed",
                            "amended",
                            "renumbered",
                            "moved",
                            "changed_sentences",
                        )
                    },
                    "detail": stored_json(diff_json(diff)),
                },
                replace=True,
                pk=("from_revision", "to_revision"),
            )


def known_changes(db: Database, law_id: str) -> set[tuple[str, str]]:
    """The pairs of revisions whose difference is kept."""
    return {
        (row["from_revision"], row["to_revision"])
        for row in db.query(
            "SELECT from_revision, to_revision FROM law_changes WHERE law_id = ?", [law_id]
        )
    }


def keep_only_changes(store: Store, law_id: str, pairs: Iterable[tuple[str, str]]) -> None:
    """Forget differences that are between neighbours no more, because a revision came in between."""
    wanted = set(pairs)
    with store.writing_public() as db:
        for first, second in known_changes(db, law_id) - wanted:
            db.execute(
                "DELETE FROM law_changes WHERE from_revision = ? AND to_revision = ?",
                [first, second],
            )


def changed_pairs(db: Database, since: date) -> list[tuple[str, str, str]]:
    """(law, from, to) of the kept differences since a day in which rows came or were reworded, oldest first."""
    return [
        (row["law_id"], row["from_revision"], row["to_revision"])
        for row in db.query(
            "SELECT law_id, from_revision, to_revision FROM law_changes "
            "WHERE enforced_on >= ? AND added + amended > 0 ORDER BY enforced_on, to_revision",
            [since.isoformat()],
        )
    ]


def changes_of(db: Database, law_id: str) -> Iterator[dict[str, Any]]:
    """The counts of every kept difference of a law, oldest first."""
    return db.query(
        "SELECT from_revision, to_revision, enforced_on, added, removed, amended, renumbered, moved, "
        "changed_sentences FROM law_changes WHERE law_id = ? ORDER BY enforced_on, to_revision",
        [law_id],
    )
