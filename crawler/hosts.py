"""What all processes on one store know of a host: who asks it now, when it was asked, how long it is left alone.

One file for all hosts. A host has a slot in it, found by a hash of its name; its lock is a record lock (POSIX)
on two bytes of the slot, which the kernel drops when its process dies and which a fork does not inherit. Hosts
that share a slot wait for each other, and are never left alone for each other.
"""

from __future__ import annotations

import asyncio
import fcntl
import os
import tempfile
import time as clock
from collections.abc import AsyncIterator, Generator, Iterator
from contextlib import asynccontextmanager, closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path
from struct import Struct
from time import time

from crawler.waiting import LONGEST_PAUSE, LONGEST_WAIT
from data.clock import now, tokyo
from data.config import Config
from data.errors import Unreachable

SLOTS = 1 << 16
SLOT_BYTES = 64
"""The file has holes: a host takes one block of the disk, however high its slot."""
POLL_SECONDS = 0.02
"""Between two tries for a host that another process asks."""
LONGEST_GAP = 3600.0
"""Seconds between two requests that another process may ask for."""
_ASKED = Struct("<dd")
_PAUSE = Struct("<8sdId")
_PAUSE_AT = 16
_LONGEST = LONGEST_PAUSE.total_seconds()


@dataclass(frozen=True, slots=True)
class Pause:
    """What a server asked for: `wait` is in seconds, None where it only refused."""

    until: float
    status: int
    wait: float | None

    @property
    def reason(self) -> str:
        asked = f" and asks to wait {self.wait:.0f} seconds" if self.wait is not None else ""
        moment = tokyo(datetime.fromtimestamp(self.until, UTC))
        return f"the server answered {self.status}{asked}; it is left alone until {moment:%Y-%m-%d %H:%M}"


class Hosts:
    """The file at `path`, or one of this process alone where nothing may be written."""

    def __init__(self, path: Path | None = None) -> None:
        if path is None:
            with tempfile.TemporaryFile() as file:
                self._file = os.dup(file.fileno())
        else:
            # Kept open: closing any descriptor of the file would drop this process's locks.
            self._file = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        # Pauses go by the clock of the run, which may repeat another day (data/clock.py).
        self._ahead = now().timestamp() - time()
        self._unwritten: dict[int, bytes] = {}
        """By place, what a full disk did not take: this process at least keeps to it."""

    @asynccontextmanager
    async def turn(self, host: str) -> AsyncIterator[None]:
        """Be the only process that asks `host`. Whoever waits queues first, so that processes take turns.

        Within one process the caller keeps the order: a record lock does not hold against its owner.
        """
        start = slot(host) * SLOT_BYTES
        with closing(self._claim(start)) as waits:
            for _ in waits:
                await asyncio.sleep(POLL_SECONDS)
        try:
            yield
        finally:
            self._unlock(start)

    @contextmanager
    def turn_of_one(self, host: str) -> Iterator[None]:
        """As `turn`, for a process that asks one request after the other."""
        start = slot(host) * SLOT_BYTES
        with closing(self._claim(start)) as waits:
            for _ in waits:
                clock.sleep(POLL_SECONDS)
        try:
            yield
        finally:
            self._unlock(start)

    def wait(self, host: str, pause: float) -> float:
        """Seconds until `host` may be asked by someone who keeps `pause` between two requests."""
        found = self._read(_ASKED.size, slot(host) * SLOT_BYTES)
        if len(found) < _ASKED.size:
            return 0.0
        asked, free = _ASKED.unpack(found)
        if not 0 <= free - asked <= max(pause, LONGEST_GAP):
            return 0.0  # not what `asks` writes
        # A clock that was set back since then must not make it longer.
        return float(max(free, asked + pause) - max(time(), asked))

    def asks(self, host: str, pause: float) -> None:
        """Note that `host` is asked now, by someone who keeps `pause`."""
        moment = time()
        self._write(_ASKED.pack(moment, moment + pause), slot(host) * SLOT_BYTES)

    def leave_alone(self, host: str, status: int, wait: float | None, seconds: float) -> Pause:
        """Leave `host` alone for `seconds`, in all processes, now and in later runs."""
        pause = Pause(self._now() + min(seconds, _LONGEST), status, wait)
        if (known := self.pause(host)) and known.until > pause.until:
            return known
        told = _PAUSE.pack(_name(host), pause.until, status, -1.0 if wait is None else wait)
        self._write(told, slot(host) * SLOT_BYTES + _PAUSE_AT)
        return pause

    def pause(self, host: str) -> Pause | None:
        """The pause that `host` asked for, when it is not over."""
        found = self._read(_PAUSE.size, slot(host) * SLOT_BYTES + _PAUSE_AT)
        if len(found) < _PAUSE.size:
            return None
        name, until, status, wait = _PAUSE.unpack(found)
        if name != _name(host) or not 0 < until - self._now() <= _LONGEST + 1.0:
            return None
        return Pause(until, status, None if wait < 0 else wait)

    def left_alone(self, host: str) -> float:
        """Seconds of the pause that are left; raises `Unreachable` for more than a run waits."""
        pause = self.pause(host)
        left = pause.until - self._now() if pause else 0.0
        if pause and left > LONGEST_WAIT:
            raise Unreachable(pause.reason)
        return max(0.0, left)

    def long_pause(self, host: str) -> Pause | None:
        """The pause that `host` asked for, when more of it is left than a run waits."""
        pause = self.pause(host)
        return pause if pause and pause.until - self._now() > LONGEST_WAIT else None

    def _now(self) -> float:
        return time() + self._ahead

    def _read(self, size: int, place: int) -> bytes:
        return self._unwritten.get(place) or os.pread(self._file, size, place)

    def _write(self, told: bytes, place: int) -> None:
        try:
            os.pwrite(self._file, told, place)
        except OSError:
            self._unwritten[place] = told
        else:
            self._unwritten.pop(place, None)

    def _claim(self, start: int) -> Generator[None]:
        """Lock a slot, through its queue; yields before each further try."""
        while not self._locked(start + 1):
            yield
        try:
            while not self._locked(start):
                yield
        finally:
            self._unlock(start + 1)

    def _locked(self, byte: int) -> bool:
        try:
            fcntl.lockf(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, byte)
        except (BlockingIOError, PermissionError):
            return False
        return True

    def _unlock(self, byte: int) -> None:
        fcntl.lockf(self._file, fcntl.LOCK_UN, 1, byte)


def hosts_file(config: Config) -> Path | None:
    """Beside the store; who asks without one, in a place where nothing may be written, has none to share."""
    return config.directory / "hosts" if os.access(config.directory, os.W_OK) else None


@lru_cache(maxsize=4096)
def _name(host: str) -> bytes:
    return blake2b(host.encode("utf-8", "surrogatepass"), digest_size=8).digest()


@lru_cache(maxsize=4096)
def slot(host: str) -> int:
    """Where in the file `host` has its place."""
    return int.from_bytes(_name(host), "little") % SLOTS
