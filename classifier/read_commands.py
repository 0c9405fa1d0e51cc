"""The verb `read`: classify what the crawler stored."""

from __future__ import annotations

import json
import sys

import click

from classifier.pending import read_pending
from data.config import load_config
from data.store.connection import open_store


@click.command(epilog="Example: scopewatch read --json")
@click.option("--json", "as_json", is_flag=True, help="Print the counts as one JSON object.")
def read(as_json: bool) -> None:
    """Classify every stored document that the present model has not read.

    Exit status 1 when a text could not be read; its error stands in the documents table.
    """
    with open_store(load_config()) as store:
        counts = read_pending(store)
    click.echo(json.dumps(counts) if as_json else ", ".join(f"{k} {v}" for k, v in counts.items()))
    sys.exit(1 if counts["errors"] else 0)
