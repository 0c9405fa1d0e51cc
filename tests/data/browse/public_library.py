"""A small fictional public database, filled through the store's own functions, for the pages' tests."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from statutes_shelf import fill_statutes

from data.baseline import load_baseline
from data.models import Document, Finding, Moment, Reading, SourceRun
from data.promises import promise_id
from data.store.connection import Store
from data.store.documents import save_document
from data.store.findings import finding_id, save_reading
from data.store.ledger import save_baseline, update_ledger
from data.store.sources import SourceRecord, record_source_run, save_sources
from data.vocabulary import Identifier, Sector, Stage

DAY = datetime(2026, 11, 20, 1, tzinfo=UTC)
EVIL_TITLE = '<script>alert(1)</script> <!channel> <img src=x onerror=alert(2)> "旅券"'
EVIL_URL = "javascript:alert(document.domain)"


@dataclass(frozen=True)
class Told:
    """One fictional publication and the assertion in it."""

    name: str
    days_ago: int
    source: str
    title: str
    text: str
    evidence: str
    sector: Sector
    stage: Stage
    identifier: Identifier = Identifier.CARD
    system: str | None = None
    actor: str | None = None
    url: str | None = None
    unlawful: bool = False


TOLD = (
    Told("nai-1", 700, "naisei_press", "住民基本台帳の利用について", "内政省は、住民票コードを銀行口座の開設に用いる考えはないと説明した。質疑は一時間に及んだ。",
         "住民票コードを銀行口座の開設に用いる考えはない", Sector.BANK, Stage.DENIED, Identifier.JUKI, None, "内政省"),
    Told("shi-1", 30, "shiomi_news", "汐見銀行、口座開設に住民票コード", "関係者によると、汐見銀行は口座開設の本人確認に住民票コードを使うことを検討している。同行は取材に答えていない。",
         "汐見銀行は口座開設の本人確認に住民票コードを使うことを検討している。", Sector.BANK, Stage.CONSIDERED, Identifier.JUKI, None, "汐見銀行"),
    Told("shi-2", 2, "shiomi_news", "旅券の申請、カードで完結へ", "外事省は旅券の申請をマイナンバーカードで完結させる方針を固めた。来年度に始める。",
         "外事省は旅券の申請をマイナンバーカードで完結させる方針を固めた。", Sector.PASSPORT, Stage.PLANNED, Identifier.CARD, None, "外事省"),
    Told("nai-2", 1, "naisei_press", "旅券手続きのオンライン化", "旅券の申請において、マイナンバーカードによる電子署名の受付を開始した。",
         "旅券の申請において、マイナンバーカードによる電子署名の受付を開始した。", Sector.PASSPORT, Stage.ADOPTED, Identifier.CARD, None, "外事省"),
    Told("kin-1", 12, "kinkan_trade", "預金口座のひも付け、来春から", "金融監理庁は預金口座とマイナンバーのひも付けを来春から始める予定だ。ＰＩＡは未実施である。",
         "金融監理庁は預金口座とマイナンバーのひも付けを来春から始める予定だ。", Sector.BANK, Stage.PLANNED, Identifier.NUMBER, "payment_service", "金融監理庁"),
    Told("kei-1", 200, "shiomi_news", "衆議院 内務委員会 第3号 架空太郎", "警保庁は、捜査の照会に個人番号を利用しないと国会で述べた。",
         "警保庁は、捜査の照会に個人番号を利用しないと国会で述べた。", Sector.POLICE, Stage.DENIED, Identifier.NUMBER, None, "警保庁"),
    Told("kei-2", 3, "shiomi_news", "警察の照会システムに番号", "警保庁は照会システムで個人番号を検索に用いる計画をまとめたことが分かった。",
         "警保庁は照会システムで個人番号を検索に用いる計画をまとめたことが分かった。", Sector.POLICE, Stage.PLANNED, Identifier.NUMBER, None, "警保庁"),
    Told("zei-1", 60, "zei_blog", "税の滞納と住基ネット", "潮路市では、税の滞納者の調査に住基ネットを違法に使った疑いがある。",
         "潮路市では、税の滞納者の調査に住基ネットを違法に使った疑いがある。", Sector.TAX, Stage.ADOPTED, Identifier.JUKI, "fixed_asset_tax", "潮路市", unlawful=True),
    Told("evil", 5, "zei_blog", EVIL_TITLE, "医療の窓口で<b>カード</b>を使う検討が進む。", "医療の窓口で<b>カード</b>を使う検討が進む。",
         Sector.HEALTH, Stage.CONSIDERED, system="blood_donation", url=EVIL_URL),
)  # fmt: skip


def source(name: str, publisher_ja: str, publisher_en: str, source_class: str) -> SourceRecord:
    return SourceRecord(
        id=name,
        publisher_ja=publisher_ja,
        publisher_en=publisher_en,
        name_ja="新着情報",
        name_en="News",
        source_group="news" if source_class in {"news", "trade", "blog"} else "official",
        source_class=source_class,
        kind="feed",
        url=f"https://{name.replace('_', '-')}.example.jp/feed",
        enabled=True,
        disabled_reason=None,
        cadence_minutes=60,
        silence_days=3,
        terms="quotation (著作権法32条)",
    )


SOURCES = (
    source("shiomi_news", "汐見新報", "Shiomi Shimpo", "news"),
    source("naisei_press", "内政省", "Ministry of Home Affairs (fictional)", "ministry"),
    source("kinkan_trade", "金融監理新聞", "Kinyu Kanri Shimbun", "trade"),
    source("zei_blog", "潮路の税を見る会", "Shioji Tax Watch", "blog"),
)


def document(told: Told) -> Document:
    at = DAY - timedelta(days=told.days_ago)
    return Document(
        id=told.name,
        source_id=told.source,
        url=told.url or f"https://{told.source.replace('_', '-')}.example.jp/{told.name}",
        title=told.title,
        text=told.text,
        published=Moment(at=at, precision="time", raw=at.isoformat()),
        fetched_at=at + timedelta(hours=1),
        encoding="utf-8/header",
        kind="html",
        status="ok",
        body_sha256=hashlib.sha256(b"<html>" + told.text.encode()).hexdigest(),
        text_sha256=hashlib.sha256(told.text.encode()).hexdigest(),
        simhash=len(told.text),
        warc_file="2026-11-20.warc.gz",
        warc_record_id=f"<urn:uuid:{told.name}>",
    )


def finding(told: Told) -> Finding:
    start = len(told.title) + 1 + told.text.index(told.evidence)
    return Finding(
        sector=told.sector,
        identifier=told.identifier,
        stage=told.stage,
        unlawful=told.unlawful,
        evidence=told.evidence,
        start=start,
        end=start + len(told.evidence),
        score=0.87,
        system=told.system,
        actor=told.actor,
        why=("識別番号: 住民票コード", "述語: 検討している", "主体: " + (told.actor or "不明")),
    )


def fill(store: Store) -> None:
    """Sources with their health, documents, findings and the ledger that follows from them."""
    touched = {f"{t.system or t.sector}:{t.identifier}" for t in TOLD} & load_baseline().keys()
    assert not touched, f"the fiction must not meet the baseline, which would silence it: {touched}"
    save_sources(store, SOURCES)
    save_baseline(store)
    for told in TOLD:
        save_document(store, document(told))
        save_reading(
            store,
            Reading(document_id=told.name, version=1, gated=False, findings=(finding(told),)),
            "test-model-1",
        )
    for record in SOURCES:
        well = record.id != "kinkan_trade"
        record_source_run(
            store,
            SourceRun(
                source_id=record.id,
                started_at=DAY,
                finished_at=DAY + timedelta(minutes=1),
                outcome="ok" if well else "blocked",
                items_seen=12 if well else 0,
                items_new=2 if well else 0,
                detail="" if well else "a maintenance page answered",
            ),
        )
    update_ledger(store)
    fill_statutes(store)


PROMISE = promise_id(finding_id("kei-1", finding(next(t for t in TOLD if t.name == "kei-1"))))
"""The name of the promise that the ledger makes of the denial in `kei-1`."""
