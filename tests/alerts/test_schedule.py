"""The schedule: the same minutes in APScheduler, cron and systemd; late runs once; overlap is refused."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from apscheduler.events import EVENT_JOB_EXECUTED
from click.testing import CliRunner

from alerts.schedule import Schedule
from alerts.schedule_commands import schedule
from alerts.timetable import Job, calendar, cron_fields, crontab, systemd_units, timetable, trigger
from data.clock import now
from data.config import Cadence, Config, Subscriber, read_config
from data.errors import ConfigError, LockedError
from data.store.connection import open_store

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
JOBS = {
    "every hour": Job(name="a", words=("run",), minute=17),
    "every day": Job(name="b", words=("run",), hour=7, minute=0),
    "monday": Job(name="c", words=("run",), hour=7, minute=0, on=("mon",)),
    "sunday": Job(name="d", words=("run",), hour=23, minute=59, on=("sun",)),
    "workdays": Job(name="e", words=("run",), hour=6, minute=30, on=("mon", "tue", "wed", "thu", "fri")),
    "monthly": Job(name="f", words=("run",), hour=0, minute=5, day=1),
    "berlin": Job(name="g", words=("run",), hour=8, minute=15, on=("fri", "sat"), timezone="Europe/Berlin"),
}  # fmt: skip
START = datetime(2026, 11, 16, tzinfo=ZoneInfo("UTC"))
SPAN = timedelta(days=40)


def by_apscheduler(job: Job) -> Iterator[datetime]:
    """Every moment at which APScheduler would fire."""
    times, at, last = trigger(job), START, None
    while True:
        last = times.get_next_fire_time(last, at)
        if last >= START + SPAN:
            return
        yield last.astimezone(ZoneInfo("UTC"))
        at = last + timedelta(seconds=1)


def minutes(zone: str) -> Iterator[tuple[datetime, datetime]]:
    moment = START
    while moment < START + SPAN:
        yield moment, moment.astimezone(ZoneInfo(zone))
        moment += timedelta(minutes=1)


def by_cron(fields: str, zone: str) -> list[datetime]:
    """What a cron that knows names (all do) would do with the five fields, minute by minute."""
    minute, hour, day, month, weekday = fields.split()
    assert month == "*"
    days = weekday.split(",")
    assert weekday == "*" or set(days) <= set(WEEKDAYS), "names only"
    return [
        moment
        for moment, here in minutes(zone)
        if minute in ("*", str(here.minute))
        and hour in ("*", str(here.hour))
        and day in ("*", str(here.day))
        and (weekday == "*" or WEEKDAYS[here.weekday()] in days)
    ]


def by_systemd(text: str) -> list[datetime]:
    """What systemd.time(7) says about our OnCalendar lines."""
    found = re.fullmatch(r"(?:([A-Z][\w,]+) )?\*-\*-(\*|\d\d) (\*|\d\d):(\d\d):00 (\S+)", text)
    assert found, text
    days, day, hour, minute, zone = found.groups()
    return [
        moment
        for moment, here in minutes(zone)
        if int(minute) == here.minute
        and hour in ("*", f"{here.hour:02}")
        and day in ("*", f"{here.day:02}")
        and (days is None or f"{here:%a}" in days.split(","))
    ]


@pytest.mark.parametrize("job", JOBS.values(), ids=JOBS.keys())
def test_cron_systemd_and_apscheduler_fire_at_the_same_minutes(job: Job) -> None:
    expected = list(by_apscheduler(job))
    assert expected
    assert by_cron(cron_fields(job), job.timezone) == expected
    assert by_systemd(calendar(job)) == expected


def test_monday_is_monday() -> None:
    first = next(by_apscheduler(JOBS["monday"]))
    assert first.astimezone(ZoneInfo("Asia/Tokyo")).strftime("%a %H:%M") == "Mon 07:00"


@pytest.mark.parametrize("on", ['["1"]', "[1]", '["monday"]', "[]", '["mon", "1-5"]'])
def test_digits_are_refused_as_weekdays(tmp_path: Path, on: str) -> None:
    path = tmp_path / "scopewatch.toml"
    path.write_text(
        f'[[subscribers]]\nname = "desk"\n[subscribers.cadence]\non = {on}\n', encoding="utf-8"
    )
    with pytest.raises(ConfigError, match=r"subscribers\[0\]\.cadence\.on"):
        read_config(path)


def test_the_timetable_follows_the_subscribers() -> None:
    config = Config(
        subscribers=(
            Subscriber(name="a"),
            Subscriber(name="b"),
            Subscriber(name="c", cadence=Cadence(every="week", on=("fri",), at="08:30")),
            Subscriber(name="d", cadence=Cadence(every="month", day=15, timezone="Europe/Berlin")),
            Subscriber(name="e", cadence=Cadence(every="instant")),
        )
    )
    digests = [job for job in timetable(config) if job.name.startswith("digest")]
    assert [cron_fields(job) for job in digests] == ["0 7 * * *", "30 8 * * fri", "0 7 15 * *"]
    lines = crontab(timetable(config), "scopewatch", "/srv/watch").splitlines()
    assert "CRON_TZ=Asia/Tokyo" in lines
    assert lines[lines.index("CRON_TZ=Europe/Berlin") + 1].startswith(
        "0 7 15 * * cd /srv/watch && "
    )
    units = systemd_units(timetable(config), "scopewatch", "/srv/watch")
    assert units.count("[Timer]") == units.count("[Service]") == len(timetable(config))
    assert "OnCalendar=Fri *-*-* 08:30:00 Asia/Tokyo" in units


def test_secrets_are_not_printed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SCOPEWATCH_SLACK_URL", "https://hooks.example.org/secretsecret")
    monkeypatch.setenv("SCOPEWATCH_SMTP_PASSWORD", "secretsecret")
    for option in ("--print-cron", "--print-systemd"):
        printed = CliRunner().invoke(schedule, [option])
        assert printed.exit_code == 0
        assert "secretsecret" not in printed.output


def rows(config: Config) -> list[dict[str, object]]:
    with open_store(config) as store:
        found = list(store.public.query("SELECT * FROM runs ORDER BY id"))
    return [{**row, "summary": json.loads(row["summary"])} for row in found]


def started(config: Config, script: str) -> tuple[Schedule, threading.Thread]:
    plan = Schedule(config, (sys.executable, "-c", script))
    plan.scheduler.remove_all_jobs()
    thread = threading.Thread(target=plan.scheduler.start)
    return plan, thread


def wait_for(condition: object, seconds: float = 15) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():  # type: ignore[operator]
            return
        time.sleep(0.05)
    raise AssertionError("it did not happen")


def test_a_job_three_hours_late_runs_once_and_says_so(config: Config) -> None:
    """The machine slept, or the clock jumped: three hourly moments have passed."""
    plan, thread = started(config, "print('done')")
    done: list[object] = []
    plan.scheduler.add_listener(done.append, EVENT_JOB_EXECUTED)
    half_past = (now() - timedelta(minutes=30)).minute
    plan.add(Job(name="run", words=("x",), minute=half_past), now() - timedelta(hours=3))
    thread.start()
    wait_for(lambda: done)
    time.sleep(0.3)
    plan.scheduler.shutdown()
    thread.join()
    [row] = rows(config)
    assert (row["verb"], row["exit_status"]) == ("schedule run", 0)
    assert row["summary"]["printed"] == "done"  # type: ignore[index]
    assert 1_790 < row["summary"]["late_seconds"] < 1_900, "the last of the moments missed"  # type: ignore[index]


def test_overlap_is_refused_and_a_failure_is_a_row(config: Config) -> None:
    plan, thread = started(config, "import time, sys; time.sleep(2); sys.exit(1)")
    job = Job(name="run", words=("x",), minute=17)
    plan.scheduler.add_job(plan._carry_out, "interval", seconds=0.6, args=(job,), id="run")
    thread.start()
    wait_for(lambda: len(rows(config)) >= 3)
    plan.scheduler.shutdown()
    thread.join()
    found = rows(config)
    assert {"refused": "refused: the same job is still under way"} in [r["summary"] for r in found]
    assert any(row["exit_status"] == 1 and "printed" in row["summary"] for row in found)  # type: ignore[operator]


def test_two_schedules_at_once_are_refused_and_a_stop_is_clean(tmp_path: Path) -> None:
    (tmp_path / "scopewatch.toml").write_text('[crawl]\nsources = ["none"]\n', encoding="utf-8")
    (tmp_path / "none").mkdir()
    environment = os.environ | {"SCOPEWATCH_CONFIG": str(tmp_path / "scopewatch.toml")}
    command = [sys.executable, "-m", "scopewatch", "schedule"]
    with subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL) as first:
        try:
            wait_for(lambda: (tmp_path / "var" / "schedule.lock").exists(), 30)
            wait_for(lambda: (tmp_path / "var" / "schedule.lock").read_text(), 30)
            second = subprocess.run(command, env=environment, capture_output=True, check=False)
            assert second.returncode == LockedError.exit_status
            assert f"process {first.pid}" in second.stderr.decode()
        finally:
            first.send_signal(signal.SIGTERM)
        assert first.wait(timeout=60) == 0
