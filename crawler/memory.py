"""How much memory one reader takes: it waits while it has much, and ends before it has too much.

A reader that ends leaves its sources to processes of their own (crawler/children.py), where each has all the room.
Measured without this: sixteen hosts that answered with pages of 23 MB at once took 3.5 GB.
"""

from __future__ import annotations

import asyncio
import gc
import os
import sys
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from time import monotonic, sleep

MUCH = 330 << 20
"""What it may have with the answers under way; an ordinary run has 230 MB without, and never waits."""
ANSWER = 12 << 20
"""What an answer under way may still take."""
LATER = 60 << 20
"""Kept for the libraries that read pages until they are there; they take twice that."""
BARE = 230 << 20
MOST = 560 << 20
"""Where the configuration allows larger bodies than it does by itself, more."""
PATIENCE = 20.0
"""Seconds after which an answer is asked for nevertheless: a page is read in less."""
WATCH_SECONDS = 0.1
POLL_SECONDS = 0.5
ALLOCATOR = {"MALLOC_MMAP_THRESHOLD_": str(1 << 20), "MALLOC_ARENA_MAX": "2"}
"""For a reader's environment: glibc gives what large bodies took back at once, and not when all else is gone."""
_STATM = Path("/proc/self/statm")
_PAGE = os.sysconf("SC_PAGE_SIZE")


def resident() -> int:
    """Bytes of memory that this process has now; 0 where the system does not tell."""
    try:
        return int(_STATM.read_bytes().split()[1]) * _PAGE
    except (OSError, IndexError, ValueError):
        return 0


class Room:
    """The room for answers in this process."""

    def __init__(self, much: int = MUCH) -> None:
        self._much = much
        self._under_way = 0

    @asynccontextmanager
    async def answer(self) -> AsyncIterator[None]:
        """Wait until there is room for one more answer beside those under way; it takes room while it is open."""
        if not self._fits():
            until = monotonic() + PATIENCE
            while not self._fits() and monotonic() < until:
                gc.collect()  # what was read refers to itself in circles
                await asyncio.sleep(POLL_SECONDS)
            if not self._fits():  # nobody will give it back
                self._much = max(self._much, resident() + 5 * ANSWER)
        self._under_way += 1
        try:
            yield
        finally:
            self._under_way -= 1

    def _fits(self) -> bool:
        if not (taken := resident()):
            return True
        later = 0 if "trafilatura" in sys.modules else LATER
        return taken + later + (self._under_way + 1) * ANSWER <= self._much


def watch(largest: int = 0) -> None:
    """End this process, from now on, when it has too much; `largest` are the bytes of a body that it may take."""
    threading.Thread(target=_watch, args=(max(MOST, BARE + 5 * largest),), daemon=True).start()


def _watch(most: int) -> None:
    while resident() <= most:
        sleep(WATCH_SECONDS)
    sys.stderr.write(f"it took more than {most >> 20} MiB of memory\n")
    sys.stderr.flush()
    os._exit(1)
