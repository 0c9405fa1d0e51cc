"""One host, several processes: one request at a time, the pauses of all, and a server's wish kept by all."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from crawler.gate import Gate
from crawler.hosts import LONGEST_GAP, SLOT_BYTES, Hosts, slot
from crawler.memory import Room
from data.errors import Unreachable
from tests.crawler.web import BODY, Answer, Place, Web, article, rss, serving

HOST = "www.mihon.example"
OTHER = f"""
import asyncio, sys
from pathlib import Path
from crawler.hosts import Hosts

async def main():
    hosts = Hosts(Path(sys.argv[1]))
    async with hosts.turn({HOST!r}):
        hosts.asks({HOST!r}, 600.0)
        print("held", flush=True)
        sys.stdin.readline()

asyncio.run(main())
"""
"""A process that asks HOST with a pause of ten minutes, until it gets a line or is killed."""


async def _turn(hosts: Hosts, host: str) -> None:
    async with hosts.turn(host):
        return


def test_a_host_is_asked_by_one_process_until_that_ends_or_dies(tmp_path: Path) -> None:
    hosts = Hosts(tmp_path / "hosts")
    with subprocess.Popen(
        [sys.executable, "-c", OTHER, str(tmp_path / "hosts")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        asyncio.run(_turn(hosts, "another.example"))
        with pytest.raises(TimeoutError):
            asyncio.run(asyncio.wait_for(_turn(hosts, HOST), 0.2))
        holder.send_signal(signal.SIGKILL)
        holder.wait()
    asyncio.run(_turn(hosts, HOST))
    assert 0 < hosts.wait(HOST, 0.0) <= 600.0  # the pause of the other is kept after its death


def test_each_process_keeps_the_longer_pause_also_when_the_clock_is_set_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = Hosts(tmp_path / "hosts"), Hosts(tmp_path / "hosts")
    assert two.wait(HOST, 600.0) == 0.0
    one.asks(HOST, 0.0)
    assert two.wait(HOST, 0.0) <= 0.0
    assert 0 < two.wait(HOST, 600.0) <= 600.0
    monkeypatch.setattr("crawler.hosts.time", lambda: 1000.0)
    assert two.wait(HOST, 600.0) == 600.0


@pytest.mark.parametrize("rubbish", [b"\xff" * SLOT_BYTES, b"\x00" * SLOT_BYTES, b"", b"ab"])
def test_a_damaged_file_holds_nobody_up(tmp_path: Path, rubbish: bytes) -> None:
    with (tmp_path / "hosts").open("wb") as file:
        file.seek(slot(HOST) * SLOT_BYTES)
        file.write(rubbish)
    hosts = Hosts(tmp_path / "hosts")
    assert hosts.wait(HOST, 0.0) <= LONGEST_GAP
    assert hosts.pause(HOST) is None


def test_a_long_pause_is_an_error_for_all_and_a_shorter_one_does_not_end_it(tmp_path: Path) -> None:
    hosts = Hosts(tmp_path / "hosts")
    hosts.leave_alone(HOST, 503, 3600.0, 3600.0)
    hosts.leave_alone(HOST, 503, 1.0, 1.0)
    gate = Gate(1, 0.0, Hosts(tmp_path / "hosts"), Room())

    async def ask() -> None:
        async with gate.turn(HOST):
            raise AssertionError("asked")

    with pytest.raises(Unreachable, match=r"asks to wait 3600 seconds; it is left alone until"):
        asyncio.run(ask())


def test_two_crawls_at_once_ask_a_common_host_one_at_a_time(tmp_path: Path) -> None:
    place, common, lock, under_way, peak = Place(tmp_path), Web(), threading.Lock(), [0], [0]

    def slow(handler: Any) -> Answer:
        with lock:
            under_way[0] += 1
            peak[0] = max(peak[0], under_way[0])
        time.sleep(0.05)
        with lock:
            under_way[0] -= 1
        return Answer(article(f"題{handler.path}", BODY).encode())

    one, two = Web(), Web()
    with serving(common, "127.0.4.1") as host, serving(one) as first, serving(two) as second:
        for name, web, at in (("one", one, first), ("two", two, second)):
            items = [(f"/{name}/{n}", f"題{name}{n}") for n in range(5)]
            web.put("/feed.xml", rss(host, items), content_type="text/xml")
            common.pages |= {path: slow for path, _ in items}
            place.source(name, at, "/feed.xml")
        place.hosts.append(host)
        place.configure()
        (tmp_path / "var").mkdir()
        with ThreadPoolExecutor() as pool:
            page = pool.submit(_extract, place, *[f"http://{host}{path}" for path, _ in items])
            done = list(pool.map(place.crawl, ["one", "two"]))
    assert [(summary["exit"], summary["new"]) for summary in done] == [(0, 5), (0, 5)], done
    assert page.result() == (0, 5)
    assert peak == [1]


def _extract(place: Place, *urls: str) -> tuple[int, int]:
    """A verb that takes single addresses: its status, and the texts that it printed."""
    done = subprocess.run(
        [sys.executable, "-m", "scopewatch", "extract", *urls],
        env=place.environment(), capture_output=True, timeout=100, check=False,
    )  # fmt: skip
    return done.returncode, len(done.stdout.splitlines())


def test_a_host_that_asked_for_a_pause_is_left_alone_by_its_other_sources_too(
    tmp_path: Path,
) -> None:
    place, busy, calm = Place(tmp_path), Web(), Web()
    busy.put("/a.xml", "", status=503, headers={"Retry-After": "3600"}, etag=False)
    with serving(busy, "127.0.4.1") as host, serving(calm) as elsewhere:
        busy.put("/b.xml", rss(host, [("/1", "一")]), content_type="text/xml")
        calm.put("/c.xml", rss(host, [("/2", "二")]), content_type="text/xml")
        place.source("a", host, "/a.xml")
        place.source("b", host, "/b.xml")
        place.source("c", elsewhere, "/c.xml")
        place.configure()
        assert place.crawl("a")["failed"] == {"a": "unreachable"}
        asked = len(busy.asked)
        assert place.crawl("b", "c")["failed"] == {"b": "unreachable"}
        assert _extract(place, f"http://{host}/b.xml") == (1, 0)
        assert len(busy.asked) == asked
    assert "asks to wait 3600 seconds; it is left alone until" in place.health("b")["detail"]
    waiting = place.rows(
        "SELECT source_id FROM source_runs WHERE json_extract(extra, '$.paused_until') IS NOT NULL"
    )
    assert [row["source_id"] for row in waiting] == ["a", "b"]  # c's own list asked for nothing
