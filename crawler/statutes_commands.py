"""The verb `statutes`: list, show, compare and import the laws that allow uses of the identifiers."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import click
from sqlite_utils import Database

from crawler.statutes.following import (
    Imported,
    Stand,
    import_readings,
    known_states,
    stand_at,
    stand_of,
)
from crawler.statutes.reader import Reading, read_path
from crawler.text.dates import find_date
from data.clock import now, tokyo
from data.config import load_config
from data.errors import InputError
from data.statute_diff import diff_states
from data.statute_report import counts, diff_json, revision_json, row_json
from data.statute_watch import law_id_of, watched
from data.statutes import LawRevision, TableRow, folded, parse_revision_id
from data.store.connection import open_reader, open_store
from data.store.statutes import changes_of, revisions_of, stored_laws, uses_at

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
    for sentence in stand.text.sentences:
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
    finish(done)


def finish(done: Imported) -> None:
    """Print what an import or update did; raises the error of what failed, after the rest is kept."""
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
        raise InputError(_failure(done.failed, done.files))


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


def today() -> date:
    return tokyo(now()).date()


def law_of(db: Database, name: str) -> str:
    return law_id_of(name, ((row["law_id"], row["title"]) for row in stored_laws(db)))


def day_named(text: str) -> date:
    """The day that `text` names, ISO or Japanese; raises `InputError`."""
    plain = text.strip()
    try:
        return date.fromisoformat(plain)
    except ValueError:
        found = find_date(plain)
    if found is None or folded(found.raw) != folded(plain):
        raise InputError(f"{text!r}: is no date; write 2024-05-27 or 令和6年5月27日")
    return tokyo(found.at).date()


def stand_named(db: Database, law_id: str, name: str) -> Stand:
    """The state that a revision id or a day names."""
    if parse_revision_id(name.strip()):
        return stand_of(db, law_id, name.strip())
    return stand_at(db, law_id, day_named(name))


def kept_laws(db: Database) -> Iterator[dict[str, Any]]:
    for row in stored_laws(db):
        law = watched(row["law_id"])
        yield {"law": row.pop("law_id"), "short": law.short if law else None, **row}


def revision_lines(db: Database, law_id: str) -> Iterator[dict[str, Any]]:
    """The effective states of a law with what each changed; scheduled ones are `planned`."""
    changes = {row["to_revision"]: row for row in changes_of(db, law_id)}
    for state in known_states(db, law_id):
        line = revision_json(state.revision, today()) | {"text": state.has_text}
        change = changes.get(state.revision.revision_id)
        if change:
            skip = ("from_revision", "to_revision", "enforced_on")
            line["changes"] = {key: n for key, n in change.items() if key not in skip}
        yield line


def uses_over_time(db: Database, law: str | None) -> Iterator[dict[str, Any]]:
    """Permitted uses per law, effective state and sector: the rows that say who may use the identifier."""
    laws = [law_of(db, law)] if law else [row["law_id"] for row in stored_laws(db)]
    for law_id in laws:
        states = [s.revision for s in known_states(db, law_id) if s.has_text]
        sectors: dict[str, dict[str, int]] = {}
        for row in uses_at(db, [state.revision_id for state in states]):
            sectors.setdefault(row["revision_id"], {})[row["sector"]] = row["uses"]
        for state in states:
            uses = sectors.get(state.revision_id, {})
            yield {
                "law": law_id,
                "date": state.enforced_on.isoformat(),
                "revision_id": state.revision_id,
                "stage": "planned" if state.scheduled(today()) else "adopted",
                "uses": uses,
                "total": sum(uses.values()),
            }


def state_json(stand: Stand, planned: list[LawRevision]) -> dict[str, Any]:
    text = stand.text
    return {
        **revision_json(text.revision, today()),
        "rows": [row_json(row) | {"deleted": row.deleted} for row in text.rows],
        "sentences": [
            {"article": s.article, "paragraph": s.paragraph, "item": s.item, "text": s.text}
            for s in text.sentences
        ],
        "scheduled": [revision_json(revision, today()) for revision in planned],
        "missing": [revision.revision_id for revision in stand.missing],
    }


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
