"""The verbs of the alerts package: digest and outbox."""

from __future__ import annotations

import json
import sys

import click

from alerts.channels.slack_blocks import messages
from alerts.composing import compose_due, preview
from alerts.digest import Digest
from alerts.render import render
from alerts.sending import Sent, send_waiting
from data.clock import now
from data.config import Config, load_config
from data.errors import UsageError
from data.store.connection import open_store
from data.store.outbox_care import list_parts, retry_dead, set_part_state
from data.store.subscriptions import resume as resume_channel
from data.subscribers import Subscriber


@click.command(epilog="Example: scopewatch digest --preview --lang en --format text")
@click.option(
    "--preview", "only_preview", is_flag=True, help="Print what would be told now; write nothing."
)
@click.option("--due", is_flag=True, help="Write the digests that are due to the outbox.")
@click.option("--send", "and_send", is_flag=True, help="With --due: send what waits, too.")
@click.option(
    "--subscriber", help="Whose digest to preview (by default the first of scopewatch.toml)."
)
@click.option("--lang", type=click.Choice(["ja", "en", "both"]), help="Preview in this language.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "markdown", "html", "slack"]),
    default="text",
    show_default=True,
)
@click.option(
    "--json", "as_json", is_flag=True, help="With --due: print the counts as one JSON object."
)
def digest(
    only_preview: bool,
    due: bool,
    and_send: bool,
    subscriber: str | None,
    lang: str | None,
    form: str,
    as_json: bool,
) -> None:
    """Preview a digest, or compose those that are due."""
    if only_preview == due:
        raise UsageError("digest: give either --preview or --due")
    config = load_config()
    with open_store(config) as store:
        if due:
            written = compose_due(store, config, now())
            counts: dict[str, int] = {"digests": len(written)}
            done = send_waiting(store, config, now()) if and_send else Sent()
            counts |= _counts(done) if and_send else {}
            click.echo(json.dumps(counts) if as_json else _line(counts))
            sys.exit(_status(done))
        chosen = _chosen(config, subscriber)
        if lang:
            chosen = chosen.model_copy(update={"language": lang})
        click.echo(_shown(preview(store, chosen, now()), form, config.browse.public_url))


def _shown(told: Digest, form: str, public_url: str | None) -> str:
    """A preview; for Slack one Block Kit body per line."""
    if form == "slack":
        return "\n".join(
            json.dumps(body, ensure_ascii=False) for body in messages(told, public_url)
        )
    return render(told, form, public_url)  # type: ignore[arg-type]  # click.Choice holds it


def _chosen(config: Config, name: str | None) -> Subscriber:
    for subscriber in config.subscribers:
        if name in (None, subscriber.name):
            return subscriber
    known = ", ".join(subscriber.name for subscriber in config.subscribers) or "none"
    raise UsageError(f"digest: there is no subscriber {name!r}; known: {known}")


@click.group(epilog="Example: scopewatch outbox list --state dead")
def outbox() -> None:
    """List, send, retry and drop deliveries."""


@outbox.command("send", epilog="Example: scopewatch outbox send --json")
@click.option("--json", "as_json", is_flag=True, help="Print the counts as one JSON object.")
def send(as_json: bool) -> None:
    """Send every part whose time has come. Exit status 1 when a delivery failed."""
    config = load_config()
    with open_store(config) as store:
        done = send_waiting(store, config, now())
    counts = _counts(done)
    click.echo(json.dumps(counts) if as_json else _line(counts))
    sys.exit(_status(done))


def _counts(done: Sent) -> dict[str, int]:
    return {"sent": done.sent, "failed": done.failed, "dead": done.dead, "dropped": done.dropped}


def _line(counts: dict[str, int]) -> str:
    return ", ".join(f"{word} {number}" for word, number in counts.items())


def _status(done: Sent) -> int:
    return 1 if done.failed or done.dead else 0


@outbox.command("list", epilog="Example: scopewatch outbox list --state pending")
@click.option(
    "--state", type=click.Choice(["pending", "sent", "dead", "dropped"]), help="Only this state."
)
def list_(state: str | None) -> None:
    """Print the parts, newest first, as JSON lines."""
    with open_store(load_config()) as store:
        for row in list_parts(store, state):
            click.echo(json.dumps(row, ensure_ascii=False))


@outbox.command(epilog="Example: scopewatch outbox retry 0123456789abcdef01234567")
@click.argument("part", required=False)
@click.option("--dead", is_flag=True, help="Every part that was given up.")
def retry(part: str | None, dead: bool) -> None:
    """Try a part again at the next send, also a dead one."""
    if dead == (part is not None):
        raise UsageError("outbox: name one part, or give --dead for all that were given up")
    if part is not None:
        _set_state(part, "pending")
        return
    with open_store(load_config()) as store:
        click.echo(f"{retry_dead(store, now())} parts pending")


@outbox.command(epilog="Example: scopewatch outbox resume desk email:desk@example.org")
@click.argument("subscriber")
@click.argument("channel")
def resume(subscriber: str, channel: str) -> None:
    """Send to a channel again that was suspended (refused mail) or unsubscribed; what waited for it goes out."""
    with open_store(load_config()) as store:
        if not resume_channel(store, subscriber, channel):
            raise UsageError(f"outbox: {channel!r} of {subscriber!r} is not suspended")
    click.echo(f"{subscriber} {channel} resumed")


@outbox.command(epilog="Example: scopewatch outbox drop 0123456789abcdef01234567")
@click.argument("part")
def drop(part: str) -> None:
    """Give a part up for good."""
    _set_state(part, "dropped")


def _set_state(part: str, state: str) -> None:
    with open_store(load_config()) as store:
        if not set_part_state(store, part, state, now()):
            raise UsageError(
                f"outbox: {part!r} is no part that waits; `scopewatch outbox list` shows them"
            )
    click.echo(f"{part} {state}")
