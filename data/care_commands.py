"""The verbs of care that need no channel: backup and restore."""

from __future__ import annotations

import json
from pathlib import Path

import click

from data.care import backups, make_backup
from data.care import restore as restore_databases
from data.config import load_config
from data.errors import UsageError


@click.command(epilog="Example: scopewatch backup --keep 30")
@click.option(
    "--keep", type=click.IntRange(min=1), help="Backups to keep (else [schedule] backups_kept)."
)
@click.option("--json", "as_json", is_flag=True, help="Print the result as one JSON object.")
def backup(keep: int | None, as_json: bool) -> None:
    """Copy both databases to backups/<time>/ while others work, check the copy, remove the oldest."""
    config = load_config()
    done = make_backup(config, keep or config.schedule.backups_kept)
    result = {"backup": str(done.path), "bytes": done.bytes, "removed": list(done.removed)}
    click.echo(json.dumps(result) if as_json else f"{done.path}: {done.bytes:,} bytes")


@click.command(epilog="Example: scopewatch restore var/backups/2026-11-20T034000")
@click.argument("source", type=click.Path(path_type=Path), required=False)
def restore(source: Path | None) -> None:
    """Put a backup in the place of the databases; the present ones are kept aside.

    Without SOURCE the backups are listed. A backup that is not whole and sound is refused.
    """
    config = load_config()
    if source is None:
        for path in backups(config):
            click.echo(str(path))
        return
    if not source.is_dir():
        raise UsageError(f"{source}: a backup is a directory; `scopewatch restore` lists them")
    aside = restore_databases(config, source)
    click.echo(f"restored from {source}" + (f"; what was there lies in {aside}" if aside else ""))
