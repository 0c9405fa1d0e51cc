"""The verb `init`: a commented configuration to begin with."""

from __future__ import annotations

import os
from importlib import resources
from pathlib import Path

import click

from data.config import DEFAULT_NAME
from data.errors import UsageError


@click.command(epilog="Example: scopewatch init && $EDITOR scopewatch.toml")
@click.argument("path", type=click.Path(path_type=Path), default=Path(DEFAULT_NAME))
def init(path: Path) -> None:
    """Write a commented scopewatch.toml (never over one that is there)."""
    text = resources.files("data").joinpath("template.toml").read_text(encoding="utf-8")
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
    except FileExistsError as error:
        raise UsageError(f"{path}: is there already; move it away or name another file") from error
    except OSError as error:
        raise UsageError(f"{path}: cannot be written: {error.strerror}") from error
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
    click.echo(f"{path} written; set `contact`, then run `scopewatch run`")
