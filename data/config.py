"""The configuration: one scopewatch.toml, validated; every key has a default, secrets stay outside."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Collection
from email.utils import parseaddr
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field, ValidationError, field_validator, model_validator

from data.errors import ConfigError
from data.late import Late
from data.sections import MAIL_ADDRESS, ClockTime, Section, Weekday
from data.subscribers import Filter, Subscriber

if TYPE_CHECKING:
    import difflib
else:
    difflib = Late("difflib")

VARIABLE = "SCOPEWATCH_CONFIG"
LOOPBACK = ("localhost", "127.0.0.1", "::1")
DEFAULT_NAME = "scopewatch.toml"
_CONTACT = re.compile(
    r"mailto:[\w.!#$%&'*+/=?^`{|}~-]+@[\w.-]+|https?://[\w.-]+(?:[:/?#][!-'*-~]*)?", re.ASCII
)
"""What may stand in a User-Agent's comment: ASCII without spaces and parentheses."""
_EXAMPLE = re.compile(
    r"(?:[@./]example(?:\.(?:com|net|org|jp))?|\.(?:test|invalid)|(?:@|//)[\w-]+)(?:[:/?#]|$)"
)


class StoreSection(Section):
    directory: Path = Path("var")
    """Where watch.db, private.db, archive/ and digests/ lie; relative to the configuration file."""


class CrawlSection(Section):
    sources: tuple[str, ...] = ("shipped",)
    """Directories of source YAML files; `shipped` names the catalogue inside the package."""
    allow_hosts: tuple[str, ...] = ()
    """host:port pairs that may be fetched although they are private (a local mirror, the demo)."""
    user_agent: str | None = Field(None, pattern=r"^[!-~](?:[ -~]*[!-~])?$", max_length=300)
    """Words of your own for the User-Agent, in ASCII; what they lack of scopewatch's name and `contact` is added."""
    concurrency: int = Field(8, ge=1, le=64)
    delay_seconds: float = Field(2.0, ge=0)
    timeout_seconds: int = Field(45, ge=1, le=600)
    source_limit_seconds: int = Field(900, ge=5)
    max_body_mib: int = Field(24, ge=1, le=512)
    max_pdf_mib: int = Field(64, ge=1, le=512)

    @property
    def largest_body(self) -> int:
        """Bytes of the largest body that is taken."""
        return max(self.max_body_mib, self.max_pdf_mib) << 20

    @field_validator("allow_hosts")
    @classmethod
    def _with_ports(cls, entries: tuple[str, ...]) -> tuple[str, ...]:
        plain = tuple(entry.strip().lower() for entry in entries)
        for entry in plain:
            if not re.fullmatch(r"(?:[a-z0-9_.-]+|\[[0-9a-f:.]+\]):[0-9]{1,5}", entry):
                raise ValueError(
                    f"a host with its port such as localhost:8000 or [::1]:8000, not {entry!r}"
                )
        return plain


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
    plugins: dict[str, Any] = Field(default_factory=dict)
    """Settings of Datasette's plugins by name; a secret is named as { "$env" = "VARIABLE" }."""
    feeds: dict[str, Filter] = Field(default_factory=dict)
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
        if contact is not None and not _CONTACT.fullmatch(contact):
            raise ValueError(
                "a contact is mailto:desk@example.org or an https:// page, in ASCII without spaces"
            )
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
    def contact_is_example(self) -> bool:
        """Whether `contact` is at a name kept for examples (RFC 2606), or that of a machine: nobody reads it."""
        return _EXAMPLE.search(self.contact or "") is not None

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


def explain(path: Path, error: ValidationError, known: Collection[str] = ()) -> list[str]:
    """One clause per wrong key: file, key, what was found, what is allowed; `known` keys may have been meant."""
    return [f"{path}: {_key(item['loc'])}: {_found(item, known)}" for item in error.errors()]


def _key(location: tuple[int | str, ...]) -> str:
    key = ""
    for part in location:
        key += f"[{part}]" if isinstance(part, int) else f".{part}" if key else str(part)
    return key or "the file"


def _found(item: Any, known: Collection[str]) -> str:
    if item["type"] == "extra_forbidden":
        near = difflib.get_close_matches(str(item["loc"][-1]), known, 1)
        return "this key does not exist" + (f"; {near[0]!r} may be meant" if near else "")
    allowed = item["msg"].removeprefix("Value error, ")
    value = item["input"]
    if item["type"] == "model_type":
        allowed = "a block of keys, as in {ja: ..., en: ...}"
    if item["type"] == "string_type" and isinstance(value, (int, float, bool)):
        allowed = "a text: put it in quotes"
    if isinstance(value, (str, int, float, bool)) and len(repr(value)) <= 80:
        return f"found {value!r}, allowed: {allowed}"
    return str(allowed)
