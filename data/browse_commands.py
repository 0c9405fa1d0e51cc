"""The verbs browse, export and publish-static: the public database for people, watchdogs and web servers."""

from __future__ import annotations

import asyncio
import json
import webbrowser
from pathlib import Path

import click

from data.browse.publishing import publish
from data.browse.server import listen, make_datasette, serve
from data.clock import now, tokyo
from data.config import load_config
from data.export import (
    fingerprint,
    make_key,
    prepare,
    public_key,
    signing_key,
    verify_export,
    write_export,
)
from data.store.connection import bring_up_to_date


@click.command(epilog="Example: scopewatch browse --port 8001 --open")
@click.option("--host", help="Address to listen on (else [browse] host, else 127.0.0.1).")
@click.option(
    "--port", type=click.IntRange(0, 65535), help="Port to listen on; 0 takes a free one."
)
@click.option(
    "--review/--read-only",
    default=None,
    help="Let reviewers sign in and write (else [browse] review, else no).",
)
@click.option("--open", "open_browser", is_flag=True, help="Open the front page in a web browser.")
def browse(host: str | None, port: int | None, review: bool | None, open_browser: bool) -> None:
    """Serve the public database (watch.db, read-only) until Ctrl-C.

    With --review those whom `scopewatch reviewers add` named may sign in and review.
    """
    config = load_config()
    reviewing = config.browse.review if review is None else review
    bring_up_to_date(config.watch_db)
    listener = listen(host or config.browse.host, config.browse.port if port is None else port)
    bound_host, bound_port = listener.getsockname()[:2]
    address = f"http://{f'[{bound_host}]' if ':' in bound_host else bound_host}:{bound_port}/"
    how = f"reviewers sign in at {address}-/sign-in" if reviewing else "read-only"
    click.echo(f"scopewatch browse: {address}  (watch.db, {how}; Ctrl-C ends it)")
    if open_browser:
        webbrowser.open(address)
    serve(config, listener, review=reviewing)


@click.group(invoke_without_command=True, epilog="Example: scopewatch export --sign")
@click.option("--sign", is_flag=True, help="Sign with the key that SCOPEWATCH_SIGNING_KEY names.")
@click.pass_context
def export(context: click.Context, sign: bool) -> None:
    """Write today's export of the public tables as JSON lines, or check one.

    Without a subcommand the export goes to exports/ beside watch.db, into a directory named by the
    day in Tokyo; one of the same day is left as it is.
    """
    if context.invoked_subcommand is not None:
        if sign:
            raise click.UsageError("--sign belongs after `write`, or alone")
        return
    config = load_config()
    _write(config.directory / "exports" / f"{tokyo(now()):%Y-%m-%d}", sign)


@export.command(epilog="Example: scopewatch export write --sign exports/2026-11-20")
@click.argument("directory", type=click.Path(path_type=Path))
@click.option("--sign", is_flag=True, help="Sign with the key that SCOPEWATCH_SIGNING_KEY names.")
def write(directory: Path, sign: bool) -> None:
    """Write the public tables as of now into a new DIRECTORY; prints the manifest's numbers."""
    _write(directory, sign)


def _write(directory: Path, sign: bool) -> None:
    key = signing_key() if sign else None
    config = load_config()
    bring_up_to_date(config.watch_db)
    manifest = write_export(config.watch_db, directory, key)
    click.echo(
        json.dumps(
            {
                "directory": str(directory),
                "signed_by": manifest["signed_by"],
                "records": {entry["name"]: entry["records"] for entry in manifest["files"]},
            }
        )
    )


@export.command(
    epilog="Example: scopewatch export verify exports/2026-11-20 --key watchdog.key.pub"
)
@click.argument("directory", type=click.Path(path_type=Path))
@click.option(
    "--key", "key_file", type=click.Path(path_type=Path), required=True, help="The public key."
)
def verify(directory: Path, key_file: Path) -> None:
    """Check that DIRECTORY is, file by file, what was signed; needs no configuration."""
    key = public_key(key_file)
    manifest = verify_export(directory, key)
    click.echo(
        f"{directory}: {len(manifest['files'])} files of {manifest['made_at']}, "
        f"as signed by {fingerprint(key)}"
    )


@export.command(epilog="Example: scopewatch export key /etc/scopewatch/export.key")
@click.argument("path", type=click.Path(path_type=Path))
def key(path: Path) -> None:
    """Make a signing key: PATH (keep it secret) and PATH.pub (give it to the watchdog)."""
    click.echo(f"{path} and {path}.pub written; {make_key(path)}")


@click.command(
    "publish-static",
    epilog="Example: scopewatch publish-static public/ --url https://watch.example",
)
@click.argument("directory", type=click.Path(path_type=Path))
@click.option("--url", help="Where the live pages are, for permalinks (else [browse] public_url).")
def publish_static(directory: Path, url: str | None) -> None:
    """Write the pages as plain files into a new DIRECTORY, for any web server or a memory stick."""
    config = load_config()
    bring_up_to_date(config.watch_db)
    datasette = make_datasette(
        config.watch_db, public_url=url or config.browse.public_url, static_copy=True
    )
    prepare(directory)
    files = asyncio.run(publish(datasette, directory))
    click.echo(f"{directory}: {files} files; begin at {directory / 'index.html'}")
