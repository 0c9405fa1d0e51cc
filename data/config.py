"""The configuration: one scopewatch.toml, validated; every key has a default, secrets stay outside."""

from __future__ import annotations

import os
import re
import tomllib
from difflib import get_close_matches
from email.utils import parseaddr
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import available_timezones

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    field_validator,
    model_validator,
)

from data.errors import ConfigError
from data.systems import load_systems
from data.vocabulary import Identifier, Sector, Stage

VARIABLE = "SCOPEWATCH_CONFIG"
MAIL_ADDRESS = r"[!-~]+@[A-Za-z0-9.-]+"
LOOPBACK = ("localhost", "127.0.0.1", "::1")
DEFAULT_NAME = "scopewatch.toml"

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
EVERY_DAY: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def _clock_time(text: str) -> str:
    if not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", text):
        raise ValueError("a time of day is HH:MM, 00:00 to 23:59")
    return text


ClockTime = Annotated[str, AfterValidator(_clock_time)]


def _word(text: str) -> str:
    if not text.strip():
        raise ValueError("a word of a filter is not empty: every text would contain it")
    return text


class Section(BaseModel):
    """A table of scopewatch.toml; a key that does not exist is an error, not a silence."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class StoreSection(Section):
    directory: Path = Path("var")
    """Where watch.db, private.db, archive/ and digests/ lie; relative to the configuration file."""


class CrawlSection(Section):
    sources: tuple[str, ...] = ("shipped",)
    """Directories of source YAML files; `shipped` names the catalogue inside the package."""
    allow_hosts: tuple[str, ...] = ()
    """host:port pairs that may be fetched although they are private (a local mirror, the demo)."""
    user_agent: str | None = None
    """The whole User-Agent; by default it is built from the version and `contact`."""
    concurrency: int = Field(8, ge=1, le=64)
    delay_seconds: float = Field(2.0, ge=0)
    timeout_seconds: int = Field(45, ge=1, le=600)
    source_limit_seconds: int = Field(900, ge=5)
    max_body_mib: int = Field(24, ge=1, le=512)
    max_pdf_mib: int = Field(64, ge=1, le=512)


class ClassifySection(Section):
    threshold: float | None = Field(None, ge=0, le=1)
    """Score from which a finding counts; by default the one measured when the model was trained."""
    recycle_after: int = Field(2000, ge=1)
    """Documents after which the worker process is replaced, because spaCy's memory grows."""


class LawsSection(Section):
    """The laws whose tables say who may use the identifiers, followed at e-Gov once a day."""

    follow: bool = True
    api: str = "https://laws.e-gov.go.jp/api/2"
    """e-Gov's law API v2, or a server that stands in for it."""
    also: tuple[str, ...] = ()
    """Law ids to follow beside the six that scopewatch always follows."""


class BrowseSection(Section):
    host: str = "127.0.0.1"
    port: int = Field(8001, ge=1, le=65535)
    public_url: str | None = None
    """The address under which readers reach the pages; digests link to it."""
    review: bool = False
    """Let reviewers (`scopewatch reviewers add`) sign in and write; else the pages only read."""
    allow_sql: bool = False
    """Let readers run SQL of their own against watch.db, within the limits of time and rows."""
    sign_in_path: str | None = Field(None, pattern=r"^/-/[\w/-]+$")
    """Where a sign-in plugin of Datasette begins, as in `/-/github-auth-start`."""
    open_paths: tuple[str, ...] = ()
    """Addresses of plugins that may be reached beside our own, each as it is written."""
    plugins: dict[str, Any] = {}
    """Settings of Datasette's plugins by name; a secret is named as { "$env" = "VARIABLE" }."""
    feeds: dict[str, Filter] = {}
    """Saved filters by name: each has a feed at /-/feed/filter/NAME.atom and .json."""


class MailSection(Section):
    host: str = "localhost"
    port: int = Field(587, ge=1, le=65535)
    security: Literal["starttls", "tls", "none"] = "starttls"
    user: str | None = None
    sender: str = "scopewatch@localhost"
    """One address, with a name if you like: `scopewatch <watch@example.org>`."""
    timeout_seconds: int = Field(30, ge=1, le=300)
    ca_file: Path | None = None
    """Certificates to trust beside those of the system, for a mail server with a certificate of its own."""

    @field_validator("sender")
    @classmethod
    def _one_address(cls, sender: str) -> str:
        address = parseaddr(sender)[1]
        if not re.fullmatch(MAIL_ADDRESS, address) or not sender.isprintable():
            raise ValueError("a sender is one address such as scopewatch <watch@example.org>")
        return sender

    @model_validator(mode="after")
    def _no_password_in_the_clear(self) -> MailSection:
        if self.user and self.security == "none" and self.host not in LOOPBACK:
            raise ValueError("a password is only sent over starttls or tls; set `security`")
        return self


