"""Ask the pages in process: one Datasette over a filled database, one event loop for a whole test."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

from data.browse.server import make_datasette
from data.config import Config


@dataclass(frozen=True)
class Pages:
    """The pages of one database; `get` gives httpx's response."""

    datasette: Any
    runner: asyncio.Runner

    def get(self, path: str, **headers: str) -> Any:
        return self.ask("GET", path, **headers)

    def ask(self, method: str, path: str, **headers: str) -> Any:
        named = {key.replace("_", "-"): value for key, value in headers.items()}
        return self.runner.run(
            self.datasette.client.request(method, path, headers=named, avoid_path_rewrites=True)
        )


def open_pages(config: Config, runner: asyncio.Runner) -> Pages:
    return Pages(make_datasette(config.watch_db), runner)
