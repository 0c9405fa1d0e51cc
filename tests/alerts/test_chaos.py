"""A short round of `make chaos`: nothing lost, nothing doubled, and a repeat only where no answer came."""

from __future__ import annotations

import pytest

from alerts.channels import slack
from tests.alerts import chaos


@pytest.fixture(autouse=True)
def a_scene_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(chaos.HOOK, "")
    monkeypatch.setattr(slack, "PAUSE", 0.0)
    monkeypatch.setattr(slack, "TIMEOUT", 1)


def test_kill_9_at_random_moments_loses_and_doubles_nothing() -> None:
    row, _ = chaos.killed(8)
    assert (row.lost, row.doubled) == (0, 0)
    assert row.repeated <= 8


def test_two_schedulers_at_once_send_once() -> None:
    row = chaos.two_at_once(3)
    assert (row.lost, row.doubled, row.repeated) == (0, 0, 0)


@pytest.mark.parametrize("hours", [3, -3])
def test_a_jumping_clock_sends_once(hours: int) -> None:
    row = chaos.clock_jump(3, hours)
    assert (row.lost, row.doubled, row.repeated) == (0, 0, 0)


def test_a_full_disk_loses_and_doubles_nothing() -> None:
    row = chaos.disk_full(4)
    assert (row.lost, row.doubled) == (0, 0)


def test_a_disk_that_fills_at_any_moment_loses_and_doubles_nothing() -> None:
    row = chaos.no_room(6)
    assert (row.lost, row.doubled) == (0, 0)


@pytest.mark.parametrize(("command", "repeats"), [("mail", 0), ("data", 2)])
def test_a_half_closed_mail_connection_repeats_only_what_was_taken(
    command: str, repeats: int
) -> None:
    row = chaos.scripted(2, "half-closed", chaos.mail_reply(command, "half"))
    assert (row.lost, row.doubled, row.repeated) == (0, 0, repeats)


def test_an_address_that_refuses_for_a_week_loses_nothing_when_it_is_mended() -> None:
    row = chaos.scripted(7, "RCPT 550", chaos.mail_reply("rcpt", "550 5.1.1 no such user"))
    assert (row.lost, row.doubled, row.repeated) == (0, 0, 0)
