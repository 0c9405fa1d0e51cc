"""What the tables of scopewatch.toml share: they refuse unknown keys, and say times, days and addresses one way."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict

MAIL_ADDRESS = r"[!-~]+@[A-Za-z0-9.-]+"

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
EVERY_DAY: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def _clock_time(text: str) -> str:
    if not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", text):
        raise ValueError("a time of day is HH:MM, 00:00 to 23:59")
    return text


ClockTime = Annotated[str, AfterValidator(_clock_time)]


class Section(BaseModel):
    """A table of scopewatch.toml; a key that does not exist is an error, not a silence."""

    model_config = ConfigDict(extra="forbid", frozen=True)
