"""`make demo`: serve the small web, run the main job over five days as cron would, show what it made.

Everything that happens here happens through the command `scopewatch`, an ordinary scopewatch.toml and
the clock variable SCOPEWATCH_NOW; nothing of scopewatch knows that this is a demo.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from argparse import ArgumentParser
from pathlib import Path

from tests.demo.site import HERE, Web, serving

ROOT = HERE.parent.parent
SHIPPED_ADDRESS = "127.0.0.1:8765"
DAYS = ("2026-11-16", "2026-11-17", "2026-11-18", "2026-11-19", "2026-11-20")
TIME_OF_RUN = "T22:00:00+09:00"


def prepare(place: Path, address: str) -> Path:
    """Lay out `place` as a user would: a scopewatch.toml and a directory of sources; gives the file."""
    shutil.rmtree(place, ignore_errors=True)
    (place / "sources").mkdir(parents=True)
    for path in [HERE / "scopewatch.toml", *(HERE / "sources").glob("*.yml")]:
        text = path.read_text(encoding="utf-8").replace(SHIPPED_ADDRESS, address)
        (place / path.relative_to(HERE)).write_text(text, encoding="utf-8")
    return place / "scopewatch.toml"


def scopewatch(configuration: Path, now: str | None, *words: str) -> int:
    """Call the command as cron would; gives its exit status."""
    environment = os.environ | {"SCOPEWATCH_CONFIG": str(configuration)}
    if now:
        environment["SCOPEWATCH_NOW"] = now
    return subprocess.run(
        [sys.executable, "-m", "scopewatch", *words], env=environment, check=False
    ).returncode


def play(place: Path, *, days: int = len(DAYS)) -> list[int]:
    """Run the main job once a day over the web; gives each day's exit status."""
    web = Web()
    statuses = []
    with serving(web) as root:
        configuration = prepare(place, root.removeprefix("http://"))
        for number, day in enumerate(DAYS[:days], 1):
            web.day = number
            print(f"\n── day {number}: {day} ──", flush=True)
            statuses.append(scopewatch(configuration, day + TIME_OF_RUN, "run"))
    return statuses


def main() -> int:
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--browse", action="store_true", help="keep Datasette running at the end")
    browse = parser.parse_args().browse
    place = ROOT / "var" / "demo"
    statuses = play(place)
    if max(statuses) > 1:
        print(f"the main job failed: exit statuses {statuses}", file=sys.stderr)
        return max(statuses)
    show(place)
    if browse:
        return scopewatch(place / "scopewatch.toml", None, "browse")
    return 0


def show(place: Path) -> None:
    """Print the last digest, where the files lie, and how to browse them."""
    digests = sorted((place / "digests").rglob("*.md"))
    if digests:
        print(f"\n── the last digest ({digests[-1].relative_to(ROOT)}) ──\n")
        print(digests[-1].read_text(encoding="utf-8"))
    print("── where things lie ──")
    for name in ("watch.db", "private.db", "archive", "digests", "scopewatch.toml", "sources"):
        print(f"  {(place / name).relative_to(ROOT)}")
    print("\nBrowse the evidence: make demo BROWSE=1, then http://127.0.0.1:8001/")


if __name__ == "__main__":
    sys.exit(main())
