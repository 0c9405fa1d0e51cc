"""Fictional documents with one finding each, put into a store as crawler and classifier would."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from data.fingerprint import sha256_text, simhash64
from data.models import Document, Finding, Moment, Reading
from data.store.connection import Store
from data.store.documents import save_document
from data.store.findings import save_reading
from data.store.sources import SourceRecord, save_sources
from data.vocabulary import Identifier, Sector, SourceClass, Stage

DAY_ONE = datetime(2026, 1, 5, 3, tzinfo=UTC)
FETCHED = datetime(2031, 1, 1, tzinfo=UTC)
MODEL = "model-1"


def add_sources(store: Store) -> None:
    """One source of each class: its id is the class."""
    save_sources(
        store,
        [
            SourceRecord(
                id=word.value,
                publisher_ja=f"発行所{word.value}",
                publisher_en=f"Publisher {word.value}",
                name_ja="新着",
                name_en="News",
                source_group="news",
                source_class=word.value,
                kind="feed",
                url=f"https://{word.value}.example.jp/feed",
                enabled=True,
                disabled_reason=None,
                cadence_minutes=60,
                silence_days=3,
                terms="test",
            )
            for word in SourceClass
        ],
    )


def record(
    store: Store,
    name: str,
    stage: str | None,
    day: float | None = 0,
    *,
    source: str = "news",
    title: str = "汐見市で番号の利用をめぐる動き",
    text: str = "",
    evidence: str | None = None,
    actor: str | None = None,
    system: str | None = "atm",
    sector: str = "bank",
    identifier: str = "card",
    model: str = MODEL,
    score: float = 0.9,
    version: int = 1,
    also_seen: bool = False,
) -> str:
    """Store one document and its reading; gives the finding's id. Without a day it bears no date."""
    evidence = evidence if evidence is not None else f"汐見の{name}でカードを使う話が出た。"
    text = text or f"前文。{evidence}後文。"
    at = None if day is None else DAY_ONE + timedelta(days=day)
    document = Document(
        id=name,
        source_id=source,
        url=f"https://{source}.example.jp/{name}",
        title=title,
        text=text,
        published=at and Moment(at=at, precision="time", raw=at.isoformat()),
        fetched_at=FETCHED,
        encoding="utf-8/header",
        kind="html",
        status="ok",
        body_sha256=sha256_text(text),
        text_sha256=sha256_text(text),
        simhash=simhash64(text),
    )
    save_document(store, document)
    found = []
    if stage is not None:
        start = f"{title}\n{text}".rfind(evidence)
        found.append(
            Finding(
                sector=Sector(sector),
                identifier=Identifier(identifier),
                stage=Stage(stage),
                unlawful=False,
                evidence=evidence,
                start=start,
                end=start + len(evidence),
                score=score,
                system=system,
                actor=actor,
            )
        )
    reading = Reading(
        document_id=name,
        version=version,
        gated=False,
        findings=() if also_seen else tuple(found),
        also_seen=tuple(found) if also_seen else (),
    )
    save_reading(store, reading, model)
    rows = store.public.query("SELECT id FROM findings WHERE document_id = ?", [name])
    return next((row["id"] for row in rows), "")
