"""The schedule: APScheduler fires, each job is a child process of the same command, every end is a row.

A job that was missed (the machine slept, the clock jumped) runs once, late, and its row says so. One
that would overlap itself is refused, and a row says that too.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from datetime import datetime, timedelta
from typing import Any

from apscheduler.events import (
    EVENT_JOB_ERROR,
    EVENT_JOB_MAX_INSTANCES,
    EVENT_JOB_MISSED,
    EVENT_JOB_SUBMITTED,
    JobEvent,
    JobSubmissionEvent,
)
from apscheduler.schedulers.blocking import BlockingScheduler

from alerts.timetable import SEND, TOKYO, Job, timetable, trigger
from data.clock import now
from data.config import Config
from data.store.connection import open_store
from data.store.runs import last_start, note_run

LATE_AFTER = timedelta(seconds=90)
JOB_HOURS = 6
"""A job that takes longer than this is stuck; it is ended, and the next one goes on where it stood."""
CLOCK = "clock"
LOOK_SECONDS = 30
LEVELS = frozenset({"ok", "note", "problem"})
COMMAND = (sys.executable, "-m", "scopewatch")


def _look_at_the_clock() -> None:
    """Does nothing: that it is due makes the scheduler compute its times anew."""


class Schedule:
    """A scheduler with the timetable of `config`; `run` blocks until it is stopped."""

    def __init__(self, config: Config, command: tuple[str, ...] = COMMAND) -> None:
        self._config = config
        self._command = command
        self._late: dict[str, float] = {}
        self.scheduler = BlockingScheduler(
            timezone=TOKYO,
            # These belong here: as arguments of the scheduler they are ignored (apscheduler#146).
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
        )
        self.scheduler.add_listener(self._submitted, EVENT_JOB_SUBMITTED)
        self.scheduler.add_listener(
            self._refused, EVENT_JOB_MAX_INSTANCES | EVENT_JOB_MISSED | EVENT_JOB_ERROR
        )
        for job in timetable(config):
            self.add(job)
        # APScheduler sleeps until the next job by a clock that stands still with the machine: without
        # this a jump of the wall clock would be noticed only then.
        self.scheduler.add_job(_look_at_the_clock, "interval", seconds=LOOK_SECONDS, id=CLOCK)

    def add(self, job: Job, next_run_time: datetime | None = None) -> None:
        """Take one job into the schedule; with `next_run_time` its first run is then."""
        first = {"next_run_time": next_run_time} if next_run_time else {}
        self.scheduler.add_job(
            self._carry_out, trigger(job), args=(job,), id=job.name, replace_existing=True, **first
        )

    def run(self) -> None:
        """Catch up at once, then follow the timetable until SIGTERM or Ctrl-C.

        The main job catches up with crawling and digests, whatever was missed; a daily or weekly job
        whose moment passed while nothing ran is run once, late.
        """
        self._catch_up(timetable(self._config))
        try:
            self.scheduler.start()
        except (KeyboardInterrupt, SystemExit):
            if self.scheduler.running:
                self.scheduler.shutdown()  # a job that runs hears of Ctrl-C itself, and has its row
            raise

    def _catch_up(self, jobs: list[Job]) -> None:
        for job in jobs:
            if job.name == "run":
                self.add(job, next_run_time=now())
            elif job.hour is not None and not job.name.startswith("digest"):
                missed = self._missed(job, now())
                if missed:
                    self._late[job.name] = (now() - missed).total_seconds()
                    self.add(job, next_run_time=now())

    def _missed(self, job: Job, at: datetime) -> datetime | None:
        """The last moment of `job` that passed since its last start; None when it never ran or missed none."""
        with open_store(self._config) as store:
            last = last_start(store, f"schedule {job.name}")
        if last is None:
            return None
        times, missed = trigger(job), None
        moment = times.get_next_fire_time(None, last + timedelta(seconds=1))
        while moment and moment <= at:
            missed = moment
            moment = times.get_next_fire_time(moment, moment + timedelta(seconds=1))
        return missed

    def _carry_out(self, job: Job) -> None:
        started = now()
        try:
            child = subprocess.run(  # noqa: S603 - our own command, words from the timetable
                [*self._command, *job.words],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                check=False,
                timeout=JOB_HOURS * 3600,
            )
            status, printed, why = child.returncode, child.stdout, ""
        except subprocess.TimeoutExpired:
            status, printed, why = 1, b"", "ended: it took too long"
        except OSError as error:
            status, printed, why = 1, b"", f"cannot be started: {error.strerror}"
        summary: dict[str, Any] = {"why": why} if why else counts_in(printed)
        # Asked at the end: APScheduler tells of a submission when the job may have begun already.
        late = self._late.pop(job.name, 0.0)
        if late:
            summary["late_seconds"] = round(late)
        if job.name == SEND and status == 0 and not late:
            return  # a row every ten minutes would bury the others
        self._note(job.name, status if status >= 0 else 1, summary, started)

    def _submitted(self, event: JobSubmissionEvent) -> None:
        late = now() - event.scheduled_run_times[0]
        if late > LATE_AFTER:
            self._late[event.job_id] = late.total_seconds()

    def _refused(self, event: JobEvent) -> None:
        if event.job_id == CLOCK:
            return
        why = {
            EVENT_JOB_MAX_INSTANCES: "refused: the same job is still under way",
            EVENT_JOB_MISSED: "missed",
            EVENT_JOB_ERROR: "failed inside the schedule",
        }[event.code]
        self._note(event.job_id, 1, {"refused": why}, now())

    def _note(self, name: str, status: int, summary: dict[str, Any], started: datetime) -> None:
        with open_store(self._config) as store:
            note_run(store, f"schedule {name}", started, status, summary)
        line = {"job": name, "exit_status": status, **summary}
        print(json.dumps(line, ensure_ascii=False), file=sys.stderr, flush=True)


def counts_in(printed: bytes) -> dict[str, Any]:
    """The numbers of what a job printed as JSON lines. The runs table is public: names and texts stay out.

    A verb that prints its findings line by line (doctor) is counted by their level.
    """
    lines = [_numbers(line) for line in printed.decode("utf-8", "replace").splitlines()[-500:]]
    levels = Counter(level for _, level in lines if level)
    return dict(levels) or next((told for told, _ in reversed(lines) if told), {})


def _numbers(line: str) -> tuple[dict[str, Any], str | None]:
    try:
        found = json.loads(line)
    except ValueError:
        return {}, None
    if not isinstance(found, dict):
        return {}, None
    level = found.get("level")
    return _only_numbers(found), level if level in LEVELS else None


def _only_numbers(found: dict[str, Any]) -> dict[str, Any]:
    kept = {
        key: _only_numbers(value) if isinstance(value, dict) else value
        for key, value in found.items()
        if isinstance(value, (dict, int, float))
    }
    return {key: value for key, value in kept.items() if value != {}}
