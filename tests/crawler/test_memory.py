"""A crawl's memory, all of its processes together: its readers wait for room, read alone what is large, and end in time."""

from __future__ import annotations

import asyncio
import gc
import gzip
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from crawler.children import MUCH_NEW
from crawler.memory import LATER, LIGHT, TREE, Allowance, Room, tree_for
from crawler.processes import resident
from crawler.text import reading_child
from tests.crawler.text.pdf_writer import pdf
from tests.crawler.web import BODY, Answer, Place, Web, article, rss, serving

GREEDY = """
import time
from crawler.memory import MINE, TREE, watch
MINE.tree = {tree}
watch()
held = bytearray(b"x") * TREE
time.sleep({seconds})
"""
LARGE = 6
SENTENCE = "見本市は、個人番号カードを使った窓口の手続きを来年度から始めると発表した。\n"


@pytest.fixture
def mine() -> Allowance:
    """What leaves room for four answers."""
    gc.collect()  # what earlier tests left, which a room that waits would collect
    found = Allowance()
    found.tree = resident() + LATER + 4 * LIGHT
    return found


def test_an_answer_is_asked_for_when_there_is_room(mine: Allowance) -> None:
    async def run() -> None:
        room, entered = Room(mine=mine), asyncio.Event()

        async def ask() -> None:
            async with room.answer():
                entered.set()

        held = bytearray(b"x") * (256 << 20)
        asking = asyncio.create_task(ask())
        for _ in range(5):
            await asyncio.sleep(0)
        assert not entered.is_set()
        del held
        await asyncio.wait_for(asking, 15)

    asyncio.run(run())


def test_a_reader_of_two_asks_to_be_alone_with_what_is_large(mine: Allowance) -> None:
    async def run() -> list[str]:
        said: list[str] = []
        mine.tree = resident() + (600 << 20)
        room = Room(lambda: said.append("large"), mine)
        assert mine.left() < 600 << 20
        large = [asyncio.create_task(room.large()) for _ in range(2)]
        await asyncio.sleep(0.05)
        assert not any(task.done() for task in large)
        room.grant()
        await asyncio.wait_for(asyncio.gather(*large), 5)
        return said

    assert asyncio.run(run()) == ["large"]


def test_the_second_of_two_large_bodies_waits_for_the_first(mine: Allowance) -> None:
    async def run() -> None:
        mine.tree = resident() + (700 << 20)
        room, second = Room(mine=mine), asyncio.Event()

        async def take() -> None:
            async with room.body(400 << 20):
                second.set()

        async with room.body(400 << 20):
            taking = asyncio.create_task(take())
            await asyncio.sleep(0.3)
            assert not second.is_set()
        await asyncio.wait_for(taking, 5)

    asyncio.run(run())


def test_a_guarded_child_gets_what_is_left_and_is_asked_again_by_a_reader_alone(
    monkeypatch: pytest.MonkeyPatch, mine: Allowance
) -> None:
    body = b"PK" + bytes(64 << 20)

    def ask() -> object:
        return reading_child.ask(
            "crawler.text.office_child", 8, "docx", body=body, memory=400 << 20, clock=11
        )

    monkeypatch.setattr(reading_child, "MINE", mine)
    mine.tree = resident() + (48 << 20)
    assert ask() == reading_child.LIMITS
    mine.shared = True
    monkeypatch.setattr("crawler.memory.SHARE", resident() + (8 << 20))
    with pytest.raises(reading_child.Cramped):
        ask()
    mine.tree, mine.shared = resident() + (500 << 20), False
    with mine.promise(300 << 20) as promised:
        assert promised == 300 << 20
        assert mine.left() < 400 << 20
    assert mine.left() > 400 << 20
    assert ask() == {"error": "the Office file is a damaged archive (BadZipFile)"}


class GrantedMeanwhile(Allowance):
    """One whose reader is left alone while a child reads with the little that there was for two."""

    @contextmanager
    def promise(self, wanted: int) -> Iterator[int]:
        with super().promise(wanted) as given:
            yield given
        self.shared = False


