"""The pages at 10,000 and 1,000,000 documents while a writer inserts 100 a second (issue 7).

    python bench/browse.py                      # both sizes in turn, a few minutes
    python bench/browse.py --documents 50000    # one size

The library is fictional (`browse_library.py`).

Both sizes have the 500 uses that the issue names, so the smaller one has one finding of each where the larger
has a hundred: its page of a use shows one rung and one document, the larger's twenty of each. With five uses the
pages would show the same amount; that would ask only how the database grows, and is the easier question.
"""

from __future__ import annotations

import os
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from argparse import ArgumentParser
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from urllib.parse import quote

from browse_extras import fill_statutes, make_reviewer, sign_in
from browse_library import FILLERS, NOW, SUBJECTS, digest, fill, use_cases

from data.config import Config
from data.models import Document
from data.store.connection import open_store
from data.store.documents import save_documents

REQUESTS = 100
PAGES = {
    "front": "/",
    "ladder": "/-/ladder",
    "use case": "/-/use-case/{use_case}",
    "finding": "/-/finding/{finding}",
    "story": "/-/story/d000000042",
    "source": "/-/source/source_7",
    "health": "/-/health",
    "search 銀行": "/-/search?q=%E9%8A%80%E8%A1%8C",
    "search 税": "/-/search?q=%E7%A8%8E",
    "search two": "/-/search?q=%E6%97%85%E5%88%B8+%E9%8A%80%E8%A1%8C",
    "feed": "/-/feed/all.atom",
    "table findings": "/watch/findings",
    "table documents": "/watch/documents",
    "box 旅券": "/watch/documents?_search=%E6%97%85%E5%88%B8",
    "box 旅券, page 2": "/watch/documents?_search=%E6%97%85%E5%88%B8&_next=800000%2Cd000799999",
    "box narrowed": "/watch/documents?_search=%E6%97%85%E5%88%B8&source_id=source_7",
    "findings' box 銀行": "/watch/evidence?_search=%E9%8A%80%E8%A1%8C",
    "findings' box カード": "/watch/findings?_search=%E3%82%AB%E3%83%BC%E3%83%89",
    "search, new words": "/-/search?q={words}",
    "box, new words": "/watch/documents?_search={words}",
    "findings' box, new": "/watch/evidence?_search={said}",
    "tables": "/watch",
    "evidence": "/watch/evidence",
    "facet publisher": "/watch/evidence?_facet=publisher&sector=police",
    "facet event": "/watch/evidence?_facet=event&_facet=year",
    "question": "/watch/reversals",
    "laws": "/-/laws",
    "law": "/-/law/342AC0000000081",
    "law diff": "/-/law/342AC0000000081?from=2020-01-01&to=2020-03-01",
    "charts": "/-/dashboards/ledger",
    "review queue": "/-/review",
}
"""Every page is asked as by a signed-in reviewer too (`review queue`), whose pages nobody keeps.

`{words}` and `{said}` are two others each time, of documents and of findings: the servers remember for a minute
what a search of a table counted.
"""
QUESTIONS = [quote(" ".join(pair)) for pair in product(SUBJECTS, FILLERS)]
SAID = [
    quote(" ".join(pair))
    for pair in product(SUBJECTS, ["号", "窓口", "カード", "使う", "方針", "固めた"])
]


def write_steadily(config: Config, stop: threading.Event, written: list[int]) -> None:
    """A hundred documents a second, ten at a time, through the store, as the crawler does."""
    count = 0
    with open_store(config) as store:
        while not stop.wait(max(0.0, 0.1 - (time.monotonic() % 0.1))):
            save_documents(store, [fresh(count + step) for step in range(10)])
            count += 10
    written.append(count)


def fresh(number: int) -> Document:
    text = f"第{number}回の会議で旅券の申請と銀行の口座について検討した。"
    return Document(
        id=f"w{number}", source_id="source_1", url=f"https://source-1.example.jp/w{number}",
        title=f"第{number}回の会議", text=text, published=None, fetched_at=NOW,
        encoding="utf-8/header", kind="html", status="ok", body_sha256=digest(text),
        text_sha256=digest(text), simhash=number,
    )  # fmt: skip


@dataclass
class Served:
    """A library of one size behind its own server, with its own writer."""

    documents: int
    server: subprocess.Popen[str]
    address: str
    writer: threading.Thread
    stop: threading.Event
    written: list[int]
    crumbs: str = ""
    begun: float = 0.0

    def start_writing(self) -> None:
        self.begun = time.monotonic()
        self.writer.start()
        self.crumbs = sign_in(self.address)

    def end(self) -> None:
        self.stop.set()
        self.writer.join()
        spent = time.monotonic() - self.begun
        memory = Path(f"/proc/{self.server.pid}/status").read_text()
        self.server.send_signal(signal.SIGTERM)
        said = self.server.communicate(timeout=30)[1]
        peak = re.search(r"VmHWM:\s+(\d+)", memory)
        print(
            f"{self.documents:>9,}: memory at most {int(peak.group(1)) / 1024 if peak else 0:.0f} MiB, written "
            f"{sum(self.written) / spent:.0f} documents/s, 'locked' said {said.count('locked')} times"
        )