class ScheduleSection(Section):
    """What `scopewatch schedule` does beside the subscribers' digests; times in Asia/Tokyo."""

    run_minute: int = Field(17, ge=0, le=59)
    """Minute of every hour at which the main job runs; what is due decides each source's cadence."""
    doctor_at: ClockTime = "06:40"
    backup_at: ClockTime = "03:40"
    backups_kept: int = Field(14, ge=1, le=1000)
    export_at: ClockTime | None = None
    """When the signed export of the day is written (`scopewatch export --sign`); None writes none."""
    report_on: Weekday = "mon"
    """Day of the operator's weekly report."""
    report_at: ClockTime = "06:50"


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


class Config(Section):
    """All of scopewatch.toml. Relative paths are relative to the file, else to the working directory."""

    contact: str | None = None
    """mailto: or https: address in the User-Agent; a run that leaves this machine needs it."""
    store: StoreSection = StoreSection()
    crawl: CrawlSection = CrawlSection()
    classify: ClassifySection = ClassifySection()
    browse: BrowseSection = BrowseSection()
    mail: MailSection = MailSection()
    schedule: ScheduleSection = ScheduleSection()
    subscribers: tuple[Subscriber, ...] = (Subscriber(name="operator", role="operator"),)
    laws: LawsSection = LawsSection()
    base: Path = Path()
    """Directory that relative paths start from; set by `load_config`, not by the file."""

    @field_validator("contact")
    @classmethod
    def _reachable(cls, contact: str | None) -> str | None:
        if contact is not None and not re.fullmatch(
            r"mailto:[^@\s]+@[^@\s]+|https?://\S+", contact
        ):
            raise ValueError("a contact is mailto:you@example.org or an https:// page")
        return contact

    @model_validator(mode="after")
    def _one_of_each(self) -> Config:
        names = [subscriber.name for subscriber in self.subscribers]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(
                f"subscribers: the name {twice[0]!r} is given twice; each needs its own"
            )
        return self

    @property
    def directory(self) -> Path:
        return self.base / self.store.directory

    @property
    def watch_db(self) -> Path:
        return self.directory / "watch.db"

    @property
    def private_db(self) -> Path:
        return self.directory / "private.db"

    @property
    def archive(self) -> Path:
        return self.directory / "archive"

    @property
    def digests(self) -> Path:
        return self.directory / "digests"


def load_config() -> Config:
    """The configuration of this process, by `SCOPEWATCH_CONFIG`, else ./scopewatch.toml, else defaults.

    Raises `ConfigError` naming the file, the key, what was found and what is allowed.
    """
    named = os.environ.get(VARIABLE)
    path = Path(named) if named else Path(DEFAULT_NAME)
    if not named and not path.exists():
        return Config()
    return read_config(path)


def read_config(path: Path) -> Config:
    """The configuration in the file `path`; raises `ConfigError`."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise ConfigError(f"{path}: there is no such file; `scopewatch init` writes one") from error
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: is not UTF-8 text (byte {error.start})") from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path}: is not TOML: {error}") from error
    if "base" in table:
        raise ConfigError(f"{path}: base: this key does not exist")
    try:
        return Config(**table, base=path.parent)
    except ValidationError as error:
        raise ConfigError("; ".join(explain(path, error))) from error


def explain(path: Path, error: ValidationError) -> list[str]:
    """One clause per wrong key: file, key, what was found, what is allowed."""
    return [f"{path}: {_key(item['loc'])}: {_found(item)}" for item in error.errors()]


def _key(location: tuple[int | str, ...]) -> str:
    key = ""
    for part in location:
        key += f"[{part}]" if isinstance(part, int) else f".{part}" if key else str(part)
    return key or "the file"


def _found(item: Any) -> str:
    if item["type"] == "extra_forbidden":
        return "this key does not exist"
    allowed = item["msg"].removeprefix("Value error, ")
    value = item["input"]
    if isinstance(value, (str, int, float, bool)) and len(repr(value)) <= 80:
        return f"found {value!r}, allowed: {allowed}"
    return str(allowed)
