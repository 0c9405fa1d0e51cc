"""A reader's memory: it waits for room, and ends before it has too much."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from contextlib import AsyncExitStack

import pytest

from crawler.memory import ANSWER, LATER, Room, resident

GREEDY = """
import time
from crawler.memory import MOST, watch
watch()
held = bytearray(b"x") * MOST
time.sleep(60)
"""


def test_an_answer_is_asked_for_when_there_is_room() -> None:
    async def run() -> None:
        room, entered = Room(resident() + LATER + 4 * ANSWER), asyncio.Event()

        async def ask() -> None:
            async with room.answer():
                entered.set()

        held = bytearray(b"x") * (LATER + 8 * ANSWER)
        asking = asyncio.create_task(ask())
        for _ in range(5):
            await asyncio.sleep(0)
        assert not entered.is_set()
        del held
        await asyncio.wait_for(asking, 15)
        assert entered.is_set()

    asyncio.run(run())


def test_slow_answers_take_no_room_from_later_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crawler.memory.PATIENCE", 0.0)

    async def run() -> None:
        room = Room(resident() + LATER + 8 * ANSWER)
        async with AsyncExitStack() as slow:
            for _ in range(9):  # the last of them waits in vain
                await slow.enter_async_context(room.answer())
        monkeypatch.setattr("crawler.memory.PATIENCE", 20.0)
        async with AsyncExitStack() as later:
            for _ in range(7):
                await asyncio.wait_for(later.enter_async_context(room.answer()), 5)

    asyncio.run(run())


def test_larger_bodies_that_the_configuration_allows_are_read() -> None:
    greedy = GREEDY.replace("watch()", "watch(512 << 20)").replace("sleep(60)", "sleep(0.5)")
    done = subprocess.run([sys.executable, "-c", greedy], timeout=50, check=False)
    assert done.returncode == 0


def test_a_reader_that_takes_too_much_ends_and_says_so() -> None:
    done = subprocess.run(
        [sys.executable, "-c", GREEDY], capture_output=True, text=True, timeout=50, check=False
    )
    assert done.returncode == 1
    assert "MiB of memory" in done.stderr
