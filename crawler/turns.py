"""A turn at a host for verbs that ask one request after the other: what the gate is to the spiders of a crawl."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from crawler.hosts import Hosts, hosts_file
from crawler.waiting import LONGEST_WAIT, UNSAID_WAIT, may_name_a_time, seconds_to_wait
from data.clock import now
from data.config import Config
from data.errors import Unreachable


class Turns:
    """Keeps to the pauses of all processes on the store, and tells them of its own."""

    def __init__(self, config: Config) -> None:
        self._hosts = Hosts(hosts_file(config))
        self._floor = config.crawl.delay_seconds / 2
        self._floors: dict[str, float] = {}

    def slow_down(self, host: str, seconds: float) -> None:
        """Keep at least `seconds` between requests to `host` from now on."""
        self._floors[host] = max(seconds, self._floors.get(host, self._floor))

    @contextmanager
    def at(self, host: str) -> Iterator[None]:
        """Be the only one who asks `host`.

        Raises `Unreachable` for a host that asked for a pause longer than a person waits.
        """
        with self._hosts.turn_of_one(host):
            pause = self._floors.get(host, self._floor)
            while (wait := max(self._hosts.wait(host, pause), self._hosts.left_alone(host))) > 0:
                time.sleep(wait)
            self._hosts.asks(host, pause)
            try:
                yield
            finally:
                self._hosts.asks(host, pause)

    def heed(self, host: str, status: int, retry_after: str | None) -> None:
        """Leave `host` alone for as long as an answer asks, in all processes.

        Raises `Unreachable` when that is longer than a person waits and the answer was a redirect.
        """
        if not may_name_a_time(status):
            return
        said = (retry_after or "").encode("latin-1", "replace")
        wait = seconds_to_wait(said, now())
        seconds = wait or (UNSAID_WAIT if status == 429 and wait is None else 0.0)
        if not seconds:
            return
        pause = self._hosts.leave_alone(host, status, wait, seconds)
        if 300 <= status < 400:
            if seconds > LONGEST_WAIT:
                raise Unreachable(pause.reason)
            time.sleep(seconds)
