"""Photograph the pages of the fictional library, by one command: `python tests/data/browse/screenshots.py DIR`.

Those of the documentation: `python tests/data/browse/screenshots.py docs/images --prefix browse-`.
`--every` takes every kind of page in both languages, at 360 and 1280 pixels, light and dark, and those
of an empty library: what to look at after a change of the looks.
"""

from __future__ import annotations

import itertools
import sqlite3
import sys
import tempfile
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[2])]

from browsing import NAME, PASSWORD, chromium, served  # noqa: E402  # after the path above
from PIL import Image  # noqa: E402
from playwright.sync_api import Browser  # noqa: E402
from public_library import PROMISE, TOLD, document, fill  # noqa: E402
from statutes_shelf import LAW  # noqa: E402

from data.config import Config  # noqa: E402
from data.store.connection import Store, open_store  # noqa: E402
from data.store.documents import save_document  # noqa: E402
from data.store.sources import save_sources  # noqa: E402

COLOURS = 48
LONG = (
    "個人番号の利用の範囲の拡大及び特定個人情報の提供に関する命令の一部を改正する命令案に対する意見募集の結果並びに"
    * 3
)


@dataclass(frozen=True)
class Shot:
    """One picture: `height` 0 takes the whole page."""

    address: str
    width: int = 1280
    height: int = 900
    colours: str = "light"
    signed_in: bool = False


SHOTS = {
    "front": Shot("/?lang=ja"),
    "front-phone-dark": Shot("/?lang=ja", 390, 844, "dark"),
    "use-case": Shot("/-/use-case/police:number?lang=en"),
    "finding": Shot("/-/finding/{finding}?lang=ja"),
    "law": Shot(f"/-/law/{LAW}?from=2024-04-01&to=2025-04-01&lang=ja"),
    "charts": Shot("/-/dashboards/ledger?lang=en"),
    "review": Shot("/-/review?lang=ja", signed_in=True),
}
"""What the documentation shows."""
PAGES = {
    "front": "/",
    "ladder": "/-/ladder",
    "use-case": "/-/use-case/police:number",
    "finding": "/-/finding/{finding}",
    "document": "/-/document/evil",
    "document-long": "/-/document/long",
    "story": "/-/story/shi-1",
    "promises": "/-/promises",
    "promise": f"/-/promise/{PROMISE}",
    "laws": "/-/laws",
    "law": f"/-/law/{LAW}?from=2024-04-01&to=2025-04-01",
    "charts": "/-/dashboards/ledger",
    "health": "/-/health",
    "source": "/-/source/kinkan_trade",
    "search": "/-/search?q=%E9%8A%80%E8%A1%8C",
    "search-none": "/-/search?q=%E7%84%A1%E3%81%84%E8%AA%9E",
    "tables": "/watch",
    "evidence": "/watch/evidence?_facet=publisher",
    "documents": "/watch/documents",
    "row": "/watch/documents/shi-1",
    "question": "/watch/reversals",
    "not-found": "/-/finding/none",
    "sign-in": "/-/sign-in",
    "review": "/-/review",
    "reviewed": "/-/reviewed",
}
REVIEWERS = {"review", "reviewed", "finding", "promise"}
EMPTY = ("front", "ladder", "promises", "laws", "charts", "health", "evidence", "review")


def every(pages: dict[str, str]) -> Iterator[tuple[str, Shot]]:
    """Each page in both languages, two widths and both colours."""
    for (name, address), language, (width, colours) in itertools.product(
        pages.items(), ("ja", "en"), ((1280, "light"), (360, "dark"))
    ):
        key = "_lang" if address.startswith("/watch") else "lang"
        joint = "&" if "?" in address else "?"
        shot = Shot(f"{address}{joint}{key}={language}", width, 0, colours, name in REVIEWERS)
        yield f"{name}-{language}-{width}-{colours}", shot


def add_long_titles(store: Store) -> None:
    """A title as ministries write them, and the same without any space in English letters."""
    told = replace(TOLD[1], name="long", title=LONG, url="https://naisei.example.jp/" + "a" * 300)
    save_document(store, document(told))


@contextmanager
def library(filled: bool) -> Iterator[Config]:
    with tempfile.TemporaryDirectory() as place:
        config = Config(base=Path(place))
        with open_store(config) as store:
            if filled:
                fill(store)
                add_long_titles(store)
            else:
                save_sources(store, ())
        yield config


def photograph(browser: Browser, root: str, shot: Shot, path: Path) -> None:
    context = browser.new_context(
        viewport={"width": shot.width, "height": shot.height or 900},
        color_scheme=shot.colours,  # type: ignore[arg-type]  # light or dark
    )
    tab = context.new_page()
    if shot.signed_in:
        tab.goto(f"{root}/-/sign-in")
        tab.fill("#name", NAME)
        tab.fill("#password", PASSWORD)
        tab.press("#password", "Enter")
        tab.wait_for_url("**/-/review**")
    tab.goto(root + shot.address)
    if ".drawn" in tab.content() or "data-spec" in tab.content():
        tab.wait_for_selector(".drawn canvas")
    tab.screenshot(path=path, full_page=shot.height == 0)
    context.close()
    if shot.height:  # Those of the documentation are kept small.
        with Image.open(path) as picture:
            picture.quantize(COLOURS).save(path, optimize=True)


def main() -> int:
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("directory", type=Path)
    parser.add_argument("--only", action="append", help="a name; may be repeated")
    parser.add_argument(
        "--every", action="store_true", help="all pages, languages, widths, colours"
    )
    parser.add_argument("--prefix", default="", help="before each name, as browse- in docs/images")
    asked = parser.parse_args()
    asked.directory.mkdir(parents=True, exist_ok=True)
    wanted = dict(every(PAGES)) if asked.every else SHOTS
    with library(filled=True) as config, served(config.directory) as root, chromium() as browser:
        (finding,) = (
            sqlite3.connect(config.watch_db)
            .execute("SELECT id FROM findings WHERE document_id = 'shi-1'")
            .fetchone()
        )
        for name, shot in wanted.items():
            if not asked.only or name in asked.only:
                made = replace(shot, address=shot.address.format(finding=finding))
                photograph(browser, root, made, asked.directory / f"{asked.prefix}{name}.png")
    if asked.every:
        empty = {name: PAGES[name] for name in EMPTY}
        with library(filled=False) as config, served(config.directory) as root, chromium() as browser:  # fmt: skip
            for name, shot in every(empty):
                photograph(browser, root, shot, asked.directory / f"{asked.prefix}empty-{name}.png")
    return 0


if __name__ == "__main__":
    sys.exit(main())
