"""The verbs `sources …`: list, show, check, try, record and draft sources, and see how they are."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
from rich.table import Table

from crawler.draft import draft
from crawler.lint import is_to_come, last_look, lint, refused, repeated_keys
from crawler.loader import SHIPPED, load_sources, read_source, records, source_files
from crawler.recording import empty_directory
from crawler.settings import require_contact
from crawler.source import Source
from crawler.tables import show as show_table
from crawler.tables import table_console
from data.clock import from_text, now, tokyo
from data.config import Config, load_config
from data.errors import ConfigError, InputError, UsageError
from data.store.connection import open_store
from data.store.sources import health_rows, save_sources

HEALTH = ("source", "state", "since", "last success", "last new", "gap", "items", "usual", "dated", "text", "what")  # fmt: skip
ALWAYS = frozenset({"source", "state", "since", "last new", "what"})
ALL_COLUMNS = 150
"""The width of a terminal below which the health table keeps to what is always shown."""


@click.group(epilog="Example: scopewatch sources list --group ministry")
def sources() -> None:
    """List, show, check, try, record and draft sources, and see how they are."""


@sources.command("list", epilog="Example: scopewatch sources list --group ministry --enabled")
@click.option(
    "--group",
    help="Only this group: ministry, registry, diet, law, news, trade, advocacy, localgov.",
)
@click.option("--enabled", is_flag=True, help="Only those that a crawl reads.")
@click.option("--json", "as_json", is_flag=True, help="JSON lines.")
def list_sources(group: str | None, enabled: bool, as_json: bool) -> None:
    """The sources of the catalogue, one per line."""
    chosen = [
        source
        for source in load_sources(load_config()).values()
        if (group is None or source.group == group) and (source.enabled or not enabled)
    ]
    if as_json:
        for source in chosen:
            click.echo(json.dumps(_row(source), ensure_ascii=False))
        return
    table = Table("id", "publisher", "kind", "on", "name")
    for source in chosen:
        table.add_row(
            source.id,
            source.publisher.ja,
            source.kind,
            "on" if source.enabled else "off",
            source.name.ja,
        )
    show_table(table)


@sources.command(epilog="Example: scopewatch sources show soumu_news")
@click.argument("source")
def show(source: str) -> None:
    """All that is known of one source, as JSON."""
    found = _find(load_config(), source)
    click.echo(
        json.dumps(found.model_dump(mode="json", exclude_none=True), ensure_ascii=False, indent=2)
    )


@sources.command(
    epilog="Example: scopewatch sources check; scopewatch sources check mine/town_news.yml"
)
@click.argument("source", nargs=-1)
def check(source: tuple[str, ...]) -> None:
    """Lint the named sources or files, or all of the catalogue; every fault is named."""
    config = load_config()
    faults: list[str] = []
    count, behind = 0, False
    for path in _paths(config, source):
        count += 1
        try:
            read = read_source(path)
            behind = behind or (is_to_come(read) and read.seen <= last_look())
            found = [*lint(read), *repeated_keys(path), *refused(read, config.crawl.allow_hosts)]
            faults += [f"{path}: {fault}" for fault in found]
        except ConfigError as error:
            faults.append(str(error))
    if behind:
        click.echo(
            f"the clock of this machine says {tokyo(now()):%Y-%m-%d}, but the catalogue was looked at on "
            f"{last_look()}: set it, or every date that scopewatch writes will be wrong",
            err=True,
        )
    for fault in faults:
        click.echo(fault)
    if faults:
        raise UsageError(f"{len(faults)} faults in {count} sources")
    click.echo(f"{count} sources are well formed")


@sources.command("try", epilog="Example: scopewatch sources try soumu_news | head -3")
@click.argument("source")
def try_source(source: str) -> None:
    """Read one source (an id, or a YAML file) and print what a run would store, without storing it."""
    for line in _preview(source, {}):
        click.echo(line)


@sources.command(
    epilog="Example: scopewatch sources record soumu_news --pages 3 --to ~/recordings/soumu_news"
)
@click.argument("source")
@click.option(
    "--to",
    "directory",
    type=click.Path(file_okay=False, path_type=Path),
    help="A directory that is empty or new; default: scopewatch-recordings/ID in your home.",
)
@click.option("--pages", type=click.IntRange(0, 50), default=3, show_default=True, help="Articles.")
def record(source: str, directory: Path | None, pages: int) -> None:
    """Read one source (an id, or a YAML file) once and save the bytes of its lists and a few articles.

    record.jsonl holds address, status and hash of each file, documents.jsonl what a run would store.
    Nothing goes into the store. Recordings are other people's texts: they stay out of the repository,
    where fixtures are written by hand in their shape.
    """
    folder = empty_directory(
        directory or Path.home() / "scopewatch-recordings" / Path(source).stem
    ).absolute()
    with (folder / "documents.jsonl").open("w", encoding="utf-8") as documents:
        for line in _preview(source, {"record": str(folder), "pages": pages}):
            documents.write(line + "\n")
    click.echo(str(folder))


def _preview(source: str, head: dict[str, object]) -> Iterator[str]:
    """What a run over one source would store, line by line; ends the command with 1 when it failed."""
    config = load_config()
    path = Path(source)
    found = read_source(path) if path.suffix in {".yml", ".yaml"} else _find(config, source)
    require_contact(config, [found])
    file = str(path) if path.suffix in {".yml", ".yaml"} else None
    task = "".join(
        f"{json.dumps(line)}\n"
        for line in ({"file": file, "preview": True, **head}, {"lane": [found.id]})
    )
    child = subprocess.Popen(
        [sys.executable, "-m", "crawler.launcher"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,  # Ctrl-C is heard by us
    )
    try:
        yield from _hand_over(child, task, config.crawl.source_limit_seconds)
    finally:
        child.kill()
        child.wait()


def _hand_over(child: subprocess.Popen[str], task: str, seconds: int) -> Iterator[str]:
    try:
        answer, _ = child.communicate(task, timeout=seconds + 30)
    except subprocess.TimeoutExpired as error:
        raise InputError(f"the source did not end within {seconds} seconds") from error
    verdict = None
    for line in filter(None, answer.split("\n")):  # texts hold other signs that end lines
        event = json.loads(line)
        if "event" not in event:
            yield line
        elif event["event"] == "done":
            verdict = event
    if child.returncode or verdict is None:
        raise InputError("the source's reader ended early; its error stands above")
    click.echo(
        f"{verdict['seen']} items, {verdict['requests']} requests, {verdict['bytes']} bytes: "
        f"{verdict['state']} {verdict['detail']}".rstrip(),
        err=True,
    )
    if verdict["state"] != "ok":
        sys.exit(1)


@sources.command(
    epilog="Example: scopewatch sources new https://www.example.go.jp/ > mine/example_news.yml"
)
@click.argument("url")
def new(url: str) -> None:
    """Draft a source's YAML from an address: the feeds it names, or a guess at its list."""
    config = load_config()
    click.echo(draft(config, url), nl=False)


