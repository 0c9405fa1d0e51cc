"""The ledger's verbs, deadlines and sleepers, and what reading again would change."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from icalendar import Calendar

from data.config import Config
from data.deadlines import deadlines_calendar
from data.ledger_commands import ledger, promises, reclassify
from data.reclassification import RereadFailed, preview
from data.schema.ledger import m0004_deadline_time
from data.store.connection import Store, open_store
from data.store.deadlines import Deadline, open_deadlines, save_deadlines, sleepers
from data.store.ledger import update_ledger
from data.store.told import deadlines_within
from tests.conftest import ROOT
from tests.data.record import add_sources, record


@pytest.fixture
def configured(config: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Config:
    file = tmp_path / "scopewatch.toml"
    file.write_text('[store]\ndirectory = "var"\n', encoding="utf-8")
    monkeypatch.setenv("SCOPEWATCH_CONFIG", str(file))
    return config


def lines(command: object, *words: str) -> list[dict[str, object]]:
    done = CliRunner().invoke(command, words)  # type: ignore[arg-type]
    assert done.exit_code == 0, done.output
    return [json.loads(line) for line in done.output.splitlines()]


def test_update_joins_stories_and_shows_the_baseline(configured: Config) -> None:
    with open_store(configured) as store:
        add_sources(store)
        record(store, "a", "planned")
        record(store, "b", "planned", None)
        record(store, "c", "planned", system=None, sector="police")
    [counts] = lines(ledger, "update", "--json")
    assert (counts["documents"], counts["events_new"]) == (3, 2)
    [again] = lines(ledger, "update", "--json")
    assert (again["documents"], again["use_cases"]) == (0, 0)
    assert [row["reason"] for row in lines(ledger, "set-aside")] == ["its document has no date"]
    assert [row["use_case_id"] for row in lines(ledger, "unnamed")] == ["police:card"]


def test_promises_are_listed_and_judged(configured: Config) -> None:
    with open_store(configured) as store:
        add_sources(store)
        record(store, "a", "denied", actor="白鳥総務相", evidence="現時点で\x1b[2J使わない。")
        record(store, "b", "planned", 10)
        update_ledger(store)
    [row] = lines(promises, "--open", "--json")
    shown = CliRunner().invoke(promises, []).output
    assert "総務省 総務相 白鳥" in shown
    assert "+10d" in shown
    assert "\x1b" not in shown
    words = ("verdict", str(row["id"]), "not comparable", "--note", "別の制度", "--by", "鶴見")
    assert lines(promises, *words)[0]["verdict"] == "not comparable"
    assert lines(promises, "--open", "--json") == []


COMMENT = Deadline(
    id="495260001",
    kind="comment",
    title_ja="規則案への意見募集",
    due=date(2026, 12, 24),
    url="https://public-comment.e-gov.go.jp/pcm/495260001",
)


def test_deadlines_are_replaced_counted_down_and_fed_as_ics(store: Store) -> None:
    closed = Deadline(
        id="b",
        kind="bill",
        title_ja="法案",
        due=date(2026, 12, 1),
        url="https://a.jp",
        state="closed",
    )
    save_deadlines(store, [COMMENT, closed])
    save_deadlines(store, [COMMENT])
    rows = open_deadlines(store, date(2026, 12, 20))
    assert [(row["id"], row["days_left"]) for row in rows] == [("495260001", 4)]
    assert open_deadlines(store, date(2026, 12, 25)) == []
    [event] = Calendar.from_ical(deadlines_calendar(rows)).walk("VEVENT")
    assert event["DTSTART"].dt == date(2026, 12, 24)
    assert event["SUMMARY"] == "意見募集の締切: 規則案への意見募集"


def test_the_hour_of_a_deadline_is_tokyos(store: Store) -> None:
    """Midnight of the 15th in Tokyo is the 14th in UTC: the day shown is the 15th."""
    save_deadlines(store, [replace(COMMENT, due=date(2026, 12, 15), time="00:00")])
    rows = open_deadlines(store, date(2026, 12, 15))
    assert (rows[0]["due"], rows[0]["days_left"]) == ("2026-12-15", 0)
    [event] = Calendar.from_ical(deadlines_calendar(rows)).walk("VEVENT")
    assert event["DTSTART"].dt == datetime(2026, 12, 14, 15, tzinfo=UTC)


def test_moments_that_an_older_version_kept_become_days(store: Store) -> None:
    store.public.execute(
        "INSERT INTO deadlines (id, kind, title_ja, due, url, updated_at) VALUES "
        "('c', 'comment', '募集', '2026-12-14T15:00:00Z', 'https://a.jp', '2026-11-01T00:00:00Z')"
    )
    store.public.execute("ALTER TABLE deadlines DROP COLUMN time")
    m0004_deadline_time(store.public)
    row = store.public.execute("SELECT due, time FROM deadlines").fetchone()
    assert row == ("2026-12-15", "00:00")


def test_a_dated_plan_is_counted_down_once_per_day_and_ends_with_a_halt(store: Store) -> None:
    add_sources(store)
    said = "汐見銀行の窓口では2026年4月からカードを使う。"
    record(store, "a", "planned", evidence=said)
    record(store, "b", "planned", 3, evidence=f"続報。{said}")
    record(store, "undated", "planned", 4, evidence="汐見銀行の窓口でカードを使う方針だ。")
    record(store, "c", "adopted", 5, system="e_tax", sector="tax", evidence=said)
    update_ledger(store)
    rows = open_deadlines(store, date(2026, 2, 1))
    assert [(row["id"], row["days_left"], row["url"]) for row in rows] == [
        ("plan:atm:card:2026-04-01", 59, "https://news.example.jp/a")
    ]
    assert rows[0]["title_en"].endswith(": 汐見市で番号の利用をめぐる動き")
    record(store, "a", None, evidence=said)
    update_ledger(store)
    assert [row["url"] for row in open_deadlines(store, date(2026, 2, 1))] == [
        "https://news.example.jp/b"
    ]
    record(store, "stop", "halted", 20, source="ministry")
    update_ledger(store)
    assert open_deadlines(store, date(2026, 2, 1)) == []


def test_a_consideration_is_brought_to_mind_in_digests_and_in_the_feed(store: Store) -> None:
    add_sources(store)
    record(store, "a", "considered")
    update_ledger(store)
    [row] = open_deadlines(store, date(2026, 7, 1))
    assert (row["kind"], row["due"], row["url"]) == (
        "sleeper",
        "2026-07-05",
        "https://news.example.jp/a",
    )
    [told] = deadlines_within(store, datetime(2026, 7, 1, tzinfo=UTC), 14)
    assert told.title_ja.endswith("検討と伝えられてから6か月、続報なし")
    assert "6 months" in told.title_en
    assert deadlines_within(store, datetime(2026, 6, 1, tzinfo=UTC), 14) == []
    [again] = open_deadlines(store, date(2027, 3, 1))
    assert again["due"] == "2027-07-05"
    assert "18か月" in again["title_ja"]
    [event] = Calendar.from_ical(deadlines_calendar([row])).walk("VEVENT")
    assert event["SUMMARY"].startswith("検討のまま")
    record(store, "b", "planned", 100)
    update_ledger(store)
    assert open_deadlines(store, date(2026, 7, 1)) == []


def test_a_consideration_of_which_nothing_is_heard_sleeps(store: Store) -> None:
    add_sources(store)
    record(store, "a", "considered")
    record(store, "b", "planned", system="blood_donation", sector="health")
    update_ledger(store)
    assert sleepers(store, 6, datetime(2026, 6, 1, tzinfo=UTC)) == []
    [row] = sleepers(store, 6, datetime(2026, 7, 31, tzinfo=UTC))
    assert row["id"] == "atm:card"
    assert row["days"] > 180


READER = """
import json, sys
sys.path[:0] = [{root!r}]
from data.config import load_config
from data.models import Reading
from data.store.connection import open_store
from data.store.findings import pending_documents, save_reading
with open_store(load_config()) as store:
    for document in pending_documents(store, "model-2", 10):
        save_reading(store, Reading(document_id=document.id, version=1, gated=True), "model-2")
