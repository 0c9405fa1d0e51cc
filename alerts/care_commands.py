"""The verbs of care that reach people: doctor and report."""

from __future__ import annotations

import json
import sqlite3
import sys

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from alerts.channels.base import Letter
from alerts.channels.registry import OpenChannels, kind_of, target_of
from alerts.doctor import Check, Level, examine, examine_outside, mail_records, sends_mail
from alerts.notices import LAST_RESORT, operators, post
from alerts.report import FOLD, weekly_report
from alerts.sending import hand_over, send_waiting
from alerts.words import LANGUAGES, languages_of
from data.clock import now, to_text, tokyo
from data.config import Config, load_config
from data.errors import InputError
from data.names import Language
from data.store.connection import open_store
from data.store.outbox import Part

_COLOURS = {"ok": "green", "note": "yellow", "problem": "red"}


@click.command(epilog="Example: scopewatch doctor --send")
@click.option("--send", is_flag=True, help="Send a test message through every configured channel.")
@click.option("--tell", is_flag=True, help="Write the operator a letter when there is a problem.")
@click.option("--json", "as_json", is_flag=True, help="Print the checks as JSON lines.")
def doctor(send: bool, tell: bool, as_json: bool) -> None:
    """Check configuration, databases, disk, clock, sources, outbox, and print mail records to set.

    Exit status 1 when something is wrong.
    """
    config = load_config()
    try:
        with open_store(config) as store:
            checks = examine(store, config, now())
    except InputError as error:
        checks = [*examine_outside(config), Check("databases", "problem", str(error))]
    if send:
        checks += try_channels(config)
    problems = [check for check in checks if check.level == "problem"]
    if as_json:
        records = [Check("mail records", "note", record) for record in _records(config)]
        for check in (*checks, *records):
            line = {"topic": check.topic, "level": check.level, "text": check.text}
            click.echo(json.dumps(line, ensure_ascii=False))
    else:
        _show(checks, config)
    if tell and problems:
        _tell(config, problems)
    sys.exit(1 if problems else 0)


def _records(config: Config) -> list[str]:
    """The DNS records to set, where mail is sent or a sender is named."""
    named = "sender" in config.mail.model_fields_set
    return mail_records(config) if named or sends_mail(config) else []


def try_channels(config: Config) -> list[Check]:
    """A test message through each channel of each subscriber, sent now and not through the outbox."""
    letter = Letter(
        subject="scopewatch: test",
        lines=("This is a test message, sent by `scopewatch doctor --send`. 試験送信です。",),
    )
    ways = {subscriber.name: subscriber.channels for subscriber in config.subscribers}
    return _at_once(config, letter, ways, "test")


def _at_once(
    config: Config, letter: Letter, ways: dict[str, tuple[str, ...]], topic: str
) -> list[Check]:
    """Hand a letter over without the outbox; one check per message."""
    checks = []
    with OpenChannels(config) as channels:
        for reader, named in ((name, one) for name, every in ways.items() for one in every):
            way = channels.of(named)
            for number, payload in enumerate(way.letter(letter, target_of(named)), 1):
                part = Part(
                    id=f"{topic}{now().timestamp():.0f}{number}",
                    digest_id=topic,
                    channel=named,
                    number=number,
                    payload=payload,
                    composed_at=to_text(now()),
                    subscriber=reader,
                    kind="letter",
                )
                receipt = hand_over(channels, part)
                level: Level = "ok" if receipt.state == "sent" else "problem"
                checks.append(Check(topic, level, f"{reader}, {kind_of(named)}: {receipt.detail}"))
    return checks


def _tell(config: Config, problems: list[Check]) -> None:
    """One letter a day, whatever is found how often; past the outbox when its database cannot be used."""
    letter = Letter(
        subject=f"scopewatch doctor: {len(problems)} problems",
        lines=tuple(f"{check.topic}: {check.text}" for check in problems[:40]),
    )
    try:
        with open_store(config) as store:
            if post(store, config, lambda _: letter, f"doctor-{tokyo(now()):%Y-%m-%d}", now()):
                send_waiting(store, config, now())
    except (InputError, sqlite3.DatabaseError):
        tried = _at_once(config, letter, operators(config, set()), "doctor")
        if not any(check.level == "ok" for check in tried):
            _at_once(config, letter, {"operator": (LAST_RESORT,)}, "doctor")


def _show(checks: list[Check], config: Config) -> None:
    table = Table("topic", "", "what", title="scopewatch doctor")
    for check in checks:
        table.add_row(check.topic, f"[{_COLOURS[check.level]}]{check.level}[/]", escape(check.text))
    Console().print(table)
    records = _records(config)
    if records:
        click.echo("\nDNS records that your sender's domain needs:")
        for record in records:
            click.echo(f"  {record}")


@click.command(epilog="Example: scopewatch report --language en --whole")
@click.option("--send", is_flag=True, help="Send it to the operators; once a day at most.")
@click.option(
    "--language",
    type=click.Choice(["ja", "en", "both"]),
    help="Print it in this language instead of the first operator's.",
)
@click.option("--whole", is_flag=True, help="Name every silent rule instead of a few of each kind.")
def report(send: bool, language: str | None, whole: bool) -> None:
    """Print the operator's report of the last seven days: noise, deaths, silence, bounces."""
    config = load_config()
    with open_store(config) as store:

        def written(languages: tuple[Language, ...]) -> Letter:
            url = config.browse.public_url
            return weekly_report(store, now(), languages, url, None if whole else FOLD)

        if not send:
            letter = written(_spoken(config, language))
            click.echo("\n\n".join((letter.subject, *letter.lines)))
            return
        post(store, config, written, f"report-{tokyo(now()):%Y-%m-%d}", now())
        done = send_waiting(store, config, now())
    click.echo(json.dumps({"sent": done.sent, "failed": done.failed, "dead": done.dead}))
    sys.exit(1 if done.failed or done.dead else 0)


def _spoken(config: Config, language: str | None) -> tuple[Language, ...]:
    """The languages asked for, else those of the first operator."""
    if language is not None:
        return tuple(one for one in LANGUAGES if language in (one, "both"))
    found = (languages_of(one) for one in config.subscribers if one.role == "operator")
    return next(found, LANGUAGES)
