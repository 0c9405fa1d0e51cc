"""The timetable that scopewatch.toml asks for, and the same times for APScheduler, cron and systemd.

Weekdays are names everywhere: the digit 1 is Monday in cron and Tuesday in APScheduler (traps.md 2.2).
"""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass

from apscheduler.triggers.cron import CronTrigger

from data.config import VARIABLE, Config
from data.sections import EVERY_DAY, Weekday
from data.subscribers import Cadence

TOKYO = "Asia/Tokyo"
SEND = "send"
SEND_EVERY = 10
"""Minutes between two passes over the outbox."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One line of the timetable: which verb, at which minutes. `hour` None means every hour."""

    name: str
    words: tuple[str, ...]
    minutes: tuple[int, ...]
    hour: int | None = None
    on: tuple[Weekday, ...] = EVERY_DAY
    day: int | None = None
    timezone: str = TOKYO


def timetable(config: Config) -> list[Job]:
    """All jobs of a configuration: the main job, each moment of a digest once, and the care."""
    schedule = config.schedule
    return [
        Job(name="run", words=("run", "--json"), minutes=(schedule.run_minute,)),
        *_digests(config),
        _sending(schedule.run_minute),
        _daily("backup", ("backup", "--json"), schedule.backup_at),
        *_export(schedule.export_at),
        _daily("doctor", ("doctor", "--json", "--tell"), schedule.doctor_at),
        _daily("report", ("report", "--send"), schedule.report_at, (schedule.report_on,)),
    ]


