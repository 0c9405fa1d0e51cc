"""How much memory a crawl takes, all of its processes together, and how its readers keep within it.

Two readers share what there is. What is large one reads alone: it asks the parent (crawler/children.py), which takes
the lanes of the other back, ends it and says so. Alone it takes in one large body at a time beside the small ones, and a
guarded child gets what is left. Whoever takes too much nevertheless is ended by the parent, or ends itself.
Measured without this: sixteen hosts that answered with pages of 23 MB at once took 3.5 GB.
"""

from __future__ import annotations

import asyncio
import gc
import os
import sys
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from time import monotonic, sleep

from crawler.processes import descendants, resident

TREE = 500 << 20
"""All processes of a crawl; with the `scopewatch run` that waits for it they stay below 600 MB."""
MUCH = 450 << 20
"""Of it, what two readers may have; an ordinary crawl has 361 MiB."""
SHARE = 180 << 20
"""One of two readers with its children; 112 MiB in an ordinary crawl."""
LIGHT = 2 << 20
"""Bytes of a body that is no large one, and what an answer under way may still take."""
READING = 190 << 20
"""What the reading of a large body may take."""
BESIDE = 40 << 20
"""What a light page takes that is read meanwhile."""
CHILD = 80 << 20
"""Address space that a child has however little is left: PDFium reads an ordinary file in 60 MB, of which it takes 46."""
LATER = 12 << 20
"""Kept for the libraries that read pages until they are there."""
LARGEST = 64 << 20
"""Bytes of a body that the configuration allows by itself."""
PATIENCE = 20.0
"""Seconds after which one goes on nevertheless: a page is read in less, and nobody else will give anything back."""
WATCH_SECONDS = 0.1
POLL_SECONDS = 0.25
ALLOCATOR = {"MALLOC_MMAP_THRESHOLD_": str(1 << 20), "MALLOC_ARENA_MAX": "2"}
"""For a reader's environment: glibc gives what large bodies took back at once, and not when all else is gone."""


class Cramped(Exception):
    """There was too little room to read this beside another reader; alone there is more."""


class Allowance:
    """What this process and its children may take together: all that is left, or the share of one of two.

    Without a limit where nobody set one: what scopewatch's own processes take is known, those of others are not.
    """

    def __init__(self, tree: int = sys.maxsize) -> None:
        self.tree = tree
        self.shared = False
        self.beside: tuple[int, ...] = ()
        """Other processes of the crawl that stay: the parent."""
        self._promised: int | None = None
        """What the child that reads now may come to take beside nobody else; None while none reads."""

    def whole(self) -> int:
        """What this process and its children may take when it reads alone."""
        return self.tree - sum(map(resident, self.beside))

    def left(self) -> int:
        most = SHARE if self.shared else self.whole()
        return most - resident() - self._children()

    def _children(self) -> int:
        """Of a reader all children are guarded ones; without one nothing is looked up, for each answer asks."""
        if self._promised is None:
            return 0
        return max(self._promised, sum(map(resident, descendants(os.getpid()))))

    @contextmanager
    def promise(self, wanted: int) -> Iterator[int]:
        """What a child may take, at most `wanted`, while this process goes on beside it; nobody else takes it."""
        left = self.left() - (0 if self.shared else BESIDE)
        given = min(wanted, max(CHILD, left))
        self._promised = 0 if self.shared else given
        try:
            yield given
        finally:
            self._promised = None


MINE = Allowance()


def tree_for(largest: int) -> int:
    """What a crawl may have where the configuration allows bodies of `largest` bytes: more than by itself, more."""
    return TREE + 5 * max(0, largest - LARGEST)


class Room:
    """The room in one reader: for answers under way, for large bodies, for their reading.

    `ask` tells the parent that this reader wants to be alone; without it, it is.
    """

    def __init__(self, ask: Callable[[], None] | None = None, mine: Allowance = MINE) -> None:
        self._ask = ask
        self._mine = mine
        self._mine.shared = ask is not None
        self._granted = asyncio.Event()
        self._under_way = 0
        self._reserved = 0
        self.reading = asyncio.Lock()
        """Held by who reads a large body."""

    async def alone(self) -> None:
        """Wait until there is no other reader."""
        if self._mine.shared:
            if self._ask:
                self._ask()
                self._ask = None
            await self._granted.wait()

    def grant(self) -> None:
        self._mine.shared = False
        self._granted.set()

    @asynccontextmanager
    async def answer(self) -> AsyncIterator[None]:
        """Wait until there is room for one more answer beside those under way; it takes room while it is open."""
        if not self._fits(0) and self._mine.shared:
            await self._until(0)
        if not self._fits(0):
            await self.alone()
            await self._until(0)
        self._under_way += 1
        try:
            yield
        finally:
            self._under_way -= 1

    @asynccontextmanager
    async def body(self, size: int) -> AsyncIterator[None]:
        """Wait until a large body of up to `size` bytes can come in and be read."""
        await self.alone()
        if self._reserved or not self._fits(size + READING):
            await self._until(size + READING)
        self._reserved += size
        try:
            yield
        finally:
            self._reserved -= size

    async def large(self) -> None:
        """Wait until a large body can be read at once, as lists are."""
        await self.alone()
        async with self.reading:
            await self._until(READING)

    async def _until(self, wanted: int) -> None:
        until = monotonic() + PATIENCE
        while not self._fits(wanted) and monotonic() < until:
            gc.collect()  # what was read refers to itself in circles
            if not self._fits(wanted):
                await asyncio.sleep(POLL_SECONDS)
            if wanted and (self.reading.locked() or self._reserved):
                until = monotonic() + PATIENCE  # who has it will give it back

    def _fits(self, wanted: int) -> bool:
        later = 0 if "trafilatura" in sys.modules else LATER
        small = (self._under_way + 1) * LIGHT
        return wanted + later + small + self._reserved <= self._mine.left()


def watch() -> None:
    """End this process, from now on, when it has too much."""
    threading.Thread(target=_watch, daemon=True).start()


def _watch() -> None:
    while resident() <= MINE.whole():
        sleep(WATCH_SECONDS)
    sys.stderr.write(f"it took more than {MINE.tree >> 20} MiB of memory\n")
    sys.stderr.flush()
    os._exit(1)
