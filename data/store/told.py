"""What a digest tells beside events: promises set against what came later, and days that draw near."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from data.clock import from_text, to_text, tokyo
from data.store.connection import Store
from data.store.deadlines import open_deadlines
from data.store.events import Quotation
from data.vocabulary import Identifier, Sector, SourceClass, Stage


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldComparison:
    """A promise and a later statement about the same use, side by side; nobody has judged them."""

    id: str
    use_case_id: str
    subject: str
    sector: Sector
    identifier: Identifier
    name_ja: str
    name_en: str
    days: int
    conditional: bool
    source_id: str
    source_class: SourceClass
    promise_id: str
    promised: Quotation
    later: Quotation


_COMPARISONS = """
    SELECT c.promise_id, c.finding_id, c.days, p.quotation, p.speaker, p.office, p.body, p.at AS promised_at,
           p.venue, p.url AS promised_url, p.conditional, p.finding_id AS promised_finding,
           u.id AS use_case_id, u.subject, u.sector, u.identifier, u.name_ja, u.name_en,
           f.evidence, f.actor, f.stage, f.at, f.source_class, d.url, d.title, d.source_id,
           s.publisher_ja, s.publisher_en, coalesce(ps.publisher_ja, p.venue) AS promised_ja,
           coalesce(ps.publisher_en, p.venue) AS promised_en
    FROM comparisons c
    JOIN promises p ON p.id = c.promise_id
    JOIN findings f ON f.id = c.finding_id
    JOIN use_cases u ON u.id = f.use_case_id
    JOIN documents d ON d.id = f.document_id
    JOIN sources s ON s.id = d.source_id
    LEFT JOIN findings pf ON pf.id = p.finding_id
    LEFT JOIN documents pd ON pd.id = pf.document_id
    LEFT JOIN sources ps ON ps.id = pd.source_id
    WHERE c.opened_at >= ? AND f.state = 'kept' ORDER BY c.opened_at, c.promise_id, c.finding_id
"""


def comparisons_since(store: Store, since: datetime) -> list[ToldComparison]:
    """Comparisons that the ledger opened since a moment, oldest first: one query."""
    return [
        ToldComparison(
            id=f"comparison:{row['promise_id']}:{row['finding_id']}",
            use_case_id=row["use_case_id"],
            subject=row["subject"],
            sector=Sector(row["sector"]),
            identifier=Identifier(row["identifier"]),
            name_ja=row["name_ja"],
            name_en=row["name_en"],
            days=row["days"],
            conditional=bool(row["conditional"]),
            source_id=row["source_id"],
            source_class=SourceClass(row["source_class"]),
            promise_id=row["promise_id"],
            promised=Quotation(
                finding_id=row["promised_finding"] or "",
                text=row["quotation"],
                actor=f"{row['speaker'] or ''}{row['office'] or ''}" or row["body"],
                stage=Stage.DENIED,
                at=from_text(row["promised_at"]),
                url=row["promised_url"],
                title=row["venue"],
                source_ja=row["promised_ja"],
                source_en=row["promised_en"],
            ),
            later=Quotation(
                finding_id=row["finding_id"],
                text=row["evidence"],
                actor=row["actor"],
                stage=Stage(row["stage"]),
                at=from_text(row["at"]),
                url=row["url"],
                title=row["title"],
                source_ja=row["publisher_ja"],
                source_en=row["publisher_en"],
            ),
        )
        for row in store.public.query(_COMPARISONS, [to_text(since)])
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldDeadline:
    """A day that draws near: the end of a public comment, a date that a plan named."""

    id: str
    title_ja: str
    title_en: str
    due: date
    url: str
    use_case_id: str | None
    subject: str | None = None
    sector: Sector | None = None
    identifier: Identifier | None = None
    source_id: str | None = None
    """Whose date it is, as far as it is known: a comment that names no use has no sector."""


def deadlines_within(store: Store, at: datetime, days: int) -> list[ToldDeadline]:
    """Deadlines and reminders from the day of `at` in Tokyo up to `days` later, the nearest first."""
    return [
        ToldDeadline(
            id=row["id"],
            title_ja=row["title_ja"],
            title_en=row["title_en"] or row["title_ja"],
            due=date.fromisoformat(row["due"]),
            url=row["url"] or "",
            use_case_id=row["use_case_id"],
            subject=row["subject"],
            sector=Sector(row["sector"]) if row["sector"] else None,
            identifier=Identifier(row["identifier"]) if row["identifier"] else None,
            source_id=row["source_id"],
        )
        for row in open_deadlines(store, tokyo(at).date())
        if row["days_left"] <= days
    ]
