"""Subscribers as scopewatch.toml names them: what each wants to see, when, and through which channels."""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import Annotated, Literal
from zoneinfo import available_timezones

from pydantic import AfterValidator, Field, field_validator, model_validator

from data.sections import EVERY_DAY, MAIL_ADDRESS, ClockTime, Section, Weekday
from data.systems import load_systems
from data.vocabulary import Identifier, Sector, Stage

_VARIABLE_NAME = r"[A-Z][A-Z0-9_]*"
_BY_VARIABLE = "the NAME of an environment variable, as in {}:SCOPEWATCH_{}; a secret does not belong in the file"
CHANNEL_TARGETS: dict[str, tuple[str, str]] = {
    # channel word: what may stand after the colon, and how to say it
    "file": (r"|[\w-][\w.-]*(/[\w-][\w.-]*)*", "nothing, or a directory below digests/"),
    "atom": (r"", "nothing after its name"),
    "email": (MAIL_ADDRESS, "one ASCII address, as in email:desk@example.org"),
    "slack": (
        rf"{_VARIABLE_NAME}(/[A-Z0-9]{{3,}})?",
        _BY_VARIABLE.format("slack", "SLACK_URL"),
    ),
    "webhook": (_VARIABLE_NAME, _BY_VARIABLE.format("webhook", "HOOK_URL")),
    "apprise": (_VARIABLE_NAME, _BY_VARIABLE.format("apprise", "CHAT_URL")),
}


def _word(text: str) -> str:
    if not text.strip():
        raise ValueError("a word of a filter is not empty: every text would contain it")
    return text


Word = Annotated[str, AfterValidator(_word)]


class Filter(Section):
    """What a subscriber wants to see; an empty list means everything."""

    sectors: tuple[Sector, ...] = ()
    systems: tuple[str, ...] = ()
    identifiers: tuple[Identifier, ...] = ()
    stages: tuple[Stage, ...] = ()
    sources: tuple[str, ...] = ()
    words: tuple[Word, ...] = ()
    without_words: tuple[Word, ...] = ()

    @field_validator("systems")
    @classmethod
    def _known_systems(cls, systems: tuple[str, ...]) -> tuple[str, ...]:
        known = set(load_systems()) | set(Sector)
        for system in systems:
            if system not in known:
                near = get_close_matches(system, sorted(known), 3)
                raise ValueError(
                    f"{system!r} is no system of data/systems.yml"
                    + (f"; did you mean {' or '.join(near)}?" if near else "")
                )
        return systems


class Cadence(Section):
    every: Literal["day", "week", "month", "instant"] = "day"
    at: ClockTime = "07:00"
    on: tuple[Weekday, ...] = Field(EVERY_DAY, min_length=1)
    """Names only: digits mean different days in cron and in APScheduler (traps.md 2.2)."""
    day: int = 1
    """Day of the month of a monthly digest: one that every month has, also for cron."""
    max_per_hour: int = Field(4, ge=1, le=60)
    """Cap of an instant cadence; what exceeds it waits for the next hour."""
    quiet_from: ClockTime | None = None
    quiet_until: ClockTime | None = None
    timezone: str = "Asia/Tokyo"

    @field_validator("on", mode="before")
    @classmethod
    def _names_of_days(cls, on: object) -> object:
        wanted = f"a list of weekdays by name ({', '.join(EVERY_DAY)}), never by number"
        if not isinstance(on, list | tuple) or not on:
            raise ValueError(wanted)
        strange = [day for day in on if day not in EVERY_DAY]
        if strange:
            raise ValueError(f"found {strange[0]!r} in it, wanted is {wanted}")
        if len(set(on)) != len(on):
            raise ValueError("a weekday is named twice")
        return on

    @field_validator("day")
    @classmethod
    def _in_every_month(cls, day: int) -> int:
        if not 1 <= day <= 28:
            raise ValueError(
                "a day from 1 to 28, which every month has; 1 is the day after the last"
            )
        return day

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, timezone: str) -> str:
        if timezone not in available_timezones():
            raise ValueError("a timezone is a name such as Asia/Tokyo or Europe/Berlin")
        return timezone

    @model_validator(mode="after")
    def _fits_together(self) -> Cadence:
        if self.every == "week" and "on" in self.model_fields_set and len(self.on) != 1:
            raise ValueError('a weekly digest names one day, as in on = ["mon"]')
        if self.every == "month" and "on" in self.model_fields_set:
            raise ValueError("a monthly digest names a `day` of the month, not a weekday in `on`")
        if self.every != "month" and "day" in self.model_fields_set:
            raise ValueError('`day` is for every = "month"; weekdays stand in `on`')
        if (self.quiet_from is None) != (self.quiet_until is None):
            raise ValueError("quiet hours need both quiet_from and quiet_until")
        return self


class Subscriber(Section):
    name: str = Field(min_length=1, max_length=80, pattern=r"^[\w@+-][\w.@+-]*$")
    role: Literal["activist", "journalist", "watchdog", "operator"] = "activist"
    channels: tuple[str, ...] = ("file",)
    """`file`, `atom`, `email:ADDRESS`, `slack:VARIABLE`, `webhook:VARIABLE`, `apprise:VARIABLE`; VARIABLE
    names the environment variable that holds the secret URL or token. A Slack bot token needs the
    conversation too: `slack:VARIABLE/C0123ABCD`."""
    language: Literal["ja", "en", "both"] = "ja"
    filter: Filter = Filter()
    cadence: Cadence = Cadence()

    @field_validator("channels")
    @classmethod
    def _known_channels(cls, channels: tuple[str, ...]) -> tuple[str, ...]:
        for channel in channels:
            kind, _, target = channel.partition(":")
            if kind not in CHANNEL_TARGETS:
                raise ValueError(
                    f"{channel!r}: a channel is file, atom, email:…, slack:…, webhook:… or apprise:…"
                )
            pattern, needs = CHANNEL_TARGETS[kind]
            if not re.fullmatch(pattern, target):
                raise ValueError(f"{kind}: needs {needs}")
        if len(set(channels)) != len(channels):
            raise ValueError("a channel is named twice")
        return channels
