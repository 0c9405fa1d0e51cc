"""The verbs of the data package: init, ledger, browse, doctor."""

from __future__ import annotations

import json
import os
from importlib import resources
from pathlib import Path

import click

from data.config import DEFAULT_NAME, load_config
from data.errors import UsageError
from data.store.connection import open_store
from data.store.ledger import rebuild_ledger, save_baseline, update_ledger


@click.command(epilog="Example: scopewatch init && $EDITOR scopewatch.toml")
@click.argument("path", type=click.Path(path_type=Path), default=Path(DEFAULT_NAME))
def init(path: Path) -> None:
    """Write a commented scopewatch.toml (never over one that is there)."""
    text = resources.files("data").joinpath("template.toml").read_text(encoding="utf-8")
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
    except FileExistsError as error:
        raise UsageError(f"{path}: is there already; move it away or name another file") from error
    except OSError as error:
        raise UsageError(f"{path}: cannot be written: {error.strerror}") from error
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
    click.echo(f"{path} written; set `contact`, then run `scopewatch run`")


@click.group(epilog="Example: scopewatch ledger update")
def ledger() -> None:
    """Bring use cases and events up to date with the findings."""


@ledger.command(epilog="Example: scopewatch ledger update --json")
@click.option(
    "--rebuild", is_flag=True, help="Replay every use case, not only those with new findings."
)
@click.option("--json", "as_json", is_flag=True, help="Print the counts as one JSON object.")
def update(rebuild: bool, as_json: bool) -> None:
    """Replay the use cases whose findings changed since the last update."""
    with open_store(load_config()) as store:
        save_baseline(store)
        done = rebuild_ledger(store) if rebuild else update_ledger(store)
    counts = {
        "use_cases": done.use_cases,
        "events_new": done.events_new,
        "events_changed": done.events_changed,
        "events_withdrawn": done.events_withdrawn,
    }
    click.echo(json.dumps(counts) if as_json else ", ".join(f"{k} {v}" for k, v in counts.items()))
