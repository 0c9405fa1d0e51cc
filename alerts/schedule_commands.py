"""The verb schedule: follow the timetable, or print it for cron or systemd."""

from __future__ import annotations

import shutil
import signal
import sys
from pathlib import Path
from types import FrameType

import click

from alerts.schedule import Schedule
from alerts.timetable import crontab, systemd_units, timetable
from data.config import load_config
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
        command = shutil.which("scopewatch") or f"{sys.executable} -m scopewatch"
        click.echo(written(timetable(config), command, str(Path.cwd())), nl=False)
        return
    with run_lock(config.directory, "schedule", name="schedule"):
        signal.signal(signal.SIGTERM, _stop)
        Schedule(config).run()


def _stop(number: int, frame: FrameType | None) -> None:
    raise SystemExit(0)
