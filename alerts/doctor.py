"""The doctor's checks: each gives findings with a level, so that a person and a cron job can read them."""

from __future__ import annotations

import os
import shutil
import socket
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parseaddr
from typing import Literal

from alerts.channels.address import may_be_called
from alerts.channels.apprise_channel import MISSING, installed
from alerts.channels.registry import kind_of, target_of
from alerts.channels.smtp import PASSWORD
from alerts.channels.webhook import KEY_SUFFIX
from alerts.inert import line
from data.care import backups, database_problems
from data.clock import VARIABLE as CLOCK
from data.clock import from_text, now, tokyo
from data.config import LOOPBACK, Config
from data.store.connection import Store
from data.store.findings import quarantined
from data.store.outbox_care import count_parts, last_composed
from data.store.runs import newest_start
from data.store.sources import health_rows
from data.store.subscriptions import list_suspensions
from data.unsubscribe import VARIABLE as SECRET

LITTLE_SPACE = 512 * 1024 * 1024
FAILURES_SHOWN = 2
"""Failed readings in a row from which a source is reported (traps.md, ask 6)."""
MOST_QUARANTINED = 20
SLIP = timedelta(minutes=5)
"""By so much a clock may be set back without a word: time servers do."""

Level = Literal["ok", "note", "problem"]


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at; `problem` makes the doctor's exit status 1."""

    topic: str
    level: Level
    text: str


def examine_outside(config: Config) -> list[Check]:
    """The checks that need no open database, in the order in which a person reads them."""
    checks: list[Check] = []
    for look in (_configuration, _databases, _disk, _clock):
        checks += look(config)
    return checks


def examine(store: Store, config: Config, at: datetime) -> list[Check]:
    """All checks. One that a damaged database ends is a problem of its own, and the others go on."""
    checks = examine_outside(config)
    for look_inside in _INSIDE:
        try:
            checks += look_inside(store, config, at)
        except sqlite3.DatabaseError as error:
            topic = look_inside.__name__.strip("_").replace("_", " ")
            checks.append(Check("databases", "problem", f"{topic} cannot be read: {error}"))
    return checks


def _configuration(config: Config) -> Iterator[Check]:
    if config.contact is None:
        yield Check("configuration", "problem", "contact is not set; a live run is refused")
    elif config.contact_is_example:
        why = f"contact is {config.contact}, an example's address: webmasters cannot write to you"
        yield Check("configuration", "note", why)
    for name in sorted(set(_missing_variables(config))):
        yield Check("configuration", "problem", f"the environment variable {name} is not set")
    for name in sorted(set(_bad_addresses(config))):
        yield Check(
            "configuration", "problem", f"the environment variable {name} holds no https:// address"
        )
    if installed() is None and any(kind_of(c) == "apprise" for c in all_channels(config)):
        yield Check("configuration", "problem", MISSING)
    if sends_mail(config) and not (config.browse.public_url and os.environ.get(SECRET)):
        yield Check(
            "configuration",
            "note",
            f"one-click unsubscribing needs [browse] public_url and the variable {SECRET}",
        )
    if not any(subscriber.role == "operator" for subscriber in config.subscribers):
        yield Check("configuration", "note", "nobody has the role operator; notices become files")
    yield Check("configuration", "ok", f"{len(config.subscribers)} subscribers")


def all_channels(config: Config) -> list[str]:
    return [named for subscriber in config.subscribers for named in subscriber.channels]


def sends_mail(config: Config) -> bool:
    return any(kind_of(named) == "email" for named in all_channels(config))


def _missing_variables(config: Config) -> Iterator[str]:
    if config.mail.user and not os.environ.get(PASSWORD):
        yield PASSWORD
    for subscriber in config.subscribers:
        for named in subscriber.channels:
            kind, target = kind_of(named), target_of(named).partition("/")[0]
            if kind in {"slack", "webhook", "apprise"} and not os.environ.get(target):
                yield target
            if kind == "webhook" and not os.environ.get(target + KEY_SUFFIX):
                yield target + KEY_SUFFIX


def _bad_addresses(config: Config) -> Iterator[str]:
    for named in all_channels(config):
        kind, (variable, _, conversation) = kind_of(named), target_of(named).partition("/")
        value = os.environ.get(variable, "").strip()
        posted_to = kind == "webhook" or (kind == "slack" and not conversation)
        if posted_to and value and not may_be_called(value):
            yield variable


