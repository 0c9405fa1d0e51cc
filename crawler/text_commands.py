"""The verbs `feed` and `extract`: one stage alone, on a file or a URL, JSON out."""

from __future__ import annotations

import dataclasses
import os
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from crawler.fetch import Fetched
from crawler.json_lines import json_line
from crawler.memory import MINE, TREE
from crawler.text.extract import extract as extract_body
from crawler.text.feed import parse_feed
from crawler.visit import Visitor
from data.clock import now, tokyo
from data.config import load_config
from data.errors import ConfigError, InputError, Malformed, ScopewatchError
from data.models import Entry, Extract, Moment

MAX_INPUT = 128 << 20


@click.command(
    epilog="Example: scopewatch feed soumu.rdf --url https://www.soumu.go.jp/news.rdf | head -3",
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.argument("inputs", nargs=-1, required=True, metavar="FILE|URL...")
@click.option(
    "--url", help="The feed's address, against which a file's relative links are resolved."
)
@click.option("--content-type", help="The HTTP Content-Type it came with.")
@click.option("--encoding", help="The encoding to try first.")
def feed(
    inputs: tuple[str, ...], url: str | None, content_type: str | None, encoding: str | None
) -> None:
    """Parse feeds and print their entries, one JSON object a line.

    RSS 0.9x, 1.0, 2.0, Atom and JSON Feed; `-` reads standard input. Times are ISO 8601 in Japan's
    zone (+09:00); where published_precision is `day`, only the date is meant. An entry that tells only
    when it was updated has that as published_at. An input that cannot be read is told and ends the command
    with 2; the others are printed.
    """

    def show(source: str) -> None:
        got = _read(source, url, content_type)
        try:
            entries = parse_feed(
                got.body, url=got.url or None, content_type=got.content_type, hint=encoding
            )
        except Malformed as error:
            raise InputError(_named(str(error), source, got.url)) from error
        for entry in entries:
            _print(_entry_fields(entry))

    _each(inputs, show)


@click.command(
    epilog="Example: scopewatch extract article.html --url https://example.jp/article.html",
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.argument("inputs", nargs=-1, required=True, metavar="FILE|URL...")
@click.option("--url", help="The page's address, against which a file's links are resolved.")
@click.option("--content-type", help="The HTTP Content-Type it came with.")
@click.option("--encoding", help="The encoding to try first.")
def extract(
    inputs: tuple[str, ...], url: str | None, content_type: str | None, encoding: str | None
) -> None:
    """Print title, text and date of pages and files, one JSON object a line.

    HTML, PDF, .docx, .xlsx, plain text; the kind goes by the bytes. `-` reads standard input. Times are
    ISO 8601 in Japan's zone (+09:00). An input that cannot be read is told and ends the command with 2; the
    others are printed.
    """
    MINE.tree = TREE

    def show(source: str) -> None:
        got = _read(source, url, content_type)
        found = extract_body(
            got.body, url=got.url or None, content_type=got.content_type, hint=encoding, near=now()
        )
        if found.status == "malformed":
            raise InputError(f"{source}: is not a page, PDF, Office file or text that can be read")
        _print(_extract_fields(found))

    _each(inputs, show)


def _each(inputs: tuple[str, ...], show: Callable[[str], None]) -> None:
    """Show every input; one that cannot be read is told, and the others are shown all the same."""
    status = 0
    for source in inputs:
        try:
            show(source)
        except ScopewatchError as error:
            if len(inputs) == 1 or isinstance(error, ConfigError):
                raise
            click.echo(f"scopewatch: {' '.join(str(error).split())}", err=True)
            status = max(status, error.exit_status)
    if status:
        sys.exit(status)


def _read(source: str, url: str | None, content_type: str | None) -> Fetched:
    """The bytes that `source` names; raises `InputError`, or what `fetch` raises."""
    if source.lower().startswith(("http://", "https://")):
        got = Visitor(load_config()).get(source)
    elif source == "-":
        got = Fetched("", sys.stdin.buffer.read(MAX_INPUT + 1), None)
    else:
        got = Fetched("", _file(Path(source)), None)
    if not got.body.strip():
        raise InputError(f"{source}: is empty")
    if len(got.body) > MAX_INPUT:
        raise InputError(f"{source}: is larger than {MAX_INPUT >> 20} MiB")
    return Fetched(url or got.url, got.body, content_type or got.content_type)


def _file(path: Path) -> bytes:
    try:
        if not path.exists():
            raise InputError(f"{path}: there is no such file")
        if not path.is_file() and not path.is_fifo():
            raise InputError(f"{path}: is not a file")
        with path.open("rb") as stream:
            return stream.read(MAX_INPUT + 1)
    except (OSError, ValueError) as error:
        raise InputError(
            f"{os.fsencode(path)!r}: cannot be read ({type(error).__name__})"
        ) from error


def _entry_fields(entry: Entry) -> dict[str, Any]:
    return {
        "title": entry.title,
        "url": entry.url,
        "published_at": _shown(entry.dated),
        "updated_at": _shown(entry.updated),
        "summary": entry.summary,
        "id": entry.id,
        "published_precision": entry.dated.precision if entry.dated else None,
        "outlet": entry.outlet,
    }


def _extract_fields(found: Extract) -> dict[str, Any]:
    fields = dataclasses.asdict(found)
    published = fields.pop("published")
    return {
        "title": fields.pop("title"),
        "text": fields.pop("text"),
        "published_at": _shown(found.published),
        "published_precision": published["precision"] if published else None,
        **fields,
    }


def _shown(moment: Moment | None) -> str | None:
    at: datetime | None = tokyo(moment.at) if moment else None
    return at.isoformat() if at else None


def _named(message: str, source: str, url: str) -> str:
    """The parser's message about the input as the caller named it."""
    called = f"{url or 'the feed'}: "
    return f"{source}: {message.removeprefix(called)}"


def _print(fields: dict[str, Any]) -> None:
    click.echo(json_line(fields).encode("utf-8", "backslashreplace").decode("utf-8"))
