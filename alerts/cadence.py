"""When a subscriber's digest is due: the last moment that the cadence names, in the subscriber's zone."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from data.sections import EVERY_DAY
from data.subscribers import Cadence

LATE_AFTER = timedelta(hours=2)
"""A digest written this long after its moment says that it is late."""


def due_moment(cadence: Cadence, at: datetime) -> datetime:
    """The latest moment not after `at` for which the cadence wants a digest (UTC).

    Because it looks back, a machine that was off for two days finds one moment, not two.
    """
    if cadence.every == "instant":
        return at.astimezone(UTC).replace(microsecond=0)
    zone = ZoneInfo(cadence.timezone)
    here = at.astimezone(zone)
    clock = time.fromisoformat(cadence.at)
    day = here.date()
    while True:
        moment = datetime.combine(day, clock, tzinfo=zone)
        if moment <= here and _wanted(cadence, moment):
            return moment.astimezone(UTC)
        day -= timedelta(days=1)


def _wanted(cadence: Cadence, moment: datetime) -> bool:
    weekday = EVERY_DAY[moment.weekday()]
    if cadence.every == "week":
        return weekday == cadence.on[0]
    if cadence.every == "month":
        return moment.day == cadence.day
    return weekday in cadence.on


def period_name(cadence: Cadence, moment: datetime) -> str:
    """The name of the period that ends at `moment`; with the subscriber it is the digest's identity."""
    here = moment.astimezone(ZoneInfo(cadence.timezone))
    return here.strftime("%Y-%m-%dT%H%M%S" if cadence.every == "instant" else "%Y-%m-%d")


def after_quiet_hours(cadence: Cadence, at: datetime) -> datetime:
    """`at`, or the end of the quiet hours that it falls into (UTC)."""
    if cadence.quiet_from is None or cadence.quiet_until is None:
        return at.astimezone(UTC)
    zone = ZoneInfo(cadence.timezone)
    here = at.astimezone(zone)
    start, end = time.fromisoformat(cadence.quiet_from), time.fromisoformat(cadence.quiet_until)
    clock = here.timetz().replace(tzinfo=None)
    quiet = start <= clock < end if start <= end else (clock >= start or clock < end)
    if not quiet:
        return at.astimezone(UTC)
    day = here.date() if clock < end else here.date() + timedelta(days=1)
    return datetime.combine(day, end, tzinfo=zone).astimezone(UTC)


def is_quiet(cadence: Cadence, at: datetime) -> bool:
    """True within the quiet hours: nothing is sent then, a second attempt neither."""
    return after_quiet_hours(cadence, at) > at
