"""The schedule: APScheduler fires, each job is a child process of the same command, every end is a row.

A job that was missed (the machine slept, the clock jumped) runs once, late, and its row says so. One
that would overlap itself is refused, and a row says that too.
"""

from __future__ import annotations

import json
import subprocess
import sys
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

from alerts.timetable import TOKYO, Job, timetable, trigger
from data.clock import now
from data.config import Config
from data.store.connection import open_store
from data.store.runs import note_run

LATE_AFTER = timedelta(seconds=90)
JOB_HOURS = 6
"""A job that takes longer than this is stuck; it is ended, and the next one goes on where it stood."""
COMMAND = (sys.executable, "-m", "scopewatch")


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

    def add(self, job: Job, next_run_time: datetime | None = None) -> None:
        """Take one job into the schedule; with `next_run_time` its first run is then."""
        first = {"next_run_time": next_run_time} if next_run_time else {}
        self.scheduler.add_job(
            self._carry_out, trigger(job), args=(job,), id=job.name, replace_existing=True, **first
        )

    def run(self) -> None:
        """Catch up with the main job at once, then follow the timetable until SIGTERM or Ctrl-C."""
        main = next(job for job in timetable(self._config) if job.name == "run")
        self.add(main, next_run_time=now())
        try:
            self.scheduler.start()
        except (KeyboardInterrupt, SystemExit):
            if self.scheduler.running:
                self.scheduler.shutdown(wait=False)

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
            status, printed = child.returncode, child.stdout
        except subprocess.TimeoutExpired:
            status, printed = 1, b"ended: it took too long"
        except OSError as error:
            status, printed = 1, f"cannot be started: {error.strerror}".encode()
        summary: dict[str, Any] = {"printed": printed.decode("utf-8", "replace")[-2000:].strip()}
        # Asked at the end: APScheduler tells of a submission when the job may have begun already.
        late = self._late.pop(job.name, 0.0)
        if late:
            summary["late_seconds"] = round(late)
        self._note(job.name, status if status >= 0 else 1, summary, started)

    def _submitted(self, event: JobSubmissionEvent) -> None:
        late = now() - event.scheduled_run_times[0]
        if late > LATE_AFTER:
            self._late[event.job_id] = late.total_seconds()

    def _refused(self, event: JobEvent) -> None:
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
