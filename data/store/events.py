"""What the ledger has to tell: events with their evidence, source and story, for digests and pages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from data.clock import from_text, to_text
from data.store.connection import Store
from data.vocabulary import EventKind, Identifier, Sector, SourceClass, Stage


@dataclass(frozen=True, slots=True, kw_only=True)
class Quotation:
    """A sentence that proves something: verbatim, who, where, when."""

    finding_id: str
    text: str
    actor: str | None
    stage: Stage
    at: datetime
    url: str
    title: str
    source_ja: str
    source_en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldEvent:
    """One event as a reader is told of it."""

    seq: int
    id: str
    kind: EventKind
    use_case_id: str
    subject: str
    sector: Sector
    identifier: Identifier
    name_ja: str
    name_en: str
    stage_before: Stage | None
    stage_after: Stage
    standing: str
    at: datetime
    unlawful: bool
    score: float
    source_id: str
    source_class: SourceClass
    story_id: str
    outlets: int
    """How many publishers tell the same story, this one included; two streams of one are one."""
    quotation: Quotation
    against: Quotation | None


_EVENTS = """
    SELECT e.seq, e.id, e.kind, e.use_case_id, e.stage_before, e.stage_after, e.standing, e.at,
           u.subject, u.sector, u.identifier, u.name_ja, u.name_en,
           f.id AS finding_id, f.evidence, f.actor, f.stage, f.unlawful, f.score, f.source_class,
           d.url, d.title, d.story_id, d.source_id, s.name_ja AS source_name_ja,
           s.name_en AS source_name_en, s.publisher_ja, s.publisher_en,
           (SELECT count(DISTINCT teller.publisher_ja) FROM documents other
            JOIN sources teller ON teller.id = other.source_id
            WHERE other.story_id = d.story_id) AS outlets,
           a.id AS against_id, a.evidence AS against_evidence, a.actor AS against_actor,
           a.stage AS against_stage, a.at AS against_at, ad.url AS against_url,
           ad.title AS against_title, asrc.publisher_ja AS against_publisher_ja,
           asrc.publisher_en AS against_publisher_en
    FROM events e
    JOIN use_cases u ON u.id = e.use_case_id
    JOIN findings f ON f.id = e.finding_id
    JOIN documents d ON d.id = f.document_id
    JOIN sources s ON s.id = d.source_id
    LEFT JOIN findings a ON a.id = e.against_finding_id
    LEFT JOIN documents ad ON ad.id = a.document_id
    LEFT JOIN sources asrc ON asrc.id = ad.source_id
"""


def events_after(store: Store, seq: int) -> list[ToldEvent]:
    """All live events that the ledger recorded after `seq`, in its order: one query."""
    rows = store.public.query(
        f"{_EVENTS} WHERE e.seq > ? AND e.state = 'live' ORDER BY e.seq", [seq]
    )
    return [_told(row) for row in rows]


def _told(row: dict[str, Any]) -> ToldEvent:
    return ToldEvent(
        seq=row["seq"],
        id=row["id"],
        kind=EventKind(row["kind"]),
        use_case_id=row["use_case_id"],
        subject=row["subject"],
        sector=Sector(row["sector"]),
        identifier=Identifier(row["identifier"]),
        name_ja=row["name_ja"],
        name_en=row["name_en"],
        stage_before=Stage(row["stage_before"]) if row["stage_before"] else None,
        stage_after=Stage(row["stage_after"]),
        standing=row["standing"],
        at=from_text(row["at"]),
        unlawful=bool(row["unlawful"]),
        score=row["score"],
        source_id=row["source_id"],
        source_class=SourceClass(row["source_class"]),
        story_id=row["story_id"],
        outlets=row["outlets"],
        quotation=Quotation(
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
        against=_against(row),
    )


def _against(row: dict[str, Any]) -> Quotation | None:
    if row["against_id"] is None:
        return None
    return Quotation(
        finding_id=row["against_id"],
        text=row["against_evidence"],
        actor=row["against_actor"],
        stage=Stage(row["against_stage"]),
        at=from_text(row["against_at"]),
        url=row["against_url"],
        title=row["against_title"],
        source_ja=row["against_publisher_ja"],
        source_en=row["against_publisher_en"],
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Dropped:
    """How much was read and set aside in a period: promise 2 of design.md."""

    documents: int
    gated: int
    also_seen: int
    quarantined: int
    unread: int


def dropped_since(store: Store, since: datetime) -> Dropped:
    """Counts over the documents fetched since a moment, and the findings in them."""
    start = [to_text(since)]
    documents = next(
        iter(
            store.public.query(
                "SELECT count(*) AS documents, coalesce(sum(gated), 0) AS gated, "
                "sum(read_model IS NULL) AS unread FROM documents WHERE fetched_at >= ?",
                start,
            )
        )
    )
    states = {
        row["state"]: row["n"]
        for row in store.public.query(
            "SELECT f.state, count(*) AS n FROM findings f JOIN documents d ON d.id = f.document_id "
            "WHERE d.fetched_at >= ? GROUP BY f.state",
            start,
        )
    }
    return Dropped(
        documents=documents["documents"],
        gated=documents["gated"],
        also_seen=states.get("also_seen", 0),
        quarantined=states.get("quarantined", 0),
        unread=documents["unread"] or 0,
    )


def last_seq(store: Store) -> int:
    """The newest place in the ledger's sequence; 0 when nothing happened yet."""
    row: tuple[int] = store.public.execute("SELECT coalesce(max(seq), 0) FROM events").fetchone()
    return row[0]


def use_cases(store: Store) -> Iterator[dict[str, Any]]:
    """The rows of the ledger, by sector and name."""
    return store.public.query("SELECT * FROM use_cases ORDER BY sector, name_ja")