print(json.dumps({{}}))
"""


def test_a_dry_run_shows_what_vanishes_and_changes_nothing(
    configured: Config, tmp_path: Path
) -> None:
    reader = tmp_path / "reader.py"
    reader.write_text(READER.format(root=str(ROOT)), encoding="utf-8")
    with open_store(configured) as store:
        add_sources(store)
        record(store, "a", "planned")
        update_ledger(store)
    seen = preview(configured, None, (str(reader),))
    assert (seen.documents, len(seen.appear), len(seen.vanish)) == (1, 0, 1)
    assert seen.vanish[0]["use_case_id"] == "atm:card"
    with open_store(configured) as store:
        assert next(iter(store.public.query("SELECT state FROM events")))["state"] == "live"
    assert sorted(p.name for p in configured.directory.iterdir() if p.is_dir()) == []
    with pytest.raises(RereadFailed):
        preview(configured, None, ("-c", "raise SystemExit(2)"))
    assert os.environ["SCOPEWATCH_CONFIG"] == str(tmp_path / "scopewatch.toml")


def test_reclassify_marks_what_was_fetched_since(configured: Config) -> None:
    with open_store(configured) as store:
        add_sources(store)
        record(store, "a", "planned")
    assert lines(reclassify, "--since", "2032-01-01") == [{"documents": 0}]
    assert lines(reclassify) == [{"documents": 1}]
    assert lines(reclassify) == [{"documents": 0}]
