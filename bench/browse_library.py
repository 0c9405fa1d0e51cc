"""The fictional library that bench/browse.py measures: documents, uses, findings and events, written in bulk.

Rows go in by the store's own schema and search units; texts come from a pool, so that tokenising does not
dominate the making.
"""

from __future__ import annotations

import hashlib
import random
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from browse_extras import run_rows

from data.clock import to_text
from data.models import UseCaseKey
from data.search import index_text, lone_kanji
from data.store.connection import Store
from data.store.ledger import sector_of
from data.store.sources import SourceRecord, save_sources
from data.systems import load_systems
from data.vocabulary import Identifier

POOL = 3000
NOW = datetime(2026, 11, 20, tzinfo=UTC)
SUBJECTS = [
    "銀行",
    "警察",
    "旅券",
    "税",
    "マイナンバー",
    "住民票コード",
    "カード",
    "口座",
    "ひも付け",
    "照会",
    "申請",
    "窓口",
    "病院",
    "年金",
    "省令",
    "本人確認",
    "PIA",
]
FILLERS = [
    "天気",
    "野球",
    "選手",
    "映画",
    "株価",
    "地震",
    "列車",
    "事故",
    "祭り",
    "大学",
    "研究",
    "工場",
    "農業",
    "輸出",
    "予算",
    "議会",
    "知事",
    "市長",
    "調査",
    "報告",
    "公表",
    "開始",
    "会議",
    "方針",
    "道路",
    "橋",
    "川",
    "海",
    "山",
    "港",
    "空港",
    "電車",
    "学校",
    "生徒",
    "先生",
    "試合",
    "優勝",
    "監督",
    "新聞",
    "放送",
    "音楽",
    "絵画",
    "小説",
    "料理",
    "店",
    "客",
    "商品",
    "値段",
    "季節",
    "台風",
]
WORDS, WEIGHTS = SUBJECTS + FILLERS, [1] * len(SUBJECTS) + [18] * len(FILLERS)
"""Each subject word stands in about one document of twenty: more than in any newspaper."""


@dataclass(frozen=True)
class Text:
    title: str
    excerpt: str
    units: tuple[str, str, str]


def texts(dice: random.Random) -> list[Text]:
    made = []
    for _ in range(POOL):
        title = "の".join(dice.choices(WORDS, WEIGHTS, k=4))
        excerpt = "、".join(dice.choices(WORDS, WEIGHTS, k=40))[:190]
        units = index_text(title), index_text(excerpt)
        made.append(Text(title, excerpt, (*units, lone_kanji(*units))))
    return made


def fill(store: Store, documents: int) -> None:
    """`documents` documents, a twentieth as many findings, 500 use cases, 131 sources."""
    dice = random.Random(7)
    pool = texts(dice)
    save_sources(store, (source(number) for number in range(131)))
    db = store.public.conn
    db.execute("BEGIN IMMEDIATE")
    for number in range(131):
        db.execute(
            "INSERT INTO source_health VALUES (?, 'ok', ?, ?, ?, ?, 0, 20, '')",
            [f"source_{number}", *[to_text(NOW)] * 4],
        )
    chosen = [dice.randrange(POOL) for _ in range(documents)]
    insert(db, "documents", document_rows(chosen, pool, documents))
    insert(db, "documents_search", search_rows(chosen, pool))
    cases = use_cases()
    insert(db, "use_cases", ({**case, "documents": 100} for case in cases))
    insert(db, "findings", finding_rows(documents, cases))
    insert(db, "findings_search", finding_search_rows(documents))
    insert(db, "events", event_rows(documents, cases))
    insert(db, "source_runs", run_rows(NOW, 131))
    db.execute("COMMIT")
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def insert(db: sqlite3.Connection, table: str, rows: Iterator[dict[str, object]]) -> None:
    first = next(rows)
    columns = ", ".join(f'"{name}"' for name in first)
    marks = ", ".join("?" * len(first))
    statement = f"INSERT INTO {table} ({columns}) VALUES ({marks})"
    db.execute(statement, list(first.values()))
    db.executemany(statement, (list(row.values()) for row in rows))


