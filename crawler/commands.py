"""The verb `crawl`: read the sources that are due and store what is new."""

from __future__ import annotations

import json
import sys

import click
from rich.console import Console
from rich.table import Table

from crawler.crawl import Report
from crawler.crawl import crawl as run_crawl
from crawler.progress import progress
from data.config import load_config


@click.command(
    epilog="Examples: scopewatch crawl; scopewatch crawl soumu_news fsa_news; scopewatch crawl --all --json"
)
@click.argument("source_ids", nargs=-1, metavar="[SOURCE]...")
@click.option("--all", "everything", is_flag=True, help="All enabled sources, due or not.")
@click.option("--json", "as_json", is_flag=True, help="Print the summary as one JSON line.")
def crawl(source_ids: tuple[str, ...], everything: bool, as_json: bool) -> None:
    """Read the sources that are due, or those named, and store what is new.

    Ends with 0 when every source was read, 1 when some source failed, 2 for a wrong call or configuration.
    A stale source was read: it is named here and in the digest, and does not make a failure.
    """
    config = load_config()
    with progress() as shown:
        report = run_crawl(
            config, source_ids, everything=everything, on_start=shown.started, on_event=shown.event
        )
    if as_json:
        click.echo(json.dumps(report.summary(), ensure_ascii=False))
    else:
        _print(report)
    sys.exit(report.exit_status)


def _print(report: Report) -> None:
    click.echo(
        f"{len(report.states) - len(report.failed)} of {len(report.states)} sources read; {report.new} new, "
        f"{report.changed} changed, {report.seen} items seen; {report.requests} requests, "
        f"{report.bytes / 1024:.0f} KiB"
    )
    if report.failed:
        table = Table("source", "state", "what happened")
        for source_id, state in sorted(report.failed.items()):
            table.add_row(source_id, state, report.details[source_id])
        Console().print(table, markup=False)
    if report.stale:
        click.echo(f"silent for longer than usual: {', '.join(report.stale)}")
