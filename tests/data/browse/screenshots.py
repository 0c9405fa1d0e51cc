"""Photograph every kind of page of the fictional library: `python tests/data/browse/screenshots.py DIR`."""

from __future__ import annotations

import sqlite3
import sys
import tempfile
from argparse import ArgumentParser
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[2])]

from browsing import chromium, served  # noqa: E402  # after the path above
from public_library import PROMISE, fill  # noqa: E402

from data.config import Config  # noqa: E402
from data.store.connection import open_store  # noqa: E402

SHOTS = {
    # name: (address, width, height or 0 for the whole page, colours)
    "front": ("/?lang=ja", 1100, 900, "light"),
    "front-phone-dark": ("/?lang=ja", 390, 844, "dark"),
    "use-case": ("/-/use-case/police:number?lang=en", 1100, 900, "light"),
    "finding": ("/-/finding/{finding}?lang=ja", 1100, 900, "light"),
    "search": ("/-/search?q=%E9%8A%80%E8%A1%8C&lang=ja", 1100, 560, "dark"),
    "ladder": ("/-/ladder?lang=ja", 1100, 900, "light"),
    "promise": (f"/-/promise/{PROMISE}?lang=en", 1100, 700, "light"),
    "health": ("/-/health?lang=en", 1100, 420, "light"),
    "source": ("/-/source/kinkan_trade?lang=ja", 1100, 900, "light"),
    "documents": ("/watch/documents?_lang=ja", 1100, 900, "light"),
    "documents-phone": ("/watch/documents?_lang=ja", 390, 844, "light"),
    "tables": ("/watch?_lang=ja", 1100, 900, "light"),
}


def main() -> int:
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("directory", type=Path)
    parser.add_argument("--only", action="append", help="a name of SHOTS; may be repeated")
    parser.add_argument("--whole", action="store_true", help="whole pages, not windows")
    asked = parser.parse_args()
    asked.directory.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as place:
        config = Config(base=Path(place))
        with open_store(config) as store:
            fill(store)
        (finding,) = (
            sqlite3.connect(config.watch_db)
            .execute("SELECT id FROM findings WHERE document_id = 'shi-1'")
            .fetchone()
        )
        with served(config.directory) as root, chromium() as browser:
            for name, (address, width, height, colours) in SHOTS.items():
                if asked.only and name not in asked.only:
                    continue
                tab = browser.new_page(
                    viewport={"width": width, "height": height},
                    color_scheme=colours,  # type: ignore[arg-type]  # light or dark
                )
                tab.goto(root + address.format(finding=finding))
                tab.screenshot(path=asked.directory / f"{name}.png", full_page=asked.whole)
                tab.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
