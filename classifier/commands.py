"""The verb `classify`: texts in, findings out, as JSON lines."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, TextIO

import click
from rich.console import Console

from classifier.classify import Classifier, gated_reading, read_documents
from classifier.explain import explain as explain_document
from classifier.explain import print_terminal, to_html
from classifier.inputs import Fault, documents_only, open_input, read_texts
from classifier.outputs import json_line, reading_json
from data.errors import InputError
from data.models import PendingDocument


@click.command(
    epilog="Examples: scopewatch classify texts.jsonl -o findings.jsonl; "
    "scopewatch feed FILE | scopewatch classify -; scopewatch classify texts.jsonl --explain dev-001"
)
@click.argument("file", metavar="FILE.jsonl|-")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Write here, not to stdout.")
@click.option("--explain", "explained", metavar="ID", help="Draw one text for a person instead.")
@click.option("--html", is_flag=True, help="With --explain: a page of HTML.")
def classify(file: str, output: Path | None, explained: str | None, html: bool) -> None:
    """Say which uses of the identifiers each text reports.

    Reads {id, title, body[, date, publisher, source_kind]} per line, writes {id, flagged,
    findings[, also_seen][, truncated]} or {id, error} per line, in the same order.
    """
    if html and explained is None:
        raise InputError("--html draws one text: name it with --explain ID")
    with closing(open_input(file, sys.stdin.buffer)) as stream:
        rows = read_texts(stream, file)
        if explained is not None:
            page = _explain(rows, explained, html)
            _write(output, iter([page]))
        else:
            _write(output, (json_line(row) for row in _classified(rows)))


def _classified(rows: Iterator[PendingDocument | Fault]) -> Iterator[dict[str, Any]]:
    """Output rows in the order of the input; a fault does not disturb its neighbours."""
    faults: list[tuple[int, Fault]] = []
    for done, reading in enumerate(read_documents(documents_only(rows, faults))):
        while faults and faults[0][0] <= done:
            yield faults.pop(0)[1].to_json()
        yield reading_json(reading)
    for _, fault in faults:
        yield fault.to_json()


def _write(output: Path | None, lines: Iterator[str]) -> None:
    if output is None:
        for line in lines:
            click.echo(line)
        return
    part = output.with_name(output.name + ".part")
    try:
        with part.open("w", encoding="utf-8") as target:
            _put(target, lines)
        part.replace(output)
    except OSError as error:
        raise InputError(f"{output}: cannot be written ({error.strerror})") from None


def _put(target: TextIO, lines: Iterator[str]) -> None:
    for line in lines:
        target.write(line + "\n")


def _explain(rows: Iterator[PendingDocument | Fault], wanted: str, html: bool) -> str:
    for row in rows:
        if row.id != wanted:
            continue
        if isinstance(row, Fault):
            raise InputError(f"{wanted}: {row.error}")
        gated = gated_reading(row)
        if gated is not None and gated.error is not None:
            raise InputError(f"{wanted}: {gated.error}")
        drawn = explain_document(Classifier(), row)
        if html:
            return to_html(drawn)
        console = Console(width=None if sys.stdout.isatty() else 120)
        with console.capture() as captured:
            print_terminal(drawn, console)
        gate = "the gate stays shut: no identifier is named\n" if gated is not None else ""
        return gate + captured.get()
    raise InputError(f"no text has the id {wanted!r}")
