"""A real browser before the real server: chromium through Playwright, `scopewatch browse` in a thread."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType

import uvicorn
from playwright.sync_api import Browser, ConsoleMessage, sync_playwright
from public_library import PROMISE
from statutes_shelf import LAW

from data.browse.desk import Desk
from data.browse.rates import Rate
from data.browse.server import listen, make_datasette
from data.config import Config, StoreSection
from data.store.connection import open_store
from data.store.reviewers import add_reviewer

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
PAGES = (
    "/",
    "/?lang=en",
    "/-/ladder",
    "/-/use-case/police:number",
    "/-/document/evil",
    "/-/promises",
    f"/-/promise/{PROMISE}",
    "/-/source/kinkan_trade",
    "/-/story/shi-1",
    "/-/health",
    "/-/search?q=%E9%8A%80%E8%A1%8C",
    "/watch",
    "/watch/documents",
    "/watch/findings",
    "/watch/documents/evil",
    "/-/finding/none",
    "/-/laws",
    f"/-/law/{LAW}?from=2024-04-01&to=2025-04-01",
    "/-/dashboards",
    "/-/dashboards/ledger",
    "/watch/evidence",
    "/watch/evidence?_facet=publisher&_facet=year&_facet=event&_facet=source_group&_facet=system",
    "/watch/reversals",
    "/watch/said_by?actor=%E7%9C%81",
    "/-/sign-in",
)
REVIEWERS_PAGES = ("/-/review", "/-/reviewed", "/-/use-case/police:number", f"/-/promise/{PROMISE}")
NAME, PASSWORD = "tsuru", "a crane stands in the reeds"


def desk_at(directory: Path) -> Desk:
    """The reviewers' desk over the store in `directory`, with one reviewer."""
    config = Config(base=directory.parent, store=StoreSection(directory=Path(directory.name)))
    with open_store(config) as store:
        add_reviewer(store, NAME, PASSWORD)
    desk = Desk(config)
    desk.attempts = Rate(1000, 300)  # Every test signs in from the same address.
    return desk


@contextmanager
def served(directory: Path) -> Iterator[str]:
    """Serve the store in `directory`, reviewing too; gives the address without a slash at its end."""
    listener = listen("127.0.0.1", 0)
    datasette = make_datasette(directory / "watch.db", desk=desk_at(directory))
    server = uvicorn.Server(uvicorn.Config(datasette.app(), log_level="warning", lifespan="on"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(20)
        listener.close()
        datasette.executor.shutdown()
        for database in datasette.databases.values():
            database.close()


@contextmanager
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=list(FLAGS))
        yield browser
        browser.close()


class Watched:
    """A tab whose console must stay silent; what it complained of fails the test at the end."""

    def __init__(
        self,
        browser: Browser,
        *,
        width: int = 1100,
        scheme: str = "light",
        bypass_csp: bool = False,
        javascript: bool = True,
    ) -> None:
        self.context = browser.new_context(
            viewport={"width": width, "height": 900},
            color_scheme=scheme,  # type: ignore[arg-type]  # light or dark
            locale="ja-JP",
            bypass_csp=bypass_csp,
            java_script_enabled=javascript,
        )
        self.page = self.context.new_page()
        self.said: list[str] = []
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.said.append(str(error)))

    def _hear(self, message: ConsoleMessage) -> None:
        missing = "404" in message.text and "/none" in self.page.url
        if message.type in {"error", "warning"} and not missing:
            self.said.append(message.text)

    def sign_in(self, root: str) -> None:
        """Sign in as a person does."""
        self.page.goto(f"{root}/-/sign-in")
        self.page.get_by_label("名前").fill(NAME)
        self.page.get_by_label("パスワード").fill(PASSWORD)
        self.page.keyboard.press("Enter")
        self.page.get_by_role("heading", name="確認待ち").wait_for()

    def __enter__(self) -> Watched:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.context.close()
        if kind is None:
            assert self.said == []
