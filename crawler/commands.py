"""The verb `crawl`: read the sources that are due and store what is new.

The first reader is launched before anything else is imported: both load their libraries at the same time.
"""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import click

from crawler.reader import launch
from data.late import Late

if TYPE_CHECKING:
    from rich import table

    from crawler import crawl as crawling
    from crawler import progress, tables
    from data import config as configuration
else:
    table, tables = Late("rich.table"), Late("crawler.tables")
    crawling, progress = Late("crawler.crawl"), Late("crawler.progress")
    configuration = Late("data.config")


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
    first = launch()
    try:
        config = configuration.load_config()
        with progress.progress() as shown:
            report = crawling.crawl(
                config,
                source_ids,
                everything=everything,
                on_start=shown.started,
                on_event=shown.event,
                first=first,
            )
    finally:
        first.discard()
    if as_json:
        click.echo(json.dumps(report.summary(), ensure_ascii=False))
    else:
        _print(report)
    sys.exit(report.exit_status)


def _print(report: crawling.Report) -> None:
    click.echo(
        f"{len(report.states) - len(report.failed)} of {len(report.states)} sources read; {report.new} new, "
        f"{report.changed} changed, {report.seen} items seen; {report.requests} requests, "
        f"{report.bytes / 1024:.0f} KiB"
    )
    if report.failed:
        rows = table.Table("source", "state", "what happened")
        for source_id, state in sorted(report.failed.items()):
            rows.add_row(source_id, state, report.details[source_id])
        tables.show(rows)
    if report.stale:
        click.echo(f"silent for longer than usual: {', '.join(report.stale)}")
