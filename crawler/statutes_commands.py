"""The verb `statutes`: list, show, compare and import the laws that allow uses of the identifiers."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import timedelta
from time import sleep
from typing import Any

import click
from sqlite_utils import Database

from crawler.fetch import fetch
from crawler.loader import load_sources, records
from crawler.settings import user_agent
from crawler.statutes.api import LawApi, paced
from crawler.statutes.following import Imported, Stand, import_readings, known_states, stand_at
from crawler.statutes.publishing import publish
from crawler.statutes.reader import Reading, read_path
from crawler.statutes.updating import updates
from crawler.statutes.views import (
    day_named,
    kept_laws,
    law_of,
    revision_lines,
    stand_named,
    state_json,
    today,
    uses_over_time,
)
from data.clock import now
from data.config import Config, load_config
from data.errors import ConfigError, InputError, ScopewatchError, SourceError
from data.statute_diff import diff_states
from data.statute_report import counts, diff_json, revision_json
from data.statute_watch import law_id_of, watch_list, watched_sentences
from data.statutes import LAW_ID, LawRevision, TableRow
from data.store.connection import Store, open_reader, open_store
from data.store.runs import finish_run, last_success, start_run
from data.store.sources import save_sources
from data.store.statutes import revisions_of

FOLLOW = "statutes follow"
A_DAY = timedelta(hours=20)
"""Less than 24 hours, so that a daily cron job that starts a minute early still counts as the next day."""

A_YEAR = timedelta(days=366)
TEXTS_A_DAY = 20
SHOWN = 60
"""Characters of a task that the plain listing shows."""


@click.group()
def statutes() -> None:
    """Follow, show and compare the laws that say who may use the identifiers.

    LAW is a law id, a title or an abbreviation (番号法, マイナンバー法, 住基法); a date is ISO
    (2024-05-27) or Japanese (令和6年5月27日).

    Example: scopewatch statutes diff 番号法 2024-05-26 2024-05-27 --json
    """


@statutes.command("list", epilog="Example: scopewatch statutes list 番号法")
@click.argument("law", required=False)
@click.option("--uses", is_flag=True, help="Permitted uses over time, by sector (for a chart).")
@click.option("--json", "as_json", is_flag=True, help="JSON lines instead of text.")
def list_laws(law: str | None, *, uses: bool, as_json: bool) -> None:
    """List the laws that are kept; of one LAW its revisions, with what each changed."""
    with reading() as db:
        if uses:
            lines = uses_over_time(db, law)
        elif law is None:
            lines = kept_laws(db)
        else:
            lines = revision_lines(db, law_of(db, law))
        for line in lines:
            click.echo(_json(line) if as_json else _plain(line))


@statutes.command(epilog="Example: scopewatch statutes show 番号法 --at 2024-05-27 --json")
@click.argument("law")
@click.option("--at", "at", help="The day (default: today).")
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of text.")
def show(law: str, at: str | None, *, as_json: bool) -> None:
    """Show the rows and watched sentences of LAW as they stand on a day, and what is scheduled."""
    with reading() as db:
        law_id = law_of(db, law)
        day = day_named(at) if at else today()
        stand = stand_at(db, law_id, day)
        planned = [r for r in revisions_of(db, law_id) if r.enforced_on > day]
    if as_json:
        click.echo(_json(state_json(stand, planned)))
        return
    click.echo(_headline(stand.text.revision))
    for row in stand.text.rows:
        click.echo(_row_line(" ", row))
    for sentence in watched_sentences(law_id, stand.text.sentences)[0]:
        click.echo(f"  § {sentence.article} {sentence.paragraph} {sentence.item} {sentence.text}")
    for revision in planned:
        click.echo(_plain(revision_json(revision, day)))
    _warn(stand)


@statutes.command(epilog="Example: scopewatch statutes diff 番号法 2024-05-26 2024-05-27 --json")
@click.argument("law")
@click.argument("from_")
@click.argument("to")
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of text.")
def diff(law: str, from_: str, to: str, *, as_json: bool) -> None:
    """Compare LAW between two days (the states effective then) or two revision ids."""
    with reading() as db:
        law_id = law_of(db, law)
        old, new = stand_named(db, law_id, from_), stand_named(db, law_id, to)
        steps = [state.revision for state in known_states(db, law_id)]
    found = diff_states(old.text, new.text)
    first, last = found.old, found.new
    if as_json:
        click.echo(
            _json(
                {
                    "law": law_id,
                    "title": last.title or first.title,
                    "from": from_,
                    "to": to,
                    "from_revision": first.revision_id,
                    "to_revision": last.revision_id,
                    "old": revision_json(first, today()),
                    "new": revision_json(last, today()),
                    "via": [r.revision_id for r in steps if first.order < r.order <= last.order],
                    "missing": [r.revision_id for r in (*old.missing, *new.missing)],
                    "empty": found.empty,
                    "counts": counts(found),
                    **diff_json(found),
                }
            )
        )
        return
    click.echo(f"{_headline(first)}\n→ {_headline(last)}")
    for sign, rows in (("+", found.added), ("-", found.removed)):
        for row in rows:
            click.echo(_row_line(sign, row))
    for change in found.amended:
        click.echo(_row_line("~", change.after))
    for change in found.renumbered:
        click.echo(f"# {_place(change.before)} → {_place(change.after)}")
    for changed in found.changed_sentences:
        click.echo(f"§ {' '.join(changed.place).strip()} {changed.sentence.text[:SHOWN]}")
    click.echo(", ".join(f"{name} {number}" for name, number in counts(found).items()))
    _warn(old)
    _warn(new)


@statutes.command(
    "import", epilog="Example: scopewatch statutes import laws/425AC0000000027.tar.xz"
)
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
def import_(paths: tuple[str, ...]) -> None:
    """Import laws: e-Gov XML, API JSON (texts and lists of revisions), Markdown, archives, directories.

    `-` reads one file from standard input. Prints one JSON line with what was done; files that
    cannot be read are named, the others are kept.
    """
    with open_store(load_config()) as store:
        done = import_readings(store, (reading for path in paths for reading in read_path(path)))
    finish(done, InputError)


@statutes.command(epilog="Example: scopewatch statutes update 番号法 --since 2025-12-13")
@click.argument("laws", nargs=-1, metavar="[LAW]...")
@click.option("--since", help="Fetch no texts of earlier days (default: a year back).")
@click.option(
    "--at-most", default=20, show_default=True, type=click.IntRange(1), help="Texts per law."
)
@click.option(
    "--api",
    envvar="SCOPEWATCH_LAW_API",
    help="Address of e-Gov's law API v2, or of a server that stands in for it.",
)
def update(laws: tuple[str, ...], since: str | None, at_most: int, api: str | None) -> None:
    """Ask e-Gov for new and scheduled revisions of the followed laws, and fetch the texts that are missing.

    Without LAW: the six laws that are always followed and those of `[laws]` in scopewatch.toml.
    """
    config = load_config()
    client = law_api(config, api or config.laws.api)
    start = day_named(since) if since else today() - A_YEAR
    with open_store(config) as store:
        wanted = [followed(law) for law in laws] or law_ids(config)
        done = import_readings(store, updates(store, client, wanted, since=start, at_most=at_most))
    finish(done, SourceError)


@statutes.command("follow", epilog="Example: scopewatch statutes follow --json")
@click.option("--json", "as_json", is_flag=True, help="Print the counts as one JSON object.")
def follow(as_json: bool) -> None:
    """Update and publish once a day: the step of the main job. Exit status 1 when e-Gov did not answer well.

    With `follow = false` under `[laws]`, or when it was done within the day, it does nothing and says so.
    """
    config = load_config()
    with open_store(config) as store:
        before = last_success(store, FOLLOW)
        if not config.laws.follow:
            counted: dict[str, Any] = {"skipped": "laws.follow is false"}
        elif before is not None and now() - before < A_DAY:
            counted = {"skipped": "done within the day"}
        else:
            counted = followed_now(store, config)
    click.echo(_json(counted) if as_json else ", ".join(f"{k} {v}" for k, v in counted.items()))
    sys.exit(1 if counted.get("failed") else 0)


def followed_now(store: Store, config: Config) -> dict[str, Any]:
    """Update all followed laws, publish what changed, and note the run."""
    run = start_run(store, FOLLOW)
    client = law_api(config, config.laws.api)
    since = today() - A_YEAR
    done = import_readings(
        store, updates(store, client, law_ids(config), since=since, at_most=TEXTS_A_DAY)
    )
    save_sources(store, records(load_sources(config).values()))
    published = asdict(publish(store, since, today(), now()))
    counted = {"laws": len(done.laws), "failed": len(done.failed), **published}
    finish_run(store, run, 1 if done.failed else 0, counted)
    return counted


def law_ids(config: Config) -> list[str]:
    """The laws that are always followed, and those that the configuration adds."""
    return [*(law.id for law in watch_list().laws), *(followed(law) for law in config.laws.also)]


def law_api(config: Config, base: str) -> LawApi:
    """A client that pauses between requests; raises `ConfigError` where nobody answers for the requests."""
    if config.contact is None and not config.crawl.allow_hosts:
        raise ConfigError("contact: found nothing; without it no request leaves this machine")
    agent = user_agent(config)
    return LawApi(
        paced(lambda url: fetch(url, config, user_agent=agent).body, sleep), base.rstrip("/")
    )


@statutes.command("publish", epilog="Example: scopewatch statutes publish --since 2024-05-27")
@click.option("--since", help="Changes that take effect from this day on (default: a year back).")
def publish_changes(since: str | None) -> None:
    """Hand what the kept laws opened to the ledger, one document per revision; scheduled ones as planned."""
    config = load_config()
    start = day_named(since) if since else today() - A_YEAR
    with open_store(config) as store:
        save_sources(store, records(load_sources(config).values()))
        done = publish(store, start, today(), now())
    click.echo(_json(asdict(done)))


def followed(name: str) -> str:
    """The id of a law to follow: any law id of e-Gov, or a name of the list."""
    return name if LAW_ID.fullmatch(name) else law_id_of(name)


def finish(done: Imported, failure: type[ScopewatchError]) -> None:
    """Print what an import or update did; raises `failure` when something failed, after the rest is kept."""
    for failed in done.failed:
        click.echo(_json({"file": failed.name, "error": str(failed.error)}), err=True)
    total: Counter[str] = Counter()
    for found in done.diffs:
        total["empty"] += found.empty
        total.update({key: n for key, n in counts(found).items() if key != "empty"})
    click.echo(
        _json(
            {
                "files": done.files,
                "laws": sorted(done.laws),
                "new_revisions": done.new_revisions,
                "new_texts": done.new_texts,
                "states_compared": len(done.diffs),
                "states_without_change": total.pop("empty", 0),
                "changes": dict(total),
                "failed": len(done.failed),
            }
        )
    )
    if done.failed:
        raise failure(_failure(done.failed, done.files))


def _failure(failed: list[Reading], files: int) -> str:
    if files == 1:
        return str(failed[0].error)
    return f"{len(failed)} of {files} files could not be read; the first: {failed[0].error}"


@contextmanager
def reading() -> Iterator[Database]:
    """The public database, for reading; raises `InputError` when no law was ever imported."""
    db = open_reader(load_config().watch_db)
    try:
        if "law_revisions" not in db.table_names():
            raise InputError("no law is kept yet; `scopewatch statutes import PATH` brings them")
        yield db
    finally:
        db.close()


def _warn(stand: Stand) -> None:
    for revision in stand.missing:
        click.echo(f"its text is not kept: {revision.revision_id}", err=True)


def _headline(revision: LawRevision) -> str:
    by = revision.amending_law_num or revision.amending_law_id or "-"
    return f"{revision.enforced_on} {revision.title} ({by}) {revision.url}"


def _place(row: TableRow) -> str:
    return f"{row.table} {row.number}".strip()


def _row_line(sign: str, row: TableRow) -> str:
    words = row.task.replace("\n", " ")
    return f"{sign} {_place(row)}  {row.body[:SHOWN]}  {words[:SHOWN]}"


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _plain(line: dict[str, Any]) -> str:
    """One line of a listing as text: what is filled, in order."""
    return "  ".join(
        f"{key}={_short(value)}" for key, value in line.items() if value not in (None, "")
    )


def _short(value: Any) -> str:
    return _json(value) if isinstance(value, dict) else str(value)