def _sending(run_minute: int) -> Job:
    """Second attempts, Retry-After and the end of quiet hours want a sender more often than once an hour."""
    minutes = ((run_minute + SEND_EVERY // 2 + step) % 60 for step in range(0, 60, SEND_EVERY))
    return Job(name=SEND, words=("outbox", "send", "--json"), minutes=tuple(sorted(minutes)))


def _daily(name: str, words: tuple[str, ...], at: str, on: tuple[Weekday, ...] = EVERY_DAY) -> Job:
    hour, _, minute = at.partition(":")
    return Job(name=name, words=words, hour=int(hour), minutes=(int(minute),), on=on)


def _export(at: str | None) -> list[Job]:
    """The watchdog's export, where the operator asks for one; it is signed or it is none."""
    return [_daily("export", ("export", "--sign"), at)] if at else []


def _digests(config: Config) -> list[Job]:
    """Instant subscribers are served by the main job; the others share a job per moment."""
    cadences = {
        _moment(subscriber.cadence): subscriber.cadence
        for subscriber in config.subscribers
        if subscriber.cadence.every != "instant"
    }
    return [_digest(number, cadence) for number, cadence in enumerate(cadences.values(), 1)]


def _moment(cadence: Cadence) -> tuple[object, ...]:
    month = cadence.every == "month"
    days = () if month else _days(cadence)
    return (cadence.at, cadence.timezone, days, cadence.day if month else None)


def _days(cadence: Cadence) -> tuple[Weekday, ...]:
    chosen = cadence.on[:1] if cadence.every == "week" else cadence.on
    return tuple(day for day in EVERY_DAY if day in chosen)


def _digest(number: int, cadence: Cadence) -> Job:
    hour, _, minute = cadence.at.partition(":")
    month = cadence.every == "month"
    return Job(
        name=f"digest-{number}",
        words=("digest", "--due", "--send", "--json"),
        hour=int(hour),
        minutes=(int(minute),),
        on=EVERY_DAY if month else _days(cadence),
        day=cadence.day if month else None,
        timezone=cadence.timezone,
    )


def trigger(job: Job) -> CronTrigger:
    """The job's times for APScheduler, its zone written out."""
    return CronTrigger(
        minute=",".join(map(str, job.minutes)),
        hour="*" if job.hour is None else job.hour,
        day="*" if job.day is None else job.day,
        day_of_week="*" if job.on == EVERY_DAY else ",".join(job.on),
        timezone=job.timezone,
    )


def cron_fields(job: Job) -> str:
    """The five fields of a crontab line. Never both a day of the month and a weekday: cron would take either."""
    hour = "*" if job.hour is None else job.hour
    day = "*" if job.day is None else job.day
    minutes = ",".join(map(str, job.minutes))
    return f"{minutes} {hour} {day} * {'*' if job.on == EVERY_DAY else ','.join(job.on)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where the printed jobs run: the command's words, the working directory, the configuration if it was named."""

    command: tuple[str, ...]
    directory: str
    configuration: str | None = None


def crontab(jobs: list[Job], place: Place) -> str:
    """A crontab with the same times. Zones stand in CRON_TZ, which cronie and systemd-cron know."""
    # To cron a bare % ends the command.
    go = f"cd {shlex.quote(place.directory)} && {shlex.join(place.command)}".replace("%", "\\%")
    lines = [
        "# scopewatch: the same times as `scopewatch schedule`. Use one of the two, not both.",
        "# CRON_TZ is known to cronie. Debian's own cron ignores it: set the machine's zone to Asia/Tokyo,",
        "# or use `scopewatch schedule --print-systemd`. Secrets belong into the environment, not in here.",
    ]
    if place.configuration:
        lines.append(f"{VARIABLE}={place.configuration}")
    for zone in dict.fromkeys(job.timezone for job in jobs):
        lines.append(f"CRON_TZ={zone}")
        lines += [
            f"{cron_fields(job)} {go} {' '.join(job.words)} >> {job.name}.log 2>&1"
            for job in jobs
            if job.timezone == zone
        ]
    return "\n".join(lines) + "\n"


def calendar(job: Job) -> str:
    """The job's times as systemd's OnCalendar."""
    days = "" if job.on == EVERY_DAY else ",".join(day.capitalize() for day in job.on) + " "
    date = "*-*-*" if job.day is None else f"*-*-{job.day:02}"
    hour = "*" if job.hour is None else f"{job.hour:02}"
    minutes = ",".join(f"{minute:02}" for minute in job.minutes)
    return f"{days}{date} {hour}:{minutes}:00 {job.timezone}"


def systemd_units(jobs: list[Job], place: Place) -> str:
    """A service and a timer per job. `Persistent` runs a missed moment once when the machine is back."""
    units = []
    command = " ".join(_systemd_word(word.replace("$", "$$")) for word in place.command)
    named = f"{VARIABLE}={place.configuration}"
    environment = f"Environment={_systemd_word(named)}\n" if place.configuration else ""
    directory = place.directory.replace("%", "%%")
    for job in jobs:
        units.append(
            f"# scopewatch-{job.name}.service\n"
            f"[Unit]\nDescription=scopewatch {job.words[0]}\nAfter=network-online.target\n\n"
            f"[Service]\nType=oneshot\nWorkingDirectory={directory}\n"
            f"{environment}EnvironmentFile=-/etc/scopewatch.env\n"
            f"ExecStart={command} {' '.join(job.words)}\n"
            "# 1: some sources or deliveries failed; the digest says which.\nSuccessExitStatus=1\n"
        )
        units.append(
            f"# scopewatch-{job.name}.timer\n"
            f"[Unit]\nDescription=scopewatch {job.words[0]}\n\n"
            f"[Timer]\nOnCalendar={calendar(job)}\nAccuracySec=1s\nPersistent=true\n\n"
            "[Install]\nWantedBy=timers.target\n"
        )
    return "\n".join(units)


def _systemd_word(word: str) -> str:
    """One word of a unit file: % begins a specifier there, blanks end a word."""
    plain = word.replace("\\", "\\\\").replace("%", "%%")
    if not re.search(r"[\s\"';]", plain):
        return plain
    return '"' + plain.replace('"', '\\"') + '"'
