"""The verbs of the ledger: `ledger`, `promises` and `reclassify`."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime, time
from typing import Any

import click

from data.clock import TOKYO, from_text, now, tokyo
from data.config import load_config
from data.deadlines import deadlines_calendar
from data.promises import VERDICTS
from data.reclassification import preview
from data.store.connection import open_store
from data.store.deadlines import open_deadlines, sleepers
from data.store.findings import mark_unread, quarantined, unnamed
from data.store.ledger import rebuild_ledger, save_baseline, update_ledger
from data.store.promises import judge_promise
from data.store.promises import promises as stored_promises
from data.store.stories import update_stories


@click.group(epilog="Example: scopewatch ledger update")
def ledger() -> None:
    """Bring use cases and events up to date with the findings."""


@ledger.command(epilog="Example: scopewatch ledger update --json")
@click.option(
    "--rebuild", is_flag=True, help="Replay every use case, not only those with new findings."
)
@click.option("--json", "as_json", is_flag=True, help="Print the counts as one JSON object.")
def update(rebuild: bool, as_json: bool) -> None:
    """Join new documents to stories and replay the use cases whose findings changed."""
    with open_store(load_config()) as store:
        documents = update_stories(store)
        save_baseline(store)
        done = rebuild_ledger(store) if rebuild else update_ledger(store)
    counts = {"documents": documents, **asdict(done)}
    click.echo(json.dumps(counts) if as_json else ", ".join(f"{k} {v}" for k, v in counts.items()))


@ledger.command(name="unnamed", epilog="Example: scopewatch ledger unnamed | jq -r .evidence")
def unnamed_systems() -> None:
    """Print the findings that fit no system, as JSON lines, for `review set … --system`."""
    with open_store(load_config()) as store:
        _lines(unnamed(store))


@ledger.command(name="set-aside", epilog="Example: scopewatch ledger set-aside | jq -r .reason")
def set_aside() -> None:
    """Print the quarantined findings with their reasons, as JSON lines."""
    with open_store(load_config()) as store:
        _lines(quarantined(store))


@ledger.command(
    name="deadlines", epilog="Example: scopewatch ledger deadlines --ics > scopewatch.ics"
)
@click.option("--ics", is_flag=True, help="Print an iCalendar feed.")
def list_deadlines(ics: bool) -> None:
    """Print what is due: comments that close, bills and dated plans, with the days that are left."""
    with open_store(load_config()) as store:
        rows = open_deadlines(store, tokyo(now()).date())
    if ics:
        click.echo(deadlines_calendar(rows), nl=False)
    else:
        _lines(rows)


@ledger.command(name="sleepers", epilog="Example: scopewatch ledger sleepers --months 6")
@click.option("--months", default=6, show_default=True, type=click.IntRange(1, 600))
def list_sleepers(months: int) -> None:
    """Print the uses that are considered and of which nothing was heard for months."""
    with open_store(load_config()) as store:
        _lines(sleepers(store, months, now()))


@click.group(invoke_without_command=True, epilog="Example: scopewatch promises --open")
@click.option("--open", "open_only", is_flag=True, help="Only those compared and not yet judged.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON lines.")
@click.pass_context
def promises(context: click.Context, open_only: bool, as_json: bool) -> None:
    """List who ruled a use out, in which words, and what came later. Only a person judges."""
    if context.invoked_subcommand is not None:
        return
    with open_store(load_config()) as store:
        rows = stored_promises(store, open_only=open_only)
    if as_json:
        _lines(rows)
    else:
        for row in rows:
            click.echo(_told(row))


@promises.command(
    epilog="Example: scopewatch promises verdict 3f2a… superseded --note 法改正 --by tsuru"
)
@click.argument("identity", metavar="ID")
@click.argument("word", type=click.Choice([*VERDICTS, "none"]))
@click.option("--note", required=True, help="Why; shown beside the verdict.")
@click.option("--by", "author", required=True, help="Your name; kept in private.db only.")
def verdict(identity: str, word: str, note: str, author: str) -> None:
    """Set a verdict on a promise, or take it back with `none`."""
    with open_store(load_config()) as store:
        judge_promise(store, identity, None if word == "none" else word, note=note, author=author)
    click.echo(json.dumps({"promise": identity, "verdict": None if word == "none" else word}))


@click.command(epilog="Example: scopewatch reclassify --since 2026-10-01 --dry-run")
@click.option(
    "--since", type=click.DateTime(["%Y-%m-%d"]), help="Documents fetched since this day."
)
@click.option("--dry-run", is_flag=True, help="Print what events would appear or vanish, as JSON.")
def reclassify(since: datetime | None, dry_run: bool) -> None:
    """Have documents read again at the next run; nothing that was sent is sent again."""
    start = datetime.combine(since.date(), time(), TOKYO) if since else None
    config = load_config()
    if dry_run:
        with open_store(config):
            pass
        click.echo(json.dumps(asdict(preview(config, start)), ensure_ascii=False))
        return
    with open_store(config) as store:
        click.echo(json.dumps({"documents": mark_unread(store, start)}))


def _lines(rows: Any) -> None:
    for row in rows:
        click.echo(json.dumps(row, ensure_ascii=False))


def _told(row: dict[str, Any]) -> str:
    who = " ".join(word for word in (row["body"], row["office"], row["speaker"]) if word) or "-"
    lines = [
        f"{row['id']}  {_day(row['at'])}  {row['name_ja']}  {who}（{row['venue']}）"
        f"{'  [conditional]' if row['conditional'] else ''}  {row['verdict'] or ''}".rstrip(),
        f"  「{row['quotation']}」 {row['url']}",
    ]
    lines += [
        f"  +{later['days']}d {_day(later['at'])} {later['stage']} 「{later['evidence']}」 {later['url']}"
        for later in row["comparisons"]
    ]
    return "\n".join("".join(c if c.isprintable() else " " for c in line) for line in lines)


def _day(text: str) -> str:
    return f"{tokyo(from_text(text)):%Y-%m-%d}"
