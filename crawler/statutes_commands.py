"""The verb `statutes`: list, show, compare and import the laws that allow uses of the identifiers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click
from sqlite_utils import Database

from crawler.statutes.following import Stand, import_readings, known_states, stand_at
from crawler.statutes.reader import read_path
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
from crawler.statutes_following_commands import (
    finish,
    follow,
    json_line,
    publish_changes,
    update,
)
from data.config import load_config
from data.errors import InputError
from data.statute_diff import diff_states
from data.statute_report import counts, diff_json, revision_json
from data.statute_watch import watched_sentences
from data.statutes import LawRevision, TableRow
from data.store.connection import open_reader, open_store
from data.store.statutes import revisions_of

SHOWN = 60
"""Characters of a task that the plain listing shows."""


@click.group(epilog="Example: scopewatch statutes diff 番号法 2024-05-26 2024-05-27 --json")
def statutes() -> None:
    """Follow, show and compare the laws that say who may use the identifiers.

    LAW is a law id, a title or an abbreviation (番号法, マイナンバー法, 住基法); a date is ISO
    (2024-05-27) or Japanese (令和6年5月27日).
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
            click.echo(json_line(line) if as_json else _plain(line))


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
        planned = [r for r in revisions_of(db, law_id) if r.scheduled(day)]
    if as_json:
        click.echo(json_line(state_json(stand, planned)))
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
            json_line(
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


def _plain(line: dict[str, Any]) -> str:
    """One line of a listing as text: what is filled, in order."""
    return "  ".join(
        f"{key}={_short(value)}" for key, value in line.items() if value not in (None, "")
    )


def _short(value: Any) -> str:
    return json_line(value) if isinstance(value, dict) else str(value)


for command in (update, publish_changes, follow):
    statutes.add_command(command)
