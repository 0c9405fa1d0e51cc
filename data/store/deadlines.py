"""Deadlines and sleepers: dated plans that lie ahead, and considerations of which nothing was heard."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any, Literal

from data.clock import from_text, now, to_text, tokyo
from data.store.connection import Store
from data.store.rows import stored_time

DeadlineKind = Literal["comment", "bill", "plan"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """A day that bears on a use: a public comment closes, a bill's session ends, a plan takes effect."""

    id: str
    """Stable: the source's own number, such as a public comment's."""
    kind: DeadlineKind
    title_ja: str
    due: date
    url: str
    title_en: str = ""
    use_case_id: str | None = None
    document_id: str | None = None
    state: Literal["open", "closed"] = "open"


def save_deadlines(store: Store, deadlines: list[Deadline]) -> None:
    """Write deadlines, each over the one with its id."""
    at = to_text(now())
    with store.writing_public() as db:
        for deadline in deadlines:
            row = {**asdict(deadline), "due": deadline.due.isoformat(), "updated_at": at}
            db.table("deadlines").upsert(row, pk="id")


def open_deadlines(store: Store, today: date) -> list[dict[str, Any]]:
    """Open deadlines from `today` on, the nearest first, with the days that are left."""
    rows = store.public.query(
        "SELECT d.*, u.name_ja, u.name_en FROM deadlines d "
        "LEFT JOIN use_cases u ON u.id = d.use_case_id "
        "WHERE d.state = 'open' AND d.due >= ? ORDER BY d.due, d.id",
        [today.isoformat()],
    )
    return [{**row, "days_left": (date.fromisoformat(row["due"]) - today).days} for row in rows]


def sleepers(store: Store, months: int, at: datetime) -> list[dict[str, Any]]:
    """Use cases that are considered and had no event for `months` months at the moment `at`, oldest first."""
    day = tokyo(at)
    month = day.year * 12 + day.month - 1 - months
    first = day.replace(year=month // 12, month=month % 12 + 1, day=min(day.day, 28))
    rows = store.public.query(
        "SELECT id, name_ja, name_en, sector, coalesce(last_event_at, since) AS last_event_at "
        "FROM use_cases WHERE stage = 'considered' AND coalesce(last_event_at, since) < ? "
        "ORDER BY 5, id",
        [stored_time(first)],
    )
    return [{**row, "days": (at - from_text(row["last_event_at"])).days} for row in rows]