def serve(documents: int, place: Path) -> Served:
    """Make the library where there is none, and start its server; prints how long that took."""
    place.mkdir(parents=True, exist_ok=True)
    config = Config(base=place)
    started = time.monotonic()
    with open_store(config) as store:
        if not store.public["documents"].count:
            fill(store, documents)
            fill_statutes(store)
            make_reviewer(store)
    size = sum(path.stat().st_size for path in config.directory.glob("watch.db*")) / 2**20
    made = time.monotonic() - started
    (place / "scopewatch.toml").write_text("", encoding="utf-8")
    begun = time.monotonic()
    server = subprocess.Popen(
        [sys.executable, "-m", "scopewatch", "browse", "--review", "--port", "0"],
        env=os.environ | {"SCOPEWATCH_CONFIG": str(place / "scopewatch.toml")},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert server.stdout
    root = re.search(r"http://\S+", server.stdout.readline())
    assert root
    address = root.group().rstrip("/")
    ask(address + "/-/health")
    print(
        f"{documents:>9,}: {size:,.0f} MiB, made in {made:.0f} s; first answer after "
        f"{time.monotonic() - begun:.2f} s, of which processor {cpu_seconds(server.pid):.2f} s"
    )
    stop, written = threading.Event(), list[int]()
    writer = threading.Thread(target=write_steadily, args=(config, stop, written))
    return Served(documents, server, address, writer, stop, written)


Times = tuple[float, float, float]
"""Median, 95th percentile and processor of one page, in milliseconds."""


def measure(libraries: list[Served]) -> None:
    """Print each page of each library, asked in turn, so that whatever else runs slows all of them alike."""
    for name, path in filled(PAGES).items():
        taken: list[list[float]] = [[] for _ in libraries]
        before = [cpu_seconds(each.server.pid) for each in libraries]
        for turn in range(REQUESTS + 1):
            asked = path.replace("{words}", QUESTIONS[turn]).replace("{said}", SAID[turn])
            for times, each in zip(taken, libraries, strict=True):
                spent = ask(each.address + asked, each.crumbs if name == "review queue" else "")
                if turn:
                    times.append(spent * 1000)
        seen: list[Times] = [
            (
                statistics.median(times),
                sorted(times)[int(len(times) * 0.95)],
                (cpu_seconds(each.server.pid) - at) * 1000 / (REQUESTS + 1),
            )
            for times, each, at in zip(taken, libraries, before, strict=True)
        ]
        cells = "".join("{:10.0f}{:6.0f}{:6.0f}".format(*each) for each in seen)
        first, last = seen[0], seen[-1]
        print(
            f"{name:<20}{cells}{last[1] / first[1]:8.1f}{last[2] / max(1, first[2]):7.1f}"
            f"{os.getloadavg()[0]:7.1f}",
            flush=True,
        )


def cpu_seconds(process: int) -> float:
    """The processor time that a process has taken: what a page costs, however busy the machine is."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def filled(pages: dict[str, str]) -> dict[str, str]:
    case, found = use_cases()[0]["id"], f"f{0:019d}"
    named = {"use_case": case, "finding": found, "words": "{words}", "said": "{said}"}
    return {name: path.format(**named) for name, path in pages.items()}


def ask(address: str, crumbs: str = "") -> float:
    begun = time.perf_counter()
    question = urllib.request.Request(address, headers={"cookie": crumbs} if crumbs else {})
    try:
        with urllib.request.urlopen(question, timeout=60) as answer:
            answer.read()
    except urllib.error.HTTPError as error:
        error.close()
        print(f"  {address}: {error.code}", flush=True)
    return time.perf_counter() - begun


def main() -> None:
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, action="append")
    parser.add_argument("--place", type=Path, help="make the databases here and keep them")
    asked = parser.parse_args()
    sizes = asked.documents or [10_000, 1_000_000]
    with tempfile.TemporaryDirectory() as made:
        place = asked.place or Path(made)
        libraries = [serve(size, place / str(size)) for size in sizes]
        for each in libraries:
            each.start_writing()
        heads = "".join(f"{size:>10,} p50 p95 cpu" for size in sizes)
        print(f"{'page, milliseconds':<16}{heads}   p95 ×  cpu ×   load")
        try:
            measure(libraries)
        finally:
            for each in libraries:
                each.end()


if __name__ == "__main__":
    main()
