"""Deadlines and sleepers: dated plans that lie ahead, and considerations of which nothing was heard."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any, Literal

from sqlite_utils import Database

from data.clock import from_text, now, to_text, tokyo
from data.models import UseCaseKey
from data.names import use_case_name
from data.plans import planned_day
from data.store.connection import Store
from data.store.rows import stored_time
from data.vocabulary import Identifier, Stage

SLEEPS_AFTER = 6
"""Months without an event after which a consideration is brought to mind again."""

DeadlineKind = Literal["comment", "bill", "plan"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """A day that bears on a use: a public comment closes, a bill's session ends, a plan takes effect."""

    id: str
    """Stable: the source's own number, such as a public comment's."""
    kind: DeadlineKind
    title_ja: str
    due: date
    """The day in Tokyo."""
    url: str
    time: str | None = None
    """The hour in Tokyo where one is given, as 17:00; 00:00 is the midnight with which the day begins."""
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


def put_plans(db: Database, use_case: UseCaseKey, opening: str) -> None:
    """Bring the dated plans of a use case from a moment on (stored text) in line with its findings.

    A day is kept once per use, from the first publication that names it; a use that was halted or ruled
    out has no plans any more.
    """
    identity = str(use_case)
    db.execute(
        "DELETE FROM deadlines WHERE kind = 'plan' AND use_case_id = :use AND id LIKE 'plan:%' AND "
        "NOT EXISTS (SELECT 1 FROM findings f WHERE f.document_id = deadlines.document_id "
        "AND f.use_case_id = :use AND f.stage = 'planned' AND f.state = 'kept' AND f.at < :opening)",
        {"use": identity, "opening": opening},
    )
    rows = db.query(
        "SELECT f.evidence, f.at, f.document_id, d.title, d.url FROM findings f "
        "JOIN documents d ON d.id = f.document_id WHERE f.use_case_id = ? AND f.stage = ? "
        "AND f.at >= ? AND f.state = 'kept' ORDER BY f.at, f.id",
        [identity, Stage.PLANNED, opening],
    )
    names = {
        language: use_case_name(use_case.subject, use_case.identifier, language)
        for language in ("ja", "en")
    }
    for row in list(rows):
        day = planned_day(row["evidence"], tokyo(from_text(row["at"])).date())
        if day is not None:
            db.execute(
                "INSERT OR IGNORE INTO deadlines (id, kind, title_ja, title_en, due, url, use_case_id, "
                "document_id, updated_at) VALUES (?, 'plan', ?, ?, ?, ?, ?, ?, ?)",
                [
                    f"plan:{identity}:{day}",
                    f"{names['ja']}：{row['title']}",
                    f"{names['en']}: {row['title']}",
                    day.isoformat(),
                    row["url"],
                    identity,
                    row["document_id"],
                    row["at"],
                ],
            )
    db.execute(
        "UPDATE deadlines SET state = iif((SELECT stage FROM use_cases WHERE id = :use) "
        "IN ('halted', 'denied'), 'closed', 'open') WHERE kind = 'plan' AND use_case_id = :use",
        {"use": identity},
    )


def open_deadlines(store: Store, today: date) -> list[dict[str, Any]]:
    """Open deadlines from `today` on, the nearest first, with the days that are left.

    Among them, once per use, the next day on which a consideration will have been silent for `SLEEPS_AFTER`
    months, or for twice as long, and so on.
    """
    rows = store.public.query(
        "SELECT d.*, u.name_ja, u.name_en, u.subject, u.sector, u.identifier, p.source_id FROM deadlines d "
        "LEFT JOIN use_cases u ON u.id = d.use_case_id LEFT JOIN documents p ON p.id = d.document_id "
        "WHERE d.state = 'open' AND d.due >= ?",
        [today.isoformat()],
    )
    found = [*rows, *_falling_asleep(store, today)]
    found.sort(key=lambda row: (row["due"], row["id"]))
    return [{**row, "days_left": (date.fromisoformat(row["due"]) - today).days} for row in found]


def _falling_asleep(store: Store, today: date) -> list[dict[str, Any]]:
    """One reminder per use that is considered: the day on which nothing will have been heard for months."""
    rows = store.public.query(
        "SELECT u.id, u.subject, u.sector, u.identifier, u.name_ja, u.name_en, d.url, "
        "coalesce(u.last_event_at, u.since) AS heard FROM use_cases u "
        "LEFT JOIN events e ON e.use_case_id = u.id AND e.at = u.last_event_at AND e.state = 'live' "
        "AND e.kind != 'repeat' LEFT JOIN findings f ON f.id = e.finding_id "
        "LEFT JOIN documents d ON d.id = f.document_id "
        "WHERE u.stage = 'considered' AND coalesce(u.last_event_at, u.since) IS NOT NULL GROUP BY u.id"
    )
    return [_reminder(row, today) for row in rows]


def _reminder(row: dict[str, Any], today: date) -> dict[str, Any]:
    heard = tokyo(from_text(row["heard"])).date()
    months = SLEEPS_AFTER
    while (due := _months_later(heard, months)) < today:
        months += SLEEPS_AFTER
    identifier = Identifier(row["identifier"])
    ja, en = (use_case_name(row["subject"], identifier, language) for language in ("ja", "en"))
    return {
        "id": f"sleeper:{row['id']}:{due}",
        "kind": "sleeper",
        "title_ja": f"{ja}：検討と伝えられてから{months}か月、続報なし",
        "title_en": f"{en}: {months} months since it was said to be considered, nothing since",
        "due": due.isoformat(),
        "time": None,
        "url": row["url"] or "",
        "use_case_id": row["id"],
        "document_id": None,
        "state": "open",
        "updated_at": row["heard"],
        "name_ja": row["name_ja"],
        "name_en": row["name_en"],
        "subject": row["subject"],
        "sector": row["sector"],
        "identifier": row["identifier"],
        "source_id": None,
    }


def _months_later(day: date, months: int) -> date:
    month = day.year * 12 + day.month - 1 + months
    return day.replace(year=month // 12, month=month % 12 + 1, day=min(day.day, 28))


def sleepers(store: Store, months: int, at: datetime) -> list[dict[str, Any]]:
    """Use cases that are considered and had no event for `months` months at the moment `at`, oldest first."""
    day = tokyo(at)
    first = datetime.combine(_months_later(day.date(), -months), day.timetz())
    rows = store.public.query(
        "SELECT id, name_ja, name_en, sector, coalesce(last_event_at, since) AS last_event_at "
        "FROM use_cases WHERE stage = 'considered' AND coalesce(last_event_at, since) < ? "
        "ORDER BY 5, id",
        [stored_time(first)],
    )
    return [{**row, "days": (at - from_text(row["last_event_at"])).days} for row in rows]
