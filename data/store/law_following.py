"""What following the laws remembers: how far each law's changes are known, and which are unconfirmed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from data.clock import from_text, to_text
from data.statutes import UNCONFIRMED
from data.store.connection import Store
from data.store.rows import stored_json


@dataclass(frozen=True, slots=True)
class Heard:
    """What e-Gov has told about one law."""

    law_id: str
    known_to: date
    """The last day whose changes are known."""
    polled_at: datetime
    """When its own list of revisions was read last."""


def heard_of(store: Store, law_ids: Iterable[str]) -> dict[str, Heard]:
    """What is known of each law; those that were never asked about are left out."""
    rows = store.public.query(
        "SELECT law_id, known_to, polled_at FROM law_heard "
        "WHERE law_id IN (SELECT value FROM json_each(?))",
        [stored_json(list(law_ids))],
    )
    return {
        row["law_id"]: Heard(
            row["law_id"], date.fromisoformat(row["known_to"]), from_text(row["polled_at"])
        )
        for row in rows
    }


def save_heard(store: Store, heard: Iterable[Heard]) -> None:
    """Remember how far the laws are known."""
    with store.writing_public() as db:
        for one in heard:
            db.execute(
                "INSERT OR REPLACE INTO law_heard VALUES (?, ?, ?)",
                [one.law_id, one.known_to.isoformat(), to_text(one.polled_at)],
            )


def unconfirmed_since(store: Store, moment: datetime) -> set[str]:
    """The laws of which an unconfirmed revision came after `moment`: their lists may name it yet."""
    rows = store.public.query(
        "SELECT DISTINCT law_id FROM law_revisions WHERE status = ? AND first_seen_at >= ?",
        [UNCONFIRMED, to_text(moment)],
    )
    return {row["law_id"] for row in rows}
