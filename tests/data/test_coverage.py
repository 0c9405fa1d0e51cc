"""What a digest says about what was read: sources that fail, sources that are silent, and their names."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from data.clock import now, to_text
from data.config import Config
from data.models import SourceRun
from data.store.connection import Store, open_store
from data.store.harvest import LATEST_RUNS, attempts, past_of
from data.store.sources import coverage, health_rows, record_source_run
from tests.data.record import DAY_ONE, add_sources


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(Config(base=tmp_path)) as opened:
        add_sources(opened)
        yield opened


def _read(store: Store, source_id: str, outcome: str, day: int) -> None:
    at = DAY_ONE + timedelta(days=day)
    run = SourceRun(source_id=source_id, started_at=at, finished_at=at, outcome=outcome)
    record_source_run(store, run)


def test_a_silent_source_was_read_and_is_told(store: Store) -> None:
    _read(store, "ministry", "ok", 0)
    _read(store, "news", "ok", 0)
    for day in (1, 2):
        _read(store, "ministry", "stale", day)
        _read(store, "news", "unreachable", day)
    found = coverage(store, DAY_ONE + timedelta(days=1))
    assert found.read == 1
    rows = {row["id"]: row for row in found.failing}
    assert rows.keys() == {"ministry", "news"}
    assert rows["ministry"]["consecutive_failures"] == 0
    assert rows["news"]["consecutive_failures"] == 2
    assert (rows["news"]["publisher_ja"], rows["news"]["name_ja"]) == ("発行所news", "新着")
    assert rows["news"]["publisher_en"] == "Publisher news"
    assert {row["publisher_ja"] for row in health_rows(store)} >= {"発行所ministry"}


def test_a_pause_noted_by_a_clock_that_ran_ahead_holds_no_longer_than_the_clock(
    store: Store,
) -> None:
    ahead, moment = now() + timedelta(days=900), now()
    until = {"paused_until": to_text(ahead + timedelta(hours=1))}
    for at, extra in ((ahead, until), (moment, {})):
        run = SourceRun(source_id="news", started_at=at, finished_at=at, outcome="ok", extra=extra)
        record_source_run(store, run)
    assert attempts(store)["news"].paused_until is None


def test_a_run_of_a_clock_that_ran_ahead_is_not_the_last_one_for_years(store: Store) -> None:
    ahead, moment = now() + timedelta(days=900), now()
    for at, items in ((ahead, 80), (moment, 3)):
        run = SourceRun(
            source_id="news", started_at=at, finished_at=at, outcome="ok", items_seen=items
        )
        record_source_run(store, run)
    past = past_of(store, "news")
    assert (past.runs, past.last_items, past.usual_items) == (1, 3, 3)
    [row] = [row for row in health_rows(store) if row["id"] == "news"]
    assert row["items_seen"] == 3


def test_how_a_source_usually_is_is_said_by_its_latest_runs(store: Store) -> None:
    """After three years of runs every two hours, each start of a crawl took 4 s, and each source 0.1 s."""
    with store.writing_public() as db:
        for number in range(LATEST_RUNS + 50):
            at = (DAY_ONE + timedelta(hours=number)).isoformat()
            dated = 1.0 if number >= 50 else 0.0
            db.execute(
                "INSERT INTO source_runs (source_id, started_at, finished_at, outcome, items_seen, dated_share, "
                "requests, bytes, items_new, items_changed, dropped, detail, extra) "
                "VALUES ('news', ?, ?, 'ok', ?, ?, 1, 1, 0, 0, '{}', '', '{}')",
                [at, at, number, dated],
            )
    past = past_of(store, "news")
    assert (past.runs, past.dated_share, past.last_items) == (LATEST_RUNS, 1.0, LATEST_RUNS + 49)
