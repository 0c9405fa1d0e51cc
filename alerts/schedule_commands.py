"""The verb schedule: follow the timetable, or print it for cron or systemd."""

from __future__ import annotations

import os
import shutil
import signal
import sys
from pathlib import Path
from types import FrameType

import click

from alerts.schedule import Schedule
from alerts.timetable import Place, crontab, systemd_units, timetable
from data.config import VARIABLE, load_config
from data.errors import UsageError
from data.lock import run_lock


@click.command(epilog="Example: scopewatch schedule --print-systemd")
@click.option("--print-cron", is_flag=True, help="Print the same times as a crontab, and stop.")
@click.option("--print-systemd", is_flag=True, help="Print them as systemd services and timers.")
def schedule(print_cron: bool, print_systemd: bool) -> None:
    """Run the main job, digests, checks, backups and the weekly report by the clock, until stopped.

    Exit status 3 when another schedule runs already.
    """
    if print_cron and print_systemd:
        raise UsageError("schedule: give one of --print-cron and --print-systemd")
    config = load_config()
    if print_cron or print_systemd:
        written = crontab if print_cron else systemd_units
        click.echo(written(timetable(config), _here()), nl=False)
        return
    with run_lock(config.directory, "schedule", name="schedule"):
        signal.signal(signal.SIGTERM, _stop)
        Schedule(config).run()


def _here() -> Place:
    """The present command and directory, and the configuration where SCOPEWATCH_CONFIG names one."""
    found, named = shutil.which("scopewatch"), os.environ.get(VARIABLE)
    return Place(
        command=(found,) if found else (sys.executable, "-m", "scopewatch"),
        directory=str(Path.cwd()),
        configuration=str(Path(named).absolute()) if named else None,
    )


def _stop(number: int, frame: FrameType | None) -> None:
    raise SystemExit(0)
