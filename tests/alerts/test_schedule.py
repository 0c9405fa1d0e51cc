"""The schedule: the same minutes in APScheduler, cron and systemd; late runs once; overlap is refused."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from apscheduler.events import EVENT_JOB_EXECUTED
from click.testing import CliRunner

from alerts.schedule import Schedule, counts_in
from alerts.schedule_commands import schedule
from alerts.timetable import (
    Job,
    Place,
    calendar,
    cron_fields,
    crontab,
    systemd_units,
    timetable,
    trigger,
)
from data.clock import now
from data.config import Config, read_config
from data.errors import ConfigError, LockedError
from data.store.connection import open_store
from data.store.runs import note_run
from data.subscribers import Cadence, Subscriber

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
JOBS = {
    "every hour": Job(name="a", words=("run",), minutes=(17,)),
    "six times an hour": Job(name="h", words=("run",), minutes=(2, 12, 22, 32, 42, 52)),
    "every day": Job(name="b", words=("run",), hour=7, minutes=(0,)),
    "monday": Job(name="c", words=("run",), hour=7, minutes=(0,), on=("mon",)),
    "sunday": Job(name="d", words=("run",), hour=23, minutes=(59,), on=("sun",)),
    "workdays": Job(name="e", words=("run",), hour=6, minutes=(30,), on=("mon", "tue", "wed", "thu", "fri")),
    "monthly": Job(name="f", words=("run",), hour=0, minutes=(5,), day=1),
    "berlin": Job(name="g", words=("run",), hour=8, minutes=(15,), on=("fri", "sat"), timezone="Europe/Berlin"),
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
        if str(here.minute) in minute.split(",")
        and hour in ("*", str(here.hour))
        and day in ("*", str(here.day))
        and (weekday == "*" or WEEKDAYS[here.weekday()] in days)
    ]


def by_systemd(text: str) -> list[datetime]:
    """What systemd.time(7) says about our OnCalendar lines."""
    found = re.fullmatch(r"(?:([A-Z][\w,]+) )?\*-\*-(\*|\d\d) (\*|\d\d):([\d,]+):00 (\S+)", text)
    assert found, text
    days, day, hour, minute, zone = found.groups()
    return [
        moment
        for moment, here in minutes(zone)
        if f"{here.minute:02}" in minute.split(",")
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


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd-analyze is not here")
@pytest.mark.parametrize("job", JOBS.values(), ids=JOBS.keys())
def test_systemd_itself_reads_our_calendar_as_apscheduler_fires(job: Job) -> None:
    expected = [f"{at:%Y-%m-%d %H:%M:%S}" for at in list(by_apscheduler(job))[:12]]
    before = f"{START - timedelta(seconds=1):%Y-%m-%d %H:%M:%S} UTC"
    command = ["systemd-analyze", "calendar", "--base-time", before, "--iterations", "12", calendar(job)]  # fmt: skip
    done = subprocess.run(
        command, env=os.environ | {"TZ": "UTC", "LC_ALL": "C"}, capture_output=True, text=True, check=True
    )  # fmt: skip
    elapses = re.findall(
        r"(?:Next elapse|Iter. #\d+|Iteration #\d+): \w{3} ([\d-]+ [\d:]+) UTC", done.stdout
    )
    assert elapses[: len(expected)] == expected, done.stdout


def test_monday_is_monday() -> None:
    first = next(by_apscheduler(JOBS["monday"]))
    assert first.astimezone(ZoneInfo("Asia/Tokyo")).strftime("%a %H:%M") == "Mon 07:00"


@pytest.mark.parametrize("on", ['["1"]', "[1]", "1", '"mon"', '["monday"]', "[]", '["mon", "1-5"]'])
def test_digits_are_refused_as_weekdays(tmp_path: Path, on: str) -> None:
    path = tmp_path / "scopewatch.toml"
    path.write_text(
        f'[[subscribers]]\nname = "desk"\n[subscribers.cadence]\non = {on}\n', encoding="utf-8"
    )
    with pytest.raises(ConfigError, match=r"subscribers\[0\]\.cadence\.on: .*weekdays by name"):
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
    place = Place(command=("scopewatch",), directory="/srv/watch")
    lines = crontab(timetable(config), place).splitlines()
    assert "CRON_TZ=Asia/Tokyo" in lines
    assert lines[lines.index("CRON_TZ=Europe/Berlin") + 1].startswith(
        "0 7 15 * * cd /srv/watch && "
    )
    units = systemd_units(timetable(config), place)
    assert units.count("[Timer]") == units.count("[Service]") == len(timetable(config))
    assert "OnCalendar=Fri *-*-* 08:30:00 Asia/Tokyo" in units


def test_odd_places_are_quoted_for_cron_and_for_systemd(tmp_path: Path) -> None:
    """The printed line is run as cron runs it: % ends a command unless escaped, then /bin/sh reads it."""
    place = Place(
        command=(sys.executable, "-c", "import os; print(os.getcwd(), os.environ['SCOPEWATCH_CONFIG'])"),
        directory=str(tmp_path / "50 % o'clock"),
        configuration="/etc/my watch.toml",
    )  # fmt: skip
    Path(place.directory).mkdir()
    job = Job(name="run", words=("run",), minutes=(17,))
    lines = crontab([job], place).splitlines()
    assert "SCOPEWATCH_CONFIG=/etc/my watch.toml" in lines
    command = lines[-1].split(" ", 5)[5]
    assert not re.search(r"(?<!\\)%", command)
    subprocess.run(
        ["/bin/sh", "-c", command.replace("\\%", "%")], env={"SCOPEWATCH_CONFIG": "/etc/my watch.toml"}, check=True
    )  # fmt: skip
    told = (Path(place.directory) / "run.log").read_text()
    assert told == f"{place.directory} /etc/my watch.toml\n"
    unit = systemd_units([job], place)
    assert f"WorkingDirectory={place.directory.replace('%', '%%')}\n" in unit
    assert 'Environment="SCOPEWATCH_CONFIG=/etc/my watch.toml"\n' in unit
    assert "AccuracySec=1s" in unit, "within the minute, as the others"


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd-analyze is not here")
def test_systemd_accepts_every_unit(tmp_path: Path) -> None:
    config = Config(subscribers=(Subscriber(name="a", cadence=Cadence(every="week", on=("fri",))),))
    place = Place(command=("/bin/true",), directory="/tmp/a b", configuration="/etc/a b.toml")
    printed = systemd_units(timetable(config), place)
    for text in re.split(r"^# (?=scopewatch-)", printed, flags=re.M)[1:]:
        name, _, body = text.partition("\n")
        (tmp_path / name).write_text(body)
    for unit in sorted(tmp_path.iterdir()):
        done = subprocess.run(
            ["systemd-analyze", "verify", "--man=no", str(unit)], capture_output=True, text=True, check=False
        )  # fmt: skip
        ours = [
            line for line in done.stderr.splitlines() if str(tmp_path) in line or unit.name in line
        ]
        assert ours == [], done.stderr


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
    plan, thread = started(config, """print('{"done": 1, "who": "desk"}')""")
    done: list[object] = []
    plan.scheduler.add_listener(done.append, EVENT_JOB_EXECUTED)
    half_past = (now() - timedelta(minutes=30)).minute
    plan.add(Job(name="run", words=("x",), minutes=(half_past,)), now() - timedelta(hours=3))
    thread.start()
    wait_for(lambda: done)
    time.sleep(0.3)
    plan.scheduler.shutdown()
    thread.join()
    [row] = rows(config)
    assert (row["verb"], row["exit_status"]) == ("schedule run", 0)
    assert row["summary"]["done"] == 1  # type: ignore[index]
    assert 1_790 < row["summary"]["late_seconds"] < 1_900, "the last of the moments missed"  # type: ignore[index]


def test_only_numbers_of_a_job_reach_the_public_table() -> None:
    checks = (
        b'{"topic": "outbox", "level": "note", "text": "desk, email:desk@example.org is switched off"}\n'
        b'{"topic": "disk", "level": "ok", "text": "1"}\n{"topic": "x", "level": "note", "text": "y"}\n'
    )
    assert counts_in(checks) == {"note": 2, "ok": 1}
    assert counts_in(b'{"backup": "/srv/x", "bytes": 7, "removed": ["a"]}\n') == {"bytes": 7}
    run = b'warning\n{"exit_status": 1, "stages": {"crawl": {"new": 3, "host": "a.example"}, "read": {}}}'
    assert counts_in(run) == {"exit_status": 1, "stages": {"crawl": {"new": 3}}}
    assert counts_in(b"\xff\n[1]\n") == {}


def test_what_was_missed_while_nothing_ran_is_run_once_and_late(config: Config) -> None:
    """Off for three days: the daily backup is made up for once, what never ran or missed nothing is not."""
    daily = Job(name="backup", words=("x",), minutes=(40,), hour=3)
    with open_store(config) as store:
        note_run(store, "schedule backup", now() - timedelta(days=3), 0, {})
        note_run(store, "schedule doctor", now() - timedelta(minutes=1), 0, {})
    plan, thread = started(config, "print('done')")
    missed = plan._missed(daily, now())
    assert missed is not None
    assert timedelta(0) <= now() - missed < timedelta(days=1), "the last one of those missed"
    here = now().astimezone(ZoneInfo("Asia/Tokyo"))
    if here.minute > 1:
        assert plan._missed(replace(daily, name="doctor", hour=(here.hour + 1) % 24), now()) is None
    assert plan._missed(replace(daily, name="report"), now()) is None
    done: list[object] = []
    plan.scheduler.add_listener(done.append, EVENT_JOB_EXECUTED)
    plan._catch_up([daily])
    thread.start()
    wait_for(lambda: done)
    time.sleep(0.3)
    plan.scheduler.shutdown()
    thread.join()
    [row] = [row for row in rows(config) if row["summary"]]
    assert row["verb"] == "schedule backup"
    assert row["summary"]["late_seconds"] == pytest.approx((now() - missed).total_seconds(), abs=10)  # type: ignore[index]


def test_overlap_is_refused_and_a_failure_is_a_row(config: Config) -> None:
    plan, thread = started(config, "import time, sys; time.sleep(2); sys.exit(1)")
    job = Job(name="run", words=("x",), minutes=(17,))
    plan.scheduler.add_job(plan._carry_out, "interval", seconds=0.6, args=(job,), id="run")
    thread.start()
    wait_for(lambda: len(rows(config)) >= 3)
    plan.scheduler.shutdown()
    thread.join()
    found = rows(config)
    assert {"refused": "refused: the same job is still under way"} in [r["summary"] for r in found]
    assert any(row["exit_status"] == 1 and "refused" not in row["summary"] for row in found)  # type: ignore[operator]


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
