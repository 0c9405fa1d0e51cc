"""A small fictional world for the tests of alerts: sources, documents and what was read in them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from data.baseline import load_baseline
from data.models import Document, Finding, Moment, Reading, SourceRun
from data.store.connection import Store
from data.store.deadlines import Deadline, save_deadlines
from data.store.documents import save_document
from data.store.findings import save_reading
from data.store.ledger import update_ledger
from data.store.sources import SourceRecord, record_source_run, save_sources
from data.systems import load_systems
from data.vocabulary import Identifier, Sector, Stage

MONDAY = datetime(2026, 11, 15, 22, 30, tzinfo=UTC)
"""Monday 16 November 2026, 07:30 in Tokyo: half an hour after the usual digest."""


def source(name: str, ja: str, en: str, source_class: str = "news") -> SourceRecord:
    return SourceRecord(
        id=name,
        publisher_ja=ja,
        publisher_en=en,
        name_ja="新着",
        name_en="News",
        source_group="news",
        source_class=source_class,
        kind="feed",
        url=f"https://{name.replace('_', '-')}.example.jp/feed",
        enabled=True,
        disabled_reason=None,
        cadence_minutes=60,
        silence_days=3,
        terms="test",
    )


SOURCES = (
    source("shiomi", "汐見新報", "Shiomi Shimpo"),
    source("naisei", "内政省", "Ministry of Home Administration", "ministry"),
    source("yowa", "夜話通信", "Yowa Press"),
)


@dataclass(frozen=True, kw_only=True)
class Said:
    """One statement in one document, as the classifier would hand it over."""

    name: str
    text: str
    sector: str = "bank"
    stage: str = "planned"
    identifier: str = "number"
    system: str | None = None
    actor: str | None = "汐見銀行"
    title: str = "汐見銀行が番号の利用を計画"
    source_id: str = "shiomi"
    at: datetime = MONDAY - timedelta(hours=6)
    url: str | None = None
    unlawful: bool = False
    story: str | None = None


def open_world(store: Store, at: datetime = MONDAY, failing: int = 0) -> None:
    """Write the sources; all were read an hour before `at`, but for the first `failing`."""
    save_sources(store, SOURCES)
    for number, record in enumerate(SOURCES):
        record_source_run(
            store,
            SourceRun(
                source_id=record.id,
                started_at=at - timedelta(hours=1),
                finished_at=at - timedelta(hours=1),
                outcome="unreachable" if number < failing else "ok",
            ),
        )


def tell(store: Store, *statements: Said) -> None:
    """Store documents with one finding each and bring the ledger up to date."""
    for said in statements:
        save_document(store, document_of(said))
        reading = Reading(document_id=said.name, version=1, gated=False, findings=(_finding(said),))
        save_reading(store, reading, "test-model")
        if said.story:
            with store.writing_public() as db:
                db.table("documents").update(said.name, {"story_id": said.story})
    update_ledger(store)


def document_of(said: Said) -> Document:
    return Document(
        id=said.name,
        source_id=said.source_id,
        url=said.url or f"https://{said.source_id}.example.jp/{said.name}",
        title=said.title,
        text=said.text,
        published=Moment(at=said.at, precision="time", raw=""),
        fetched_at=said.at + timedelta(minutes=10),
        encoding="utf-8/header",
        kind="html",
        status="ok",
        body_sha256="0" * 64,
        text_sha256=hashlib.sha256(said.text.encode()).hexdigest(),
        simhash=0,
    )


def _finding(said: Said) -> Finding:
    return Finding(
        sector=Sector(said.sector),
        identifier=Identifier(said.identifier),
        stage=Stage(said.stage),
        unlawful=said.unlawful,
        evidence=said.text,
        start=len(said.title) + 1,
        end=len(said.title) + 1 + len(said.text),
        score=0.9,
        system=said.system,
        actor=said.actor,
    )


PROMISE = Said(
    name="promise",
    text="警察が犯罪捜査のために番号を利用することは考えておりません。",
    sector="police",
    stage="denied",
    actor="岬内政大臣",
    title="内政委員会の会議録",
    source_id="naisei",
    at=MONDAY - timedelta(days=40),
)
TURN = Said(
    name="turn",
    text="警察は捜査で番号を照会する仕組みを検討している。",
    sector="police",
    stage="considered",
    actor="警察",
    title="警察、番号の照会を検討",
)
PLAN = Said(name="plan", identifier="juki", text="汐見銀行は口座開設で番号を使う計画を決めた。")
"""No baseline knows a bank that reads the resident-register code."""


def new_use(number: int, **said: Any) -> Said:
    """A statement about the use case of that number among those that no baseline has (police excepted)."""
    known = load_baseline()
    system, identifier = [
        (name, identifier)
        for identifier in ("juki", "number", "card")
        for name, system in sorted(load_systems().items())
        if f"{name}:{identifier}" not in known and system.sector != Sector.POLICE
    ][number]
    sector = load_systems()[system].sector
    return Said(system=system, identifier=identifier, sector=sector, **said)


def put_deadline(
    store: Store,
    due: str,
    *,
    name: str = "d1",
    title: str = "意見募集の締切",
    use_case: str | None = None,
) -> None:
    """What the parts that read public comments and plans write."""
    url = "https://naisei.example.jp/comment"
    day = date.fromisoformat(due)
    save_deadlines(
        store,
        [Deadline(id=name, kind="comment", title_ja=title, due=day, url=url, use_case_id=use_case)],
    )
