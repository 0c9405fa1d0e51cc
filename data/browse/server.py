"""Make the Datasette that serves watch.db, and run it."""

from __future__ import annotations

import errno
import gc
import socket
from importlib import resources
from pathlib import Path
from typing import Any

import uvicorn
from datasette.app import Datasette
from datasette.plugins import pm

from data.browse import boxes, plugin
from data.browse.counting import WatchDatabase
from data.browse.dashboards import PLUGIN, own_dashboards
from data.browse.desk import Desk
from data.browse.memory import Memory
from data.browse.rendering import Site
from data.browse.tables import load_metadata
from data.browse.unsubscribing import with_unsubscribing
from data.config import BrowseSection, Config, load_config
from data.errors import UsageError
from data.store.connection import open_reader

SETTINGS = {
    "default_allow_sql": False,
    "allow_download": False,
    "sql_time_limit_ms": 1000,
    "facet_time_limit_ms": 400,
    "facet_suggest_time_limit_ms": 25,
    "max_returned_rows": 500,
    "default_page_size": 30,
    "max_csv_mb": 50,
    "num_sql_threads": 3,
    "suggest_facets": False,
    "truncate_cells_html": 400,
    "default_cache_ttl": 60,
}
"""Limits of an open house; the reasons are those of traps.md 2.3: long reads keep WAL from shrinking."""


def make_datasette(
    watch_db: Path,
    *,
    public_url: str | None = None,
    static_copy: bool = False,
    desk: Desk | None = None,
    settings: BrowseSection | None = None,
) -> Datasette:
    """A Datasette over `watch_db` alone, opened `mode=ro` beside the writers, with our plugin and pages.

    For a static copy the pages leave out what only a server can answer: search, filters, tables.
    With a desk reviewers may sign in; without one nothing can be written and no cookie is set.
    Raises `InputError` where there is no database yet.
    """
    open_reader(watch_db).close()
    here = Path(str(resources.files("data.browse")))
    metadata: dict[str, Any] = {**load_metadata(), "static_copy": static_copy}
    if public_url:
        metadata["public_url"] = public_url
    if not pm.has_plugin("scopewatch"):
        pm.register(plugin, name="scopewatch")
        # Every handler runs, and Datasette's own prints the local variables of each failed request.
        pm.unregister(name="datasette.handle_exception")
        # Its search box asks for every hit; ours (boxes.py) stands in its place, other conditions are kept.
        pm.unregister(name="datasette.filters")
        pm.register(boxes, name="scopewatch.boxes")
        # Comes along with the charts and takes a third of a table page's time to leave each cell as it is.
        pm.unregister(name="render_markdown")
    given = settings or BrowseSection()
    boards = {**own_dashboards(), **given.plugins.get(PLUGIN, {})}
    metadata["plugins"] = {**given.plugins, PLUGIN: boards}
    datasette = Site(
        files=[str(watch_db)],
        metadata=metadata,
        settings={**SETTINGS, "default_allow_sql": given.allow_sql},
        template_dir=str(here / "templates"),
        static_mounts=[("assets", str(here / "assets"))],
        memory=False,
        crossdb=False,
        cors=False,
    )
    datasette.remove_database("watch")
    datasette.add_database(WatchDatabase(datasette, path=str(watch_db)), name="watch")
    datasette.scopewatch_desk = desk
    datasette.scopewatch_memory = Memory()
    datasette.scopewatch_filters = given.feeds
    return datasette


def listen(host: str, port: int) -> socket.socket:
    """A listening socket; raises `UsageError` where the address is taken or is not ours."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(128)
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            raise UsageError(
                f"{host}:{port} is in use; stop what runs there or choose another with --port"
            ) from error
        raise UsageError(f"{host}:{port}: cannot listen: {error.strerror or error}") from error
    return listener


def serve(config: Config, listener: socket.socket, *, review: bool = False) -> None:
    """Serve the pages on `listener` until a signal ends it; readers' requests in progress are finished."""
    datasette = make_datasette(
        config.watch_db,
        public_url=config.browse.public_url,
        desk=Desk(config) if review else None,
        settings=config.browse,
    )
    settings = uvicorn.Config(
        with_unsubscribing(datasette.app(), datasette, load_config),
        log_level="warning",
        lifespan="on",
        server_header=False,
        timeout_graceful_shutdown=3,
    )
    # Everything loaded by now stays: looking through it for garbage took 50 ms of one request in thirty.
    gc.collect()
    gc.freeze()
    uvicorn.Server(settings).run(sockets=[listener])
