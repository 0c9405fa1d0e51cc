"""Ask the pages in process: one Datasette over a filled database, one event loop for a whole test."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from typing import Any

from data.browse.desk import Desk
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


@dataclass
class Person:
    """Somebody with a browser's cookies before pages on which one can review."""

    pages: Pages
    cookies: dict[str, str] = field(default_factory=dict)

    def get(self, path: str) -> Any:
        return self._ask("GET", path)

    def post(
        self, path: str, *, token: str | None = None, headers: Any = None, **fields: str
    ) -> Any:
        """Send a form as the page has it, with its token unless another one is given."""
        if "ds_csrftoken" not in self.cookies:
            self.get("/-/sign-in")
        named = self.cookies.get("ds_csrftoken", "") if token is None else token
        return self._ask("POST", path, data={**fields, "csrftoken": named}, headers=headers or {})

    def sign_in(self, name: str, password: str) -> Any:
        return self.post("/-/sign-in", name=name, password=password)

    def _ask(self, method: str, path: str, **more: Any) -> Any:
        crumbs = "; ".join(f"{key}={value}" for key, value in self.cookies.items())
        headers = {**more.pop("headers", {}), **({"cookie": crumbs} if crumbs else {})}
        answer = self.pages.runner.run(
            self.pages.datasette.client.request(
                method, path, headers=headers, avoid_path_rewrites=True, **more
            )
        )
        for crumb in answer.headers.get_list("set-cookie"):
            for key, morsel in SimpleCookie(crumb).items():
                self.cookies[key] = morsel.value
                if morsel["max-age"] == "0":
                    del self.cookies[key]
        return answer


def open_pages(config: Config, runner: asyncio.Runner, desk: Desk | None = None) -> Pages:
    return Pages(make_datasette(config.watch_db, desk=desk, settings=config.browse), runner)