def when(number: int, documents: int) -> str:
    return to_text(NOW - timedelta(days=7300) * (1 - number / documents))


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def document_rows(chosen: list[int], pool: list[Text], total: int) -> Iterator[dict[str, object]]:
    for number, text in enumerate(chosen):
        at = when(number, total)
        yield {
            "id": f"d{number:09d}", "source_id": f"source_{number % 131}",
            "url": f"https://source-{number % 131}.example.jp/{number}",
            "title": pool[text].title, "excerpt": pool[text].excerpt, "published_at": at,
            "published_precision": "time", "fetched_at": at, "last_seen_at": at,
            "encoding": "utf-8/header", "kind": "html", "status": "ok", "body_sha256": "0" * 64,
            "text_sha256": "1" * 64, "simhash": f"{number:016x}", "version": 1,
            "story_id": f"d{number - number % 3:09d}", "read_version": 1, "read_model": "bench",
            "gated": 1, "search_id": number + 1,
        }  # fmt: skip


def search_rows(chosen: list[int], pool: list[Text]) -> Iterator[dict[str, object]]:
    for number, text in enumerate(chosen):
        title, excerpt, kanji = pool[text].units
        yield {"rowid": number + 1, "title": title, "excerpt": excerpt, "kanji": kanji}


def use_cases() -> list[dict[str, object]]:
    subjects = [*load_systems(), *(f"invented_{number}" for number in range(200))]
    keys = [UseCaseKey(subject, word) for subject in subjects for word in Identifier][:500]
    return [
        {
            "id": str(key), "subject": key.subject, "sector": sector_of(key.subject),
            "identifier": key.identifier, "name_ja": key.subject, "name_en": key.subject,
            "stage": ("considered", "planned", "adopted", "halted", "denied")[number % 5],
            "standing": "reported", "since": to_text(NOW), "last_event_at": to_text(NOW),
        }
        for number, key in enumerate(keys)
    ]  # fmt: skip


def finding_rows(documents: int, cases: list[dict[str, object]]) -> Iterator[dict[str, object]]:
    for number in range(documents // 20):
        case = cases[number % len(cases)]
        evidence = evidence_of(number)
        row = {
            "id": f"f{number:019d}", "document_id": f"d{number * 20:09d}", "version": 1,
            "sector": case["sector"], "identifier": case["identifier"],
            "stage": ("considered", "planned", "adopted")[number % 3], "unlawful": 0,
            "evidence": evidence, "evidence_sha256": digest(evidence), "start": 10, "end": 40,
            "score": number * 37 % 100 / 100, "conflated_headline": 0, "why": '["bench"]', "model": "bench",
            "state": "kept", "use_case_id": case["id"], "at": when(number * 20, documents),
            "source_class": "news", "read_at": to_text(NOW),
        }  # fmt: skip
        yield row | {"machine": "{}", "search_id": number + 1}


def evidence_of(number: int) -> str:
    """One of 272 sentences with its number: each subject word stands in an eighth of them, two in all."""
    first, second = SUBJECTS[number % 17], SUBJECTS[number // 17 % 16]
    return f"第{number}号の窓口では{first}と{second}にカードを使う方針を固めた。"


def finding_search_rows(documents: int) -> Iterator[dict[str, object]]:
    known: dict[str, tuple[str, str]] = {}
    for number in range(documents // 20):
        _, _, words = evidence_of(number).partition("号")
        if words not in known:
            units = index_text(words)
            known[words] = units, lone_kanji(units)
        units, kanji = known[words]
        evidence = f"第 {number} 号 {units}"
        yield {"rowid": number + 1, "evidence": evidence, "actor": "", "kanji": kanji}


def event_rows(documents: int, cases: list[dict[str, object]]) -> Iterator[dict[str, object]]:
    for number in range(documents // 20):
        yield {
            "id": f"e{number:019d}", "use_case_id": cases[number % len(cases)]["id"],
            "kind": "repeat" if number % 10 else ("new", "advance", "denial")[number % 3],
            "stage_before": "considered", "stage_after": "planned",
            "finding_id": f"f{number:019d}", "at": when(number * 20, documents),
            "standing": "reported", "recorded_at": to_text(NOW), "state": "live",
        }  # fmt: skip


def source(number: int) -> SourceRecord:
    return SourceRecord(
        id=f"source_{number}", publisher_ja=f"架空新聞{number}", publisher_en=f"Fiction {number}",
        name_ja="新着", name_en="News", source_group="news", source_class="news", kind="feed",
        url=f"https://source-{number}.example.jp/feed", enabled=True, disabled_reason=None,
        cadence_minutes=60, silence_days=None, terms="none",
    )  # fmt: skip
