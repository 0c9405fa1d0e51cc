"""The store: documents once, versions kept, readings replaced, the ledger brought up to date."""

from __future__ import annotations

import hashlib
import sqlite3
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from data.config import Config
from data.errors import DatabaseTooNew, InputError, LockedError
from data.models import Document, Finding, Moment, Reading
from data.store import connection
from data.store.connection import Store, open_reader, open_store
from data.store.documents import document_text, save_document, versions
from data.store.findings import pending_documents, quarantined, save_reading
from data.store.ledger import update_ledger
from data.store.sources import SourceRecord, save_sources
from data.vocabulary import Identifier, Sector, Stage

AT = datetime(2026, 11, 20, 1, tzinfo=UTC)
MODEL = "model-1"


def document(
    text: str = "汐見銀行は口座開設でカードを読み取る。", name: str = "a", at: datetime = AT
) -> Document:
    return Document(
        id=name,
        source_id="shiomi_news",
        url=f"https://news.example.jp/{name}",
        title="汐見銀行がカード読み取り",
        text=text,
        published=Moment(at=at, precision="time", raw="2026-11-20"),
        fetched_at=AT,
        encoding="utf-8/header",
        kind="html",
        status="ok",
        body_sha256="0" * 64,
        text_sha256=hashlib.sha256(text.encode()).hexdigest(),
        simhash=2**64 - 1,
    )


def finding(stage: str = "adopted", **changes: object) -> Finding:
    base = Finding(
        sector=Sector.BANK,
        identifier=Identifier.CARD,
        stage=Stage(stage),
        unlawful=False,
        evidence="汐見銀行は口座開設でカードを読み取る。",
        start=13,
        end=33,
        score=0.9,
        system="atm",
    )
    return replace(base, **changes)  # type: ignore[arg-type]


@pytest.fixture
def filled(store: Store) -> Store:
    save_sources(
        store,
        [
            SourceRecord(
                id="shiomi_news",
                publisher_ja="汐見新報",
                publisher_en="Shiomi Shimpo",
                name_ja="新着",
                name_en="News",
                source_group="news",
                source_class="news",
                kind="feed",
                url="https://news.example.jp/feed",
                enabled=True,
                disabled_reason=None,
                cadence_minutes=60,
                silence_days=3,
                terms="test",
            )
        ],
    )
    return store


def test_a_document_is_stored_once_and_a_change_is_a_new_version(filled: Store) -> None:
    assert save_document(filled, document()) == "new"
    assert save_document(filled, document()) == "seen"
    assert save_document(filled, document("訂正された本文。")) == "changed"
    assert [row["version"] for row in versions(filled, "a")] == [1, 2]
    assert document_text(filled, "a", 1).startswith("汐見銀行")
    assert document_text(filled, "a", 2) == "訂正された本文。"


def test_the_public_database_holds_an_excerpt_and_never_the_text(filled: Store) -> None:
    save_document(filled, document("長い本文。" * 500))
    row = next(iter(filled.public.query("SELECT * FROM documents")))
    assert len(row["excerpt"]) == 200
    dump = "".join(filled.public.conn.iterdump())
    assert "長い本文。" * 50 not in dump


def test_a_kill_between_the_two_databases_leaves_nothing_half_done(filled: Store) -> None:
    def killed(action: int, first: str | None, *_: object) -> int:
        if action == sqlite3.SQLITE_INSERT and first == "documents":
            return (
                sqlite3.SQLITE_DENY
            )  # Raising would be an error of its own once Datasette is imported.
        return sqlite3.SQLITE_OK

    filled.public.conn.set_authorizer(killed)
    with pytest.raises(sqlite3.DatabaseError):
        save_document(filled, document())
    filled.public.conn.set_authorizer(None)
    assert filled.public.table("documents").count == 0
    assert save_document(filled, document()) == "new"
    assert document_text(filled, "a", 1).startswith("汐見銀行")


def test_only_what_this_model_has_not_read_is_pending(filled: Store) -> None:
    save_document(filled, document())
    [pending] = pending_documents(filled, MODEL, 10)
    assert (pending.id, pending.publisher, pending.text[:4]) == ("a", "汐見新報", "汐見銀行")
    save_reading(
        filled, Reading(document_id="a", version=1, gated=False, findings=(finding(),)), MODEL
    )
    assert pending_documents(filled, MODEL, 10) == []
    assert len(pending_documents(filled, "model-2", 10)) == 1
    save_document(filled, document("別の本文。"))
    assert pending_documents(filled, MODEL, 10)[0].version == 2


def test_a_reading_of_an_old_version_is_dropped(filled: Store) -> None:
    save_document(filled, document())
    save_document(filled, document("別の本文。"))
    save_reading(
        filled, Reading(document_id="a", version=1, gated=False, findings=(finding(),)), MODEL
    )
    assert filled.public.table("findings").count == 0