def test_an_ordinary_pdf_is_read_beside_another_reader_and_a_large_one_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    mine = GrantedMeanwhile()
    monkeypatch.setattr(reading_child, "MINE", mine)
    monkeypatch.setattr("crawler.memory.SHARE", 0)

    def ask(body: bytes) -> dict[str, object]:
        mine.shared = True
        return reading_child.ask(
            "crawler.text.pdf_child", 12, 400, 2_000_000, body=body, memory=480 << 20, clock=16
        )

    assert "見本市" in str(ask(pdf([["見本市の窓口について"]] * 3))["text"])
    with pytest.raises(reading_child.Cramped):
        ask(b"%PDF-1.4" + bytes(90 << 20))


@pytest.mark.parametrize(
    ("tree", "status", "said"),
    [(TREE, 1, "MiB of memory"), (tree_for(512 << 20), 0, "")],
    ids=["too much", "as much as the configuration allows"],
)
def test_a_process_that_takes_too_much_ends_and_says_so(tree: int, status: int, said: str) -> None:
    greedy = GREEDY.format(tree=tree, seconds=60 if status else 0.5)
    done = subprocess.run(
        [sys.executable, "-c", greedy], capture_output=True, text=True, timeout=50, check=False
    )
    assert done.returncode == status
    assert said in done.stderr


@contextmanager
def _measured(peaks: list[int]) -> Iterator[None]:
    """Sum up, every tenth of a second, what this process's children and theirs take."""
    over = threading.Event()

    def watch() -> None:
        while not over.wait(0.1):
            peaks.append(sum(_family("self").values()))

    watching = threading.Thread(target=watch)
    watching.start()
    try:
        yield
    finally:
        over.set()
        watching.join()


def _family(pid: str) -> dict[str, int]:
    """Resident bytes by process, of all that `pid` began."""
    found: dict[str, int] = {}
    for task in Path(f"/proc/{pid}/task").glob("*"):
        try:
            children = (task / "children").read_text(encoding="ascii").split()
            for child in children:
                status = Path(f"/proc/{child}/status").read_text(encoding="ascii", errors="ignore")
                told = dict(line.partition(":")[::2] for line in status.splitlines())
                found[child] = int(told.get("VmRSS", "0 kB").split()[0]) << 10
                found |= _family(child)
        except OSError:
            continue
    return found


def test_a_crawl_of_hostile_hosts_stays_below_600_mb_with_all_its_processes(
    tmp_path: Path,
) -> None:
    text = SENTENCE * ((20 << 20) // len(SENTENCE.encode()))
    large = [
        Answer(text.encode(), "text/plain; charset=utf-8"),
        Answer(gzip.compress(text.encode(), 1), "text/plain; charset=utf-8", headers={"Content-Encoding": "gzip"}),
        Answer(article("見出し", BODY * 6000).encode()),
    ]  # fmt: skip
    web, place, peaks = Web(), Place(tmp_path), list[int]()
    with serving(web, "0.0.0.0") as bound:
        port = bound.rpartition(":")[2]
        web.pages |= {f"/large/{n}.html": large[n % 2 if n else 2] for n in range(LARGE)}
        for n in range(MUCH_NEW):
            host = f"127.0.8.{n + 1}:{port}"
            web.put(f"/{n}.html", article(f"見出し{n}", f"{BODY}{n}"))
            items = (
                [(f"/large/{n}.html", f"大きい{n}")]
                if n < LARGE
                else [(f"/{n}.html", f"見出し{n}")]
            )
            web.put(f"/{n}.xml", rss(host, items), content_type="text/xml")
            place.source(f"s{n}", host, f"/{n}.xml")
        place.configure(timeout_seconds=60, source_limit_seconds=100)
        with _measured(peaks):
            done = place.crawl("--all", timeout=200)
    assert (done["exit"], done["failed"]) == (0, {})
    documents = place.documents()
    assert len(documents) == MUCH_NEW
    assert {row["status"] for row in documents} == {"ok", "truncated"}
    assert all(row["search_id"] for row in documents)
    assert len(peaks) > 20
    assert max(peaks) < 600_000_000