@sources.command(epilog="Example: scopewatch sources health --failing")
@click.option("--failing", is_flag=True, help="Only those that are not well.")
@click.option("--json", "as_json", is_flag=True, help="JSON lines.")
def health(failing: bool, as_json: bool) -> None:
    """How each enabled source is, since when, and when it last brought something new.

    gap: usual days between two days with something new; items, usual: of the last run, and the median;
    dated: share of the last run's items with a date; text: share of documents with a text. A terminal
    of less than 150 columns shows source, state, since, last new and what.
    """
    config = load_config()
    with open_store(config) as store:
        save_sources(store, records(load_sources(config).values()))
        rows = [
            row for row in health_rows(store) if not failing or row["state"] not in {"ok", None}
        ]
    if as_json:
        for row in rows:
            click.echo(json.dumps(row, ensure_ascii=False))
        return
    narrow = table_console().width < ALL_COLUMNS
    table = Table(*(name for name in HEALTH if not narrow or name in ALWAYS))
    for row in rows:
        shown = {
            "source": row["id"],
            "state": row["state"] or "never read",
            "since": _day(row["since"]),
            "last success": _day(row["last_success_at"]),
            "last new": _day(row["last_new_item_at"]),
            "gap": "" if row["usual_gap_days"] is None else f"{row['usual_gap_days']:.1f} d",
            "items": "" if row["items_seen"] is None else str(row["items_seen"]),
            "usual": "" if row["usual_items"] is None else f"{row['usual_items']:.0f}",
            "dated": _share(row["dated_share"]),
            "text": _share(row["text_share"]),
            "what": row["detail"] or "",
        }
        table.add_row(*(shown[str(column.header)] for column in table.columns))
    show_table(table)


def _share(share: float | None) -> str:
    return "" if share is None else f"{share:.0%}"


def _day(text: str | None) -> str:
    return f"{tokyo(from_text(text)):%Y-%m-%d %H:%M}" if text else ""


def _row(source: Source) -> dict[str, object]:
    return {
        "id": source.id,
        "publisher": source.publisher.model_dump(),
        "name": source.name.model_dump(),
        "group": source.group,
        "source_class": source.source_class.value,
        "kind": source.kind.value,
        "url": source.url,
        "enabled": source.enabled,
        "disabled_reason": source.disabled_reason,
    }


def _find(config: Config, source_id: str) -> Source:
    found = load_sources(config).get(source_id)
    if found is None:
        raise UsageError(
            f"{source_id}: there is no such source; `scopewatch sources list` shows them"
        )
    return found


def _paths(config: Config, named: tuple[str, ...]) -> list[Path]:
    directories = [
        SHIPPED if place == "shipped" else config.base / place for place in config.crawl.sources
    ]
    known = {
        path.stem: path
        for folder in directories
        if folder.is_dir()
        for path in source_files(folder)
    }
    if not named:
        return list(known.values())
    paths = []
    for name in named:
        if os.sep in name or name.endswith((".yml", ".yaml")):
            paths.append(Path(name))
        elif name in known:
            paths.append(known[name])
        else:
            raise UsageError(f"{name}: there is no such source or file")
    return paths
