"""The gate to the network: one request per host at a time, so many hosts at once.

Scrapy keeps its limits per spider; several spiders may meet at one host, in one process or in several, and
robots.txt's Crawl-delay is a floor that AutoThrottle must not undercut.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from crawler.hosts import Hosts, slot
from crawler.memory import Room


class Gate:
    """Turns per host; `floors` holds the least seconds between two requests to a host."""

    def __init__(self, at_once: int, floor: float, hosts: Hosts, room: Room) -> None:
        self.floor = floor
        self.floors: dict[str, float] = {}
        self.hosts = hosts
        self._room = room
        self._all = asyncio.Semaphore(at_once)
        self._slots: defaultdict[int, asyncio.Lock] = defaultdict(asyncio.Lock)

    def slow_down(self, host: str, seconds: float) -> None:
        """Keep at least `seconds` between requests to `host` from now on."""
        self.floors[host] = max(seconds, self.floors.get(host, self.floor))

    @asynccontextmanager
    async def turn(self, host: str) -> AsyncIterator[None]:
        """Wait for the host's turn and for a free place; hold both while the request runs.

        Raises `Unreachable` for a host that asked for a pause longer than a run waits.
        """
        async with self._slots[slot(host)], self.hosts.turn(host):
            pause = self.floors.get(host, self.floor)
            while (wait := max(self.hosts.wait(host, pause), self.hosts.left_alone(host))) > 0:
                await asyncio.sleep(wait)
            async with self._all, self._room.answer():
                self.hosts.asks(host, pause)
                try:
                    yield
                finally:
                    # From the answer's end too: a server counts from when the request came in.
                    if pause:
                        self.hosts.asks(host, pause)
