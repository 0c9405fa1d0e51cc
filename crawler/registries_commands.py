"""The verbs `bills` and `gaps`: what the Diet is about to open, and where the assessments are missing."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import Any

import click
from sqlite_utils import Database

from crawler.catalogue import save_catalogue
from crawler.loader import load_sources
from crawler.registries.assessments import assessment_of, is_report, read_report
from crawler.registries.publishing import publish, registers_of
from crawler.statutes.following import stand_at
from crawler.statutes.views import today
from data.assessments import Assessment, Gap, UseInForce, find_gaps
from data.clock import now
from data.config import load_config
from data.errors import InputError, LayoutChanged, SourceError
from data.store.connection import open_reader, open_store
from data.store.ledger import uses_in_force
from data.store.registries import bills_kept, chain_of, reports_kept, revisions_caused
from data.store.runs import finish_run, last_success, start_run
from data.systems import load_systems
from data.vocabulary import Identifier

NUMBER_ACT = "425AC0000000027"
UPDATE = "bills update"
OVERLAP = timedelta(days=1)
"""Looked at again although an earlier update saw it: a crawl may store while one runs."""


@click.group(epilog="Example: scopewatch bills show 217-閣法-41")
def bills() -> None:
    """Follow bills that touch an identifier, from submission to the tables they change."""


@bills.command(epilog="Example: scopewatch bills update --json")
@click.option("--json", "as_json", is_flag=True, help="Print the counts as one JSON object.")
def update(as_json: bool) -> None:
    """Bring bills and public comments that were crawled into the ledger: a step of the main job."""
    config = load_config()
    with open_store(config) as store:
        before = last_success(store, UPDATE)
        run = start_run(store, UPDATE)
        registers = registers_of(save_catalogue(store, config).values())
        since = before - OVERLAP if before else None
        done = asdict(publish(store, registers, today(), now(), since))
        finish_run(store, run, 0, done)
    click.echo(json.dumps(done) if as_json else ", ".join(f"{k} {v}" for k, v in done.items()))


@bills.command("list", epilog="Example: scopewatch bills list")
def list_bills() -> None:
    """List the bills as JSON lines, newest first."""
    db = _database()
    for row in bills_kept(db):
        click.echo(_json({**row, "steps": json.loads(row["steps"])}))


@bills.command(epilog="Example: scopewatch bills show 217-閣法-41")
@click.argument("key")
def show(key: str) -> None:
    """Show the chain of one bill stage by stage: steps, documents that name it, revisions it causes.

    One JSON line each, the documents in the order of their days (in Tokyo), with the use case and what the
    ledger made of it.
    """
    db = _database()
    found = bills_kept(db, key)
    if not found:
        raise InputError(f"{key}: no such bill is kept; `scopewatch bills list` names them")
    click.echo(_json({**found[0], "steps": json.loads(found[0]["steps"])}))
    for line in chain_of(db, key):
        click.echo(_json(line))
    for revision in revisions_caused(db, found[0]["law_id"]):
        planned = revision["enforced_on"] > today().isoformat()
        click.echo(_json({**revision, "stage": "planned" if planned else "adopted"}))


@click.command(epilog="Example: scopewatch gaps assessments/*.pdf")
@click.argument("paths", nargs=-1, metavar="[PATH]...")
def gaps(paths: tuple[str, ...]) -> None:
    """Compare privacy impact assessments with the table of 番号法 in force and with the ledger.

    Reads reports from PATHs (PDF, HTML, text; `-` is standard input) and those that were crawled. Prints JSON
    lines: a use without assessment, an assessment older than the amendment of its row, an assessment
    that names an item the table does not have. A report that cannot be read is named; the others count.

    While the commission's register is off (its address is unproven), each line says `"register": "off"`: then
    a use without assessment is one that none of the reports at hand names.
    """
    db = _database()
    off = _register_off()
    present = stand_at(db, NUMBER_ACT, today()).text
    read = [_read(path) for path in paths]
    failed = [one for one in read if isinstance(one, InputError)]
    reports = [*(one for one in read if isinstance(one, Assessment)), *_crawled()]
    uses = [_in_force(row) for row in uses_in_force(db, Identifier.NUMBER)]
    for gap in find_gaps(reports, present, lambda day: stand_at(db, NUMBER_ACT, day).text, uses):
        click.echo(_json(_line(gap) | {"register": "off" if off else "read"}))
    bodies = len({one.body for one in reports if one.body})
    click.echo(
        f"{len(reports)} assessments of {bodies} bodies, table of {present.revision.enforced_on}",
        err=True,
    )
    if off:
        click.echo(off, err=True)
    if failed:
        raise InputError("; ".join(str(error) for error in failed))


def _register_off() -> str:
    """Why the commission's register is not read and what to do; empty while a source reads it."""
    lists = [one for one in load_sources(load_config()).values() if one.registry == "assessments"]
    if any(one.enabled for one in lists):
        return ""
    why = "; ".join(f"{one.id}: {one.disabled_reason}" for one in lists) or "no source reads it"
    return (
        f"the commission's register is not read ({why}), so these are the reports of the paths given and of "
        "pages that were crawled; docs/registries.md says how to turn it on"
    )


def _read(path: str) -> Assessment | InputError:
    try:
        body = sys.stdin.buffer.read() if path == "-" else Path(path).read_bytes()
        return read_report(body, path)
    except OSError as error:
        return InputError(f"{path}: cannot be read: {error.strerror}")
    except SourceError as error:
        return InputError(str(error))


def _in_force(row: dict[str, Any]) -> UseInForce:
    system = load_systems().get(row["subject"])
    names = (system.ja, *system.aliases) if system else (row["name_ja"],)
    return UseInForce(row["id"], row["subject"], names)


def _crawled() -> Iterator[Assessment]:
    """Reports among the stored documents; one that lost its fields is left to the next crawl."""
    config = load_config()
    if not config.private_db.is_file():
        return
    with open_store(config) as store:
        for one in reports_kept(store):
            if not is_report(one.title):
                continue
            try:
                yield assessment_of(f"{one.title}\n{one.text}", one.url)
            except LayoutChanged as error:
                click.echo(str(error), err=True)


def _line(gap: Gap) -> dict[str, Any]:
    report = gap.assessment
    return {
        "gap": gap.kind,
        "use_case": gap.use_case,
        "item": gap.item or None,
        "body": gap.row.body if gap.row else None,
        "task": gap.row.task if gap.row else None,
        "since": gap.since.isoformat() if gap.since else None,
        "assessment": report.title if report else None,
        "by": report.body if report else None,
        "kind": report.kind if report else None,
        "published": report.published.isoformat() if report and report.published else None,
        "url": report.url if report else None,
    }


def _database() -> Database:
    return open_reader(load_config().watch_db)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