def test_findings_become_events_and_a_second_update_finds_nothing(filled: Store) -> None:
    save_document(filled, document())
    save_reading(
        filled,
        Reading(document_id="a", version=1, gated=False, findings=(finding("planned"),)),
        MODEL,
    )
    assert update_ledger(filled).events_new == 1
    assert update_ledger(filled).use_cases == 0
    [event] = filled.public.query("SELECT * FROM events")
    assert (event["kind"], event["stage_after"], event["use_case_id"]) == (
        "new",
        "planned",
        "atm:card",
    )


def test_a_reading_that_loses_a_finding_withdraws_its_event(filled: Store) -> None:
    save_document(filled, document())
    save_reading(
        filled, Reading(document_id="a", version=1, gated=False, findings=(finding(),)), MODEL
    )
    update_ledger(filled)
    save_reading(filled, Reading(document_id="a", version=1, gated=False), "model-2")
    assert update_ledger(filled).events_withdrawn == 1
    [row] = filled.public.query("SELECT state FROM findings")
    assert row["state"] == "withdrawn"
    [use_case] = filled.public.query("SELECT stage FROM use_cases")
    assert use_case["stage"] is None


def test_a_finding_that_moves_to_another_system_leaves_its_first(filled: Store) -> None:
    save_document(filled, document())
    for model, system in ((MODEL, "atm"), ("model-2", "consumer_loan")):
        reading = Reading(
            document_id="a", version=1, gated=False, findings=(finding(system=system),)
        )
        save_reading(filled, reading, model)
        update_ledger(filled)
    stages = {row["id"]: row["stage"] for row in filled.public.query("SELECT * FROM use_cases")}
    assert stages == {"atm:card": None, "consumer_loan:card": "adopted"}


def test_a_repeat_that_turns_into_news_is_placed_last(filled: Store) -> None:
    for name, day in (("a", 1), ("b", 2)):
        save_document(filled, document(name=name, at=datetime(2026, 11, day, tzinfo=UTC)))
        save_reading(
            filled, Reading(document_id=name, version=1, gated=False, findings=(finding(),)), MODEL
        )
    update_ledger(filled)
    highest = max(row["seq"] for row in filled.public.query("SELECT seq FROM events"))
    save_reading(filled, Reading(document_id="a", version=1, gated=False), "model-2")
    update_ledger(filled)
    [live] = filled.public.query("SELECT * FROM events WHERE state = 'live'")
    assert live["kind"] == "new"
    assert live["seq"] > highest


@pytest.mark.parametrize("at", [datetime(1970, 1, 1, tzinfo=UTC), datetime(2099, 1, 1, tzinfo=UTC)])
def test_an_impossible_date_is_quarantined_with_its_reason(filled: Store, at: datetime) -> None:
    save_document(filled, document(at=at))
    save_reading(
        filled, Reading(document_id="a", version=1, gated=False, findings=(finding(),)), MODEL
    )
    [row] = quarantined(filled)
    assert f"{at:%Y-%m-%d}" in row["reason"]
    update_ledger(filled)
    assert filled.public.table("events").count == 0


def test_a_newer_database_is_refused_and_left_alone(config: Config) -> None:
    open_store(config).close()
    with sqlite3.connect(config.watch_db) as raw:
        raw.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('crawl', 'm9999_future', '')"
        )
    raw.close()
    with pytest.raises(DatabaseTooNew, match="newer scopewatch"):
        open_store(config)


def test_a_file_that_is_no_database_is_refused(config: Config) -> None:
    config.directory.mkdir()
    config.watch_db.write_bytes(b"not a database" * 100)
    with pytest.raises(InputError, match="cannot be used"):
        open_store(config)


def test_a_reader_sees_a_writer_work(filled: Store, config: Config) -> None:
    reader = open_reader(config.watch_db)
    with filled.writing_public() as db:
        db.table("issues").insert({"at": "2026-11-20T00:00:00Z", "kind": "empty", "detail": "x"})
        assert reader.table("issues").count == 0
    assert reader.table("issues").count == 1
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        reader.execute("DELETE FROM issues")
    reader.close()


def test_a_writer_shows_that_it_waits_for_another_program_and_says_so(
    store: Store, config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "BUSY_SECONDS", 0.2)
    monkeypatch.setattr(connection, "SIGN_SECONDS", 0.02)
    signs: list[int] = []
    with open_store(config, waits=lambda: signs.append(1)) as watched, store.writing_public():
        with pytest.raises(sqlite3.OperationalError, match="locked"), watched.writing_public():
            raise AssertionError("wrote")
        with pytest.raises(LockedError, match="another program holds it"):
            open_store(config)
    assert len(signs) > 1