def _databases(config: Config) -> Iterator[Check]:
    problems = database_problems(config)
    for name, problem in problems.items():
        yield Check("databases", "problem", f"{name}: {problem}")
    if not problems:
        yield Check("databases", "ok", "watch.db and private.db are sound")
    if not config.private_db.exists():
        return
    if config.private_db.stat().st_mode & 0o077:
        yield Check("databases", "note", "private.db can be read by other users: chmod 600")


def _disk(config: Config) -> Iterator[Check]:
    free = shutil.disk_usage(config.directory).free
    level: Level = "problem" if free < LITTLE_SPACE else "ok"
    yield Check("disk", level, f"{free // 1_000_000:,} MB free at {config.directory}")


def _clock(config: Config) -> Iterator[Check]:
    if os.environ.get(CLOCK):
        yield Check("clock", "problem", f"{CLOCK} is set: the clock of this process stands still")
    yield Check("clock", "ok", f"it is {tokyo(now()):%Y-%m-%d %H:%M} in Tokyo; compare")


def _sources(store: Store, config: Config, at: datetime) -> Iterator[Check]:
    rows = health_rows(store)
    for row in rows:
        if row["consecutive_failures"] and row["consecutive_failures"] >= FAILURES_SHOWN:
            text = f"{row['id']}: {row['state']} since {row['since']}. {row['detail']}"
            yield Check("sources", "problem", line(text, 300))
    known = {row["id"] for row in rows}
    for subscriber in config.subscribers:
        for source in sorted(set(subscriber.filter.sources) - known if known else ()):
            text = f"the filter of {subscriber.name} names the source {source}, which is not read"
            yield Check("configuration", "problem", text)
    never = sum(1 for row in rows if row["state"] is None)
    yield Check("sources", "note" if never else "ok", f"{len(rows)} enabled, {never} never read")


def _outbox(store: Store, config: Config, at: datetime) -> Iterator[Check]:
    counts = count_parts(store)
    if counts.get("dead"):
        yield Check(
            "outbox",
            "problem",
            f"{counts['dead']} parts were given up: scopewatch outbox list --state dead",
        )
    for row in list_suspensions(store):
        text = f"{row['subscriber']}, {row['channel']} is switched off: {row['reason']}"
        yield Check("outbox", "note", text)
    last = last_composed(store)
    if last is not None and from_text(last) > at + timedelta(hours=1):
        yield Check(
            "outbox", "problem", f"a digest was composed in the future ({last}): wrong clock"
        )
    yield Check("outbox", "ok", ", ".join(f"{n} {s}" for s, n in sorted(counts.items())) or "empty")


def _time_gone_back(store: Store, config: Config, at: datetime) -> Iterator[Check]:
    last = newest_start(store)
    if last is not None and last > at + SLIP:
        yield Check(
            "clock",
            "problem",
            f"a run began at {tokyo(last):%Y-%m-%d %H:%M} in Tokyo, which is still to come: the clock was or is wrong",
        )


def _quarantined(store: Store, config: Config, at: datetime) -> Iterator[Check]:
    rows = list(quarantined(store))
    for row in rows[:MOST_QUARANTINED]:
        yield Check("set aside", "note", f"{row['id']}: {row['reason']}")
    yield Check("set aside", "ok", f"{len(rows)} findings are quarantined")


def _backups(store: Store, config: Config, at: datetime) -> Iterator[Check]:
    found = backups(config)
    if not found:
        yield Check("backups", "note", "there is none yet: scopewatch backup")
    else:
        yield Check("backups", "ok", f"{len(found)}, the newest {found[-1].name}")


_INSIDE: tuple[Callable[[Store, Config, datetime], Iterator[Check]], ...] = (
    _time_gone_back,
    _sources,
    _outbox,
    _quarantined,
    _backups,
)


def mail_records(config: Config) -> list[str]:
    """The DNS records that the sender's domain needs, for the operator to set; nothing is looked up."""
    domain = parseaddr(config.mail.sender)[1].rpartition("@")[2]
    relay = config.mail.host if config.mail.host not in LOOPBACK else socket.getfqdn()
    if relay in LOOPBACK:
        relay = "<your mail server>"
    return [
        f'{domain}.                 TXT  "v=spf1 mx a:{relay} -all"',
        f'scopewatch._domainkey.{domain}.  TXT  "v=DKIM1; k=rsa; p=<the public key of your mail server>"',
        f'_dmarc.{domain}.          TXT  "v=DMARC1; p=quarantine; rua=mailto:postmaster@{domain}"',
        f"; {relay} must sign List-Unsubscribe and List-Unsubscribe-Post too (RFC 8058), its address "
        "needs a PTR record that leads back to it, and replies to the sender must reach a person.",
    ]
