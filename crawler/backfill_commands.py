"""The verb `backfill`: read archives of past pages (WARC files) into the store."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from crawler.backfill import drive
from crawler.backfill.drops import told
from crawler.backfill.pools import workers as pool_of
from data.clock import now, to_text
from data.config import Config, load_config
from data.errors import InputError
from data.lock import run_lock
from data.store.backfill import file_states
from data.store.connection import open_store

ENDINGS = (".warc", ".warc.gz", ".warc.zst")
"""The last is not read, but told (backfill/slices.py)."""


@click.command(
    epilog="Example: scopewatch backfill /archives/cc-news/2015 --workers 4, then scopewatch read",
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.argument("paths", nargs=-1, metavar="FILE|FOLDER...", type=click.Path(path_type=Path))
@click.option(
    "--workers",
    type=click.IntRange(1, 512),
    default=os.cpu_count() or 1,
    show_default="all cores",
    help="Processes on this machine; 1 does without Dask.",
)
@click.option("--scheduler", help="A Dask scheduler to use instead, such as tcp://10.0.0.5:8786.")
@click.option("--status", is_flag=True, help="Only show how far each file was read.")
@click.option(
    "--json",
    "as_json",
    is_flag=True,
    help="Print the summary as one JSON line; with --status, a line per file.",
)
def backfill(
    paths: tuple[Path, ...], workers: int, scheduler: str | None, status: bool, as_json: bool
) -> None:
    """Read WARC files (CC-NEWS and the like) and store the pages that name an identifier.

    Each file goes on where it was left; a file that was read to its end is passed over. What is stored
    is classified by `scopewatch read`, as the day's crawl is. The summary says how many pages this run
    dropped unread, and why. Ends with 1 when a file is damaged.
    """
    config = load_config()
    if status:
        return _status(config, as_json)
    files = files_of(paths, config.archive.resolve())
    with (
        run_lock(config.directory, "backfill", name="backfill"),
        pool_of(min(workers, len(files)), scheduler) as pool,
        _shown(len(files)) as say,
    ):
        done = drive.backfill(config, files, pool, say)
    if as_json:
        click.echo(json.dumps(asdict(done), ensure_ascii=False))
    else:
        _print(done)
    for path, fault in sorted(done.faults.items()):
        click.echo(f"{path}: {fault}", err=True)
    sys.exit(1 if done.faults else 0)


def _print(done: drive.Progress) -> None:
    click.echo(
        f"{done.done} of {done.files} files read; {done.records} pages looked at, {done.named} name an identifier: "
        f"{done.new} new, {done.changed} changed. Next: scopewatch read"
    )
    if done.dropped:
        click.echo(told(done.dropped))


def files_of(paths: tuple[Path, ...], own: Path) -> list[Path]:
    """The files that `paths` name; what lies in `own`, our own archive, is no past to read again."""
    if not paths:
        raise InputError("nothing to read: name WARC files, or folders of them")
    found: dict[Path, None] = {}
    for path in paths:
        if path.is_dir():
            inside = [
                one
                for one in sorted(path.resolve().rglob("*"))
                if one.name.endswith(ENDINGS) and own not in one.parents
            ]
            if not inside:
                raise InputError(f"{path}: holds no file that ends in {' or '.join(ENDINGS[:2])}")
            found.update(dict.fromkeys(inside))
        elif path.is_file():
            found[path.resolve()] = None
        else:
            raise InputError(f"{path}: there is no such file or folder")
    return list(found)


def _status(config: Config, as_json: bool) -> None:
    with open_store(config) as store:
        states = sorted(file_states(store).values(), key=lambda one: one.name)
    if as_json:
        for state in states:
            click.echo(json.dumps(asdict(state), ensure_ascii=False))
        return
    table = Table("file", "state", "pages", "kept", "what happened")
    for state in states:
        reached = "read" if state.done else f"at byte {state.offset:,}"
        table.add_row(state.name, reached, f"{state.records:,}", str(state.kept), state.fault or "")
    Console().print(table, markup=False)


class _shown:  # noqa: N801  # used as a function
    """A bar on a terminal, JSON lines elsewhere; called with each `drive.Progress`."""

    def __init__(self, files: int) -> None:
        self._console = Console(stderr=True)
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[records]} pages, {task.fields[new]} new"),
            TimeElapsedColumn(),
            console=self._console,
            transient=True,
            disable=not self._console.is_terminal,
        )
        self._task = self._bar.add_task("files", total=files, records=0, new=0)

    def __enter__(self) -> Callable[[drive.Progress], None]:
        self._bar.start()
        return self._say

    def __exit__(self, *error: object) -> None:
        self._bar.stop()

    def _say(self, done: drive.Progress) -> None:
        if self._console.is_terminal:
            self._bar.update(self._task, completed=done.done, records=done.records, new=done.new)
            return
        facts = {"files": done.files, "done": done.done, "pages": done.records, "new": done.new}
        lost = {"dropped": sum(done.dropped.values()), "faults": len(done.faults)}
        line = {"at": to_text(now()), "event": "backfill", **facts, **lost}
        self._console.file.write(json.dumps(line) + "\n")
