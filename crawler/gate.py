"""The process-wide gate to the network: one request per host at a time, so many hosts at once.

Scrapy keeps its limits per spider; several spiders of one process may meet at one host, and
robots.txt's Crawl-delay is a floor that AutoThrottle must not undercut.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from time import monotonic


class Gate:
    """Turns per host; `floors` holds the least seconds between two requests to a host."""

    def __init__(self, at_once: int, floor: float) -> None:
        self.floor = floor
        self.floors: dict[str, float] = {}
        self._all = asyncio.Semaphore(at_once)
        self._hosts: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._last: dict[str, float] = {}

    def slow_down(self, host: str, seconds: float) -> None:
        """Keep at least `seconds` between requests to `host` from now on."""
        self.floors[host] = max(seconds, self.floors.get(host, 0.0))

    @asynccontextmanager
    async def turn(self, host: str) -> AsyncIterator[None]:
        """Wait for the host's turn and for a free place; hold both while the request runs."""
        async with self._hosts[host]:
            pause = self.floors.get(host, self.floor)
            wait = self._last.get(host, -pause) + pause - monotonic()
            if wait > 0:
                await asyncio.sleep(wait)
            async with self._all:
                self._last[host] = monotonic()
                yield
