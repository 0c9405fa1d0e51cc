"""The main job, end to end: five days of the demo's web through the command a user's cron would call."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.demo.play import DAYS, TIME_OF_RUN, play, prepare, scopewatch
from tests.demo.site import Web, serving

FOURTH_DAY = DAYS[3] + TIME_OF_RUN

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]


@pytest.fixture(scope="module")
def week(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory after five days of `scopewatch run`; made once for all tests of this file."""
    place = tmp_path_factory.mktemp("week") / "demo"
    statuses = play(place)
    # The source that breaks on the third day makes the later runs exit with 1, and nothing worse.
    assert statuses == [0, 0, 1, 1, 1]
    return place


def query(place: Path, sql: str) -> list[dict[str, object]]:
    with closing(sqlite3.connect(f"file:{place / 'watch.db'}?mode=ro", uri=True)) as database:
        database.row_factory = sqlite3.Row
        return [dict(row) for row in database.execute(sql)]


def test_every_document_is_stored_once_with_its_text_and_date(week: Path) -> None:
    rows = query(
        week, "SELECT url, source_id, status, published_at, published_precision FROM documents"
    )
    urls = [row["url"] for row in rows]
    assert len(urls) == len(set(urls))
    assert {row["source_id"] for row in rows} == {
        path.stem for path in (week / "sources").glob("*.yml")
    }
    undated = [
        row["url"] for row in rows if row["published_at"] is None and row["source_id"] != "kaigi"
    ]
    assert undated == []
    assert {row["status"] for row in rows if row["source_id"] not in ("kaigi", "kokkai")} <= {
        "ok",
        "title_only",
    }


def test_dates_are_tokyo_dates_whatever_the_feed_calls_its_zone(week: Path) -> None:
    found = {
        row["url"].rsplit("/", 1)[-1]: row["published_at"]  # type: ignore[attr-defined]
        for row in query(week, "SELECT url, published_at FROM documents")
    }
    assert found["20261116.html"] is not None
    jst = query(
        week, "SELECT published_at FROM documents WHERE source_id = 'kinkan' ORDER BY published_at"
    )
    assert [row["published_at"] for row in jst] == ["2026-11-16T08:00:00Z", "2026-11-19T08:00:00Z"]
    days = query(
        week, "SELECT published_at, published_precision FROM documents WHERE source_id = 'ryoken'"
    )
    assert {(row["published_at"], row["published_precision"]) for row in days} == {
        ("2026-11-08T15:00:00Z", "day"),
        ("2026-11-16T15:00:00Z", "day"),
    }


def test_a_paper_is_read_from_its_pdf_and_a_page_from_its_bytes(week: Path) -> None:
    encodings = {
        row["source_id"]: row["encoding"]
        for row in query(week, "SELECT source_id, encoding FROM documents")
    }
    assert str(encodings["naisei"]).startswith("cp932")
    assert str(encodings["setozaki"]).startswith("euc_jp")
    kinds = {
        row["kind"] for row in query(week, "SELECT kind FROM documents WHERE source_id = 'zaisei'")
    }
    assert kinds == {"pdf"}


def test_a_promise_and_its_reversal_stand_side_by_side(week: Path) -> None:
    reversals = query(
        week,
        "SELECT e.use_case_id, f.evidence, a.evidence AS promised FROM events e JOIN findings f ON f.id = e.finding_id "
        "JOIN findings a ON a.id = e.against_finding_id WHERE e.kind = 'reversal' AND e.state = 'live'",
    )
    assert len(reversals) == 1
    assert str(reversals[0]["use_case_id"]).endswith(":number")
    assert "検討" in str(reversals[0]["evidence"])
    assert (
        reversals[0]["promised"]
        == "警察が犯罪捜査のために個人番号を利用することは考えておりません。"
    )
    digest = (week / "digests" / "activists" / "2026-11-19.md").read_text(encoding="utf-8")
    assert "考えておりません" in digest
    assert "検討を進める" in digest


def test_the_broken_source_is_in_the_digest_with_the_day_it_broke(week: Path) -> None:
    digest = (week / "digests" / "activists" / "2026-11-20.md").read_text(encoding="utf-8")
    assert "2026年11月18日（水）から" in digest
    assert "blocked or in maintenance since Wed 18 Nov 2026" in digest
    assert "産業省" in digest
    health = query(
        week,
        "SELECT state, since, consecutive_failures FROM source_health WHERE source_id = 'sangyo'",
    )
    assert health[0]["state"] == "blocked"
    assert health[0]["consecutive_failures"] == 3


