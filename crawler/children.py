"""Run sources in child processes: hand out work, watch for silence, isolate what hangs or crashes.

Work goes out in lanes: the sources of one host, read one after the other. One child starts; a second
joins only when what is left is worth its start, because on most days there is little to do and a
process costs most of a second of a core to start. Where much is known to be new, both start at once.
"""

from __future__ import annotations

import json
import os
import queue
import signal
import subprocess
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

from crawler.memory import MUCH, TREE, WATCH_SECONDS
from crawler.processes import descendants, resident
from crawler.reader import Child, launch
from data.errors import printable

STALL_SECONDS = 60.0
"""Silence of a child, which beats every second, that means its reactor is stuck."""
TERM_SECONDS = 10.0
"""Between asking a child to end and killing its process group."""
GIVE_UP_SECONDS = 3.0
"""Between asking a child to give its lanes back and killing it; what it had written stays."""
LANES_PER_CHILD = 16
"""Lanes that one child reads side by side; most wait for their host's pause at any moment."""
MUCH_NEW = 16
"""Lanes with a source never read before, all of whose pages are new, that are worth a second process at once."""
CHILDREN = 2
"""The machine has two cores, and reading pages is what takes them."""

Event = dict[str, Any]
Lane = tuple[str, ...]


@dataclass(slots=True)
class Children:
    """Reads lanes of sources; `limit` is the time of one source in seconds.

    `first` is a process that was launched before its work was known: the caller discards it at the end.
    """

    run_id: int | None
    limit: float
    at_most: int = CHILDREN
    first: Child | None = None
    at_once: int = 1
    """Processes that start without waiting for the pace of the first."""
    most: int = TREE
    """Bytes that all processes may have together."""
    _alone: Child | None = None
    """The one that reads alone from now on, with those that come after it."""
    _granted: bool = False
    _looked: float = 0.0
    _waiting: list[Lane] = field(default_factory=list)
    _events: queue.Queue[tuple[Child, Event | None]] = field(default_factory=queue.Queue)
    _running: list[Child] = field(default_factory=list)

    def read(self, lanes: Sequence[Lane], on_event: Callable[[Event], None]) -> dict[str, str]:
        """Read every source of `lanes`; gives the ids that were left unread, each with why."""
        self._waiting = list(lanes)
        with self._ended_with_us():
            while self._waiting or self._alive():
                self._staff()
                self._hand_out()
                self._next(on_event)
                self._keep_within()
        unread = {
            source_id: " ".join(child.errors) or "its process ended early"
            for child in self._running
            for lane in child.lanes
            for source_id in sorted(lane)
        }
        self._running.clear()
        return unread

    def _alive(self) -> list[Child]:
        return [child for child in self._running if not child.ended]

    def _staff(self) -> None:
        alive, waiting = self._alive(), self._waiting
        if not waiting or len(alive) >= self.at_most:
            return
        while len(alive) < min(self.at_once, self.at_most):
            alive.append(self._start())
        if len(alive) < self.at_most and alive[0].needs_help(len(waiting), monotonic()):
            self._start()

    def _hand_out(self) -> None:
        alive = [child for child in self._alive() if child.takes_work and not child.given_up]
        while self._waiting and alive:
            child = min(alive, key=lambda one: len(one.lanes))
            if len(child.lanes) >= LANES_PER_CHILD:
                return
            lane = self._waiting.pop(0)
            child.lanes.append(set(lane))
            child.send({"lane": lane})
        if not any(child.given_up for child in self._alive()):  # its lanes come back
            for child in alive:
                child.finish()

    def _start(self) -> Child:
        child, self.first = self.first or launch(), None
        child.last_sign = monotonic()
        self._running.append(child)
        shared = self._alone is None
        child.send({"run": self.run_id, "parent": os.getpid(), "shared": shared})
        threading.Thread(target=self._listen, args=(child,), daemon=True).start()
        return child

    def _listen(self, child: Child) -> None:
        complaints = threading.Thread(target=self._collect_errors, args=(child,), daemon=True)
        complaints.start()
        for line in child.process.stdout or ():
            try:
                event = json.loads(line)
            except ValueError:
                continue  # something a library printed
            self._events.put((child, event))
        complaints.join()
        child.process.wait()
        self._events.put((child, None))

    def _collect_errors(self, child: Child) -> None:
        """Tell what a child writes on standard error; its last line says why it ended."""
        for line in child.process.stderr or ():
            if said := printable(line.rstrip()):
                child.errors[:] = [said.strip()[:300]]
                self._events.put((child, {"event": "stderr", "line": said}))

    def _next(self, on_event: Callable[[Event], None]) -> None:
        try:
            child, event = self._events.get(timeout=WATCH_SECONDS)
        except queue.Empty:
            self._stop_stuck()
            return
        if event and event.get("event") == "stderr":  # no sign that its reactor turns
            on_event(event)
            self._stop_stuck()
            return
        child.last_sign = monotonic()
        child.ready_at = child.ready_at or child.last_sign
        if event is None:
            child.ended = True
            self._take_back(child)
        else:
            if event.get("event") == "large":
                self._leave_alone(child)
            if event.get("event") == "start":
                child.begun[event["source"]] = child.last_sign
            elif event.get("event") == "done":
                child.done(event["source"])
            on_event(event)
        self._stop_stuck()

    def _leave_alone(self, child: Child) -> None:
        """From now on one process reads: `child`, and after it another. What others have not read waits again."""
        if self._alone is not None:
            return
        self._alone, self.at_most = child, 1
        for other in self._alive():
            if other is not child:
                other.give_up()

    def _take_back(self, child: Child) -> None:
        if child.given_up:
            child.kill()  # whom it had started
            self._waiting += [tuple(sorted(lane)) for lane in child.lanes]
            child.lanes.clear()

    def _keep_within(self) -> None:
        """Let one read alone when two take much; end who takes too much nevertheless."""
        moment, alive = monotonic(), self._alive()
        if self._alone and not self._granted and self._alone.ready_at and len(alive) == 1:
            self._alone.grant()
            self._granted = True
        if moment - self._looked < WATCH_SECONDS:
            return
        self._looked = moment
        taken = {
            child: {
                one: resident(one) for one in [child.process.pid, *descendants(child.process.pid)]
            }
            for child in alive
        }
        whole = resident() + sum(sum(one.values()) for one in taken.values())
        if whole > self.most:
            _end_the_largest(taken)
        elif whole > MUCH and len(alive) > 1:
            self._leave_alone(min(alive, key=lambda child: sum(taken[child].values())))

    def _stop_stuck(self) -> None:
        moment = monotonic()
        for child in self._running:
            if child.ended:
                continue
            oldest = min(child.begun.values(), default=moment)
            # A source's limit says nothing about a start, which is slow where others use the machine.
            patience = min(STALL_SECONDS, self.limit) if child.ready_at else STALL_SECONDS
            if child.given_up and moment - child.asked_at > GIVE_UP_SECONDS:
                child.kill()
                continue
            if moment - child.last_sign > patience:
                child.errors.append("its process hung")
            elif moment - oldest > 2 * self.limit + STALL_SECONDS:
                child.errors.append("it did not end in time")
            else:
                continue
            child.last_sign = moment
            child.kill()

    @contextmanager
    def _ended_with_us(self) -> Iterator[None]:
        """Whatever ends the parent (Ctrl-C too) ends the children first, with time to write what they hold."""
        try:
            yield
        except BaseException:
            for child in self._running:
                if child.process.poll() is None:
                    child.process.terminate()
            for child in self._running:
                try:
                    child.process.wait(TERM_SECONDS)
                except subprocess.TimeoutExpired:
                    child.kill()
            raise


def _end_the_largest(taken: dict[Child, dict[int, int]]) -> None:
    """End the largest guarded process, whose file is then read without it; without one the largest reader."""
    guarded = {
        pid: size
        for child, sizes in taken.items()
        for pid, size in sizes.items()
        if pid != child.process.pid
    }
    if guarded:
        with suppress(ProcessLookupError):
            os.kill(max(guarded, key=lambda pid: guarded[pid]), signal.SIGKILL)
    elif taken:
        child = max(taken, key=lambda one: sum(taken[one].values()))
        child.errors.append("it took too much memory")
        child.kill()
