"""Kill -9 a crawl at random moments; after one more run the store must equal an undisturbed run's.

Each trial starts from nothing on a local site of 4 sources × 25 articles. In half of them the whole family of
processes is killed, in half only the command itself, whose readers then have to notice. Run:
python -m bench.kills [TRIALS]
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from pathlib import Path

from tests.crawler.kills import content, cut_off
from tests.crawler.web import BODY, Place, Web, article, rss, serving

SOURCES, ARTICLES = 4, 25


def fill(web: Web) -> None:
    for source in range(SOURCES):
        items = [(f"/s{source}/{n}.html", f"見出し{source}の{n}") for n in range(ARTICLES)]
        web.put(f"/s{source}/feed.xml", rss(web.host, items), content_type="text/xml")
        for path, title in items:
            web.put(path, article(title, f"{BODY}\n{title}の本文。"))


def place_at(root: Path, host: str) -> Place:
    place = Place(root)
    root.mkdir()
    for source in range(SOURCES):
        place.source(f"s{source}", host, f"/s{source}/feed.xml")
    place.configure()
    return place


def main() -> None:
    trials = int(sys.argv[1]) if len(sys.argv) > 1 else 50
    chance = random.Random(trials)
    web = Web()
    with serving(web) as host, tempfile.TemporaryDirectory() as folder:
        fill(web)
        calm = place_at(Path(folder) / "calm", host)
        began = time.monotonic()
        calm.crawl(timeout=600)
        lasted = time.monotonic() - began
        expected = content(calm)
        cut = bad = 0
        for trial in range(trials):
            place = place_at(Path(folder) / f"trial{trial}", host)
            after = chance.uniform(0.2, lasted)
            cut += cut_off(place, after, whole=trial % 2 == 0)
            done = place.crawl("--all", timeout=600)
            if done["exit"] or content(place) != expected:
                bad += 1
                print(f"trial {trial}, killed after {after:.2f} s: {done}, {len(content(place))}")
    print(
        f"{trials} kills at random moments of a crawl of {lasted:.1f} s ({cut} while it ran): after one "
        f"more run {trials - bad} stores equal the undisturbed one, {bad} do not"
    )
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