def test_wire_copies_are_one_change(week: Path) -> None:
    digest = (week / "digests" / "activists" / "2026-11-17.md").read_text(encoding="utf-8")
    assert digest.count("旅券の申請×番号：") <= 1


def test_what_only_looks_like_news_is_not_told(week: Path) -> None:
    told = " ".join(path.read_text(encoding="utf-8") for path in (week / "digests").rglob("*.md"))
    for near_miss in ("偽造", "休日のカード交付窓口", "大根", "叙勲"):
        assert near_miss not in told


def test_one_digest_a_day_and_a_second_run_says_nothing_twice(week: Path) -> None:
    names = sorted(path.name for path in (week / "digests").rglob("*.md"))
    assert names == [f"{day}.md" for day in DAYS]
    before = query(week, "SELECT count(*) AS n FROM documents")
    web = Web()
    web.day = 5
    configuration = week / "scopewatch.toml"
    port = int(
        configuration.read_text(encoding="utf-8")
        .split('allow_hosts = ["127.0.0.1:')[1]
        .split('"')[0]
    )
    with serving(web, port):
        assert scopewatch(configuration, "2026-11-20T23:50:00+09:00", "run", "--json") in (0, 1)
    assert query(week, "SELECT count(*) AS n FROM documents") == before
    assert sorted(path.name for path in (week / "digests").rglob("*.md")) == names


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """Where the web of the fourth day is served: documents carry it, so runs that are compared share it."""
    web = Web()
    web.day = 4
    with serving(web) as root:
        yield root.removeprefix("http://")


def start(configuration: Path, now: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "scopewatch", "run", "--json"],
        env=os.environ | {"SCOPEWATCH_CONFIG": str(configuration), "SCOPEWATCH_NOW": now},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def contents(place: Path) -> dict[str, object]:
    return {
        "documents": query(
            place, "SELECT id, url, title, text_sha256, version FROM documents ORDER BY id"
        ),
        "findings": query(place, "SELECT id, stage, evidence, state FROM findings ORDER BY id"),
        "events": query(place, "SELECT id, kind, stage_after, finding_id FROM events ORDER BY id"),
        "digests": sorted(path.name for path in (place / "digests").rglob("*.md")),
    }


@dataclass(frozen=True)
class Undisturbed:
    """A run of the fourth day to its end, and a second one that was called while it was under way."""

    place: Path
    pid: int
    report: dict[str, Any]
    second: subprocess.CompletedProcess[bytes]


@pytest.fixture(scope="module")
def undisturbed(address: str, tmp_path_factory: pytest.TempPathFactory) -> Undisturbed:
    configuration = prepare(tmp_path_factory.mktemp("calm") / "demo", address)
    run = start(configuration, FOURTH_DAY)
    lock = configuration.parent / "run.lock"
    while not (lock.exists() and lock.read_text(encoding="utf-8")):
        assert run.poll() is None
        time.sleep(0.05)
    second = subprocess.run(
        [sys.executable, "-m", "scopewatch", "run"],
        env=os.environ | {"SCOPEWATCH_CONFIG": str(configuration), "SCOPEWATCH_NOW": FOURTH_DAY},
        capture_output=True,
        check=False,
    )
    output, _ = run.communicate(timeout=200)
    report = json.loads(output.decode().strip().splitlines()[-1])
    return Undisturbed(configuration.parent, run.pid, report, second)


def test_killed_at_any_moment_the_next_run_ends_where_an_undisturbed_one_does(
    undisturbed: Undisturbed, address: str, tmp_path: Path
) -> None:
    configuration = prepare(tmp_path / "demo", address)
    for seconds in (0.7, 1.9, 3.1, 5.3, 7.9):
        run = start(configuration, FOURTH_DAY)
        time.sleep(seconds)
        os.killpg(run.pid, signal.SIGKILL)
        run.wait()
        if run.stdout:
            run.stdout.close()
    assert scopewatch(configuration, FOURTH_DAY, "run", "--json") in (0, 1)
    assert contents(configuration.parent) == contents(undisturbed.place)


def test_a_second_run_is_refused_while_one_is_under_way(undisturbed: Undisturbed) -> None:
    assert undisturbed.second.returncode == 3
    assert f"process {undisturbed.pid}" in undisturbed.second.stderr.decode()
    assert undisturbed.report["stages"]["crawl"]["exit_status"] in (0, 1)
    assert contents(undisturbed.place)["events"]
