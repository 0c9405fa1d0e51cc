"""The verbs of the alerts package: digest and outbox."""

from __future__ import annotations

import json
import sys

import click

from alerts.composing import compose_due, preview
from alerts.render import render
from alerts.sending import send_waiting
from data.clock import now
from data.config import Config, Subscriber, load_config
from data.errors import UsageError
from data.store.connection import open_store
from data.store.outbox import list_parts, set_part_state

FORMS = {"text": "text", "html": "html", "markdown": "markdown"}


@click.command(epilog="Example: scopewatch digest --preview --lang en --format text")
@click.option(
    "--preview", "only_preview", is_flag=True, help="Print what would be told now; write nothing."
)
@click.option("--due", is_flag=True, help="Write the digests that are due to the outbox.")
@click.option(
    "--subscriber", help="Whose digest to preview (by default the first of scopewatch.toml)."
)
@click.option("--lang", type=click.Choice(["ja", "en", "both"]), help="Preview in this language.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "markdown", "html"]),
    default="text",
    show_default=True,
)
@click.option(
    "--json", "as_json", is_flag=True, help="With --due: print the counts as one JSON object."
)
def digest(
    only_preview: bool,
    due: bool,
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
            counts = {"digests": len(written)}
            click.echo(json.dumps(counts) if as_json else "\n".join(written) or "nothing is due")
            return
        chosen = _chosen(config, subscriber)
        if lang:
            chosen = chosen.model_copy(update={"language": lang})
        click.echo(render(preview(store, chosen, now()), form, config.browse.public_url))  # type: ignore[arg-type]  # click.Choice holds it


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
    counts = {"sent": done.sent, "failed": done.failed, "dead": done.dead}
    click.echo(json.dumps(counts) if as_json else ", ".join(f"{k} {v}" for k, v in counts.items()))
    sys.exit(1 if done.failed or done.dead else 0)


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
@click.argument("part")
def retry(part: str) -> None:
    """Try a part again at the next send, also a dead one."""
    _set_state(part, "pending")


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
