"""The verb browse: serve the public database to people."""

from __future__ import annotations

import webbrowser

import click

from data.browse.server import listen, serve
from data.config import load_config
from data.store.connection import open_reader


@click.command(epilog="Example: scopewatch browse --port 8001 --open")
@click.option("--host", help="Address to listen on (else [browse] host, else 127.0.0.1).")
@click.option(
    "--port", type=click.IntRange(0, 65535), help="Port to listen on; 0 takes a free one."
)
@click.option("--open", "open_browser", is_flag=True, help="Open the front page in a web browser.")
def browse(host: str | None, port: int | None, open_browser: bool) -> None:
    """Serve the public database (watch.db, read-only) until Ctrl-C."""
    config = load_config()
    open_reader(config.watch_db).close()
    listener = listen(host or config.browse.host, config.browse.port if port is None else port)
    bound_host, bound_port = listener.getsockname()[:2]
    address = f"http://{f'[{bound_host}]' if ':' in bound_host else bound_host}:{bound_port}/"
    click.echo(f"scopewatch browse: {address}  (watch.db, read-only; Ctrl-C ends it)")
    if open_browser:
        webbrowser.open(address)
    serve(config, listener)
