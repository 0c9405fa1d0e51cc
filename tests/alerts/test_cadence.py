"""When a digest is due, in the subscriber's zone, also after two days off and in quiet hours."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from alerts.cadence import after_quiet_hours, due_moment, period_name
from data.clock import TOKYO
from data.subscribers import Cadence


def tokyo(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=TOKYO)


CASES = {
    "this morning": (Cadence(at="07:00"), "2026-11-20T07:00", "2026-11-20T07:00"),
    "not yet": (Cadence(at="07:00"), "2026-11-20T06:59", "2026-11-19T07:00"),
    "after two days off there is one": (
        Cadence(at="07:00"),
        "2026-11-22T15:00",
        "2026-11-22T07:00",
    ),
    "weekdays only": (
        Cadence(on=("mon", "fri"), at="07:00"),
        "2026-11-22T12:00",
        "2026-11-20T07:00",
    ),
    "weekly on Monday": (
        Cadence(every="week", on=("mon",), at="08:30"),
        "2026-11-22T12:00",
        "2026-11-16T08:30",
    ),
    "monthly": (Cadence(every="month", day=15, at="07:00"), "2026-11-14T12:00", "2026-10-15T07:00"),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_due_moment(case: tuple[Cadence, str, str]) -> None:
    cadence, at, expected = case
    assert due_moment(cadence, tokyo(at)) == tokyo(expected).astimezone(UTC)


def test_the_subscribers_zone_decides() -> None:
    cadence = Cadence(at="07:00", timezone="Europe/Berlin")
    assert due_moment(cadence, tokyo("2026-11-20T15:00")) == datetime(2026, 11, 20, 6, tzinfo=UTC)
    assert period_name(cadence, datetime(2026, 11, 20, 6, tzinfo=UTC)) == "2026-11-20"


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ("2026-11-20T23:30", "2026-11-21T06:00"),
        ("2026-11-20T05:59", "2026-11-20T06:00"),
        ("2026-11-20T06:00", "2026-11-20T06:00"),
        ("2026-11-20T12:00", "2026-11-20T12:00"),
    ],
)
def test_quiet_hours_over_midnight(at: str, expected: str) -> None:
    cadence = Cadence(quiet_from="22:00", quiet_until="06:00")
    assert after_quiet_hours(cadence, tokyo(at)) == tokyo(expected).astimezone(UTC)
