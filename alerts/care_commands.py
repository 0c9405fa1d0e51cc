"""The verbs of care that reach people: doctor and report."""

from __future__ import annotations

import json
import sys

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from alerts.channels.base import Letter
from alerts.channels.registry import OpenChannels, kind_of, target_of
from alerts.doctor import Check, examine, mail_records
from alerts.notices import post
from alerts.report import weekly_report
from alerts.sending import send_waiting
from data.clock import now, to_text, tokyo
from data.config import Config, load_config
from data.store.connection import Store, open_store
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
    with open_store(config) as store:
        checks = examine(store, config, now())
        if send:
            checks += try_channels(config)
        problems = [check for check in checks if check.level == "problem"]
        if tell and problems:
            _tell(store, config, problems)
    if as_json:
        for check in checks:
            line = {"topic": check.topic, "level": check.level, "text": check.text}
            click.echo(json.dumps(line, ensure_ascii=False))
    else:
        _show(checks, config)
    sys.exit(1 if problems else 0)


def try_channels(config: Config) -> list[Check]:
    """A test message through each channel of each subscriber, sent now and not through the outbox."""
    letter = Letter(
        subject="scopewatch: test",
        lines=("This is a test message, sent by `scopewatch doctor --send`. 試験送信です。",),
    )
    checks = []
    with OpenChannels(config) as channels:
        for subscriber in config.subscribers:
            for named in subscriber.channels:
                way = channels.of(named)
                for number, payload in enumerate(way.letter(letter, target_of(named)), 1):
                    part = Part(
                        id=f"test{now().timestamp():.0f}{number}",
                        digest_id="test",
                        channel=named,
                        number=number,
                        payload=payload,
                        composed_at=to_text(now()),
                        subscriber=subscriber.name,
                        kind="letter",
                    )
                    receipt = way.send(part, target_of(named))
                    good = receipt.state == "sent"
                    where = f"{subscriber.name}, {kind_of(named)}"
                    checks.append(
                        Check("test", "ok" if good else "problem", f"{where}: {receipt.detail}")
                    )
    return checks


def _tell(store: Store, config: Config, problems: list[Check]) -> None:
    """One letter a day, whatever is found how often."""
    letter = Letter(
        subject=f"scopewatch doctor: {len(problems)} problems",
        lines=tuple(f"{check.topic}: {check.text}" for check in problems[:40]),
    )
    if post(store, config, letter, f"doctor-{tokyo(now()):%Y-%m-%d}", now()):
        send_waiting(store, config, now())


def _show(checks: list[Check], config: Config) -> None:
    table = Table("topic", "", "what", title="scopewatch doctor")
    for check in checks:
        table.add_row(check.topic, f"[{_COLOURS[check.level]}]{check.level}[/]", escape(check.text))
    Console().print(table)
    if any(kind_of(c) == "email" for s in config.subscribers for c in s.channels):
        click.echo("\nDNS records that your sender's domain needs:")
        for record in mail_records(config):
            click.echo(f"  {record}")


@click.command(epilog="Example: scopewatch report")
@click.option("--send", is_flag=True, help="Send it to the operators; once a day at most.")
def report(send: bool) -> None:
    """Print the operator's report of the last seven days: noise, deaths, silence, bounces."""
    config = load_config()
    with open_store(config) as store:
        letter = weekly_report(store, now())
        if not send:
            click.echo("\n\n".join((letter.subject, *letter.lines)))
            return
        post(store, config, letter, f"report-{tokyo(now()):%Y-%m-%d}", now())
        done = send_waiting(store, config, now())
    click.echo(json.dumps({"sent": done.sent, "failed": done.failed, "dead": done.dead}))
    sys.exit(1 if done.failed or done.dead else 0)
