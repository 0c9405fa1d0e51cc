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
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

from crawler.memory import ALLOCATOR
from data.errors import printable

STALL_SECONDS = 60.0
"""Silence of a child, which beats every second, that means its reactor is stuck."""
TERM_SECONDS = 10.0
"""Between asking a child to end and killing its process group."""
LANES_PER_CHILD = 16
"""Lanes that one child reads side by side; most wait for their host's pause at any moment."""
WORTH_STARTS = 2.0
"""Starts of a process that the work left must be longer than; with one, the second would only break even."""
MUCH_NEW = 16
"""Lanes with a source never read before, all of whose pages are new, that are worth a second process at once."""
CHILDREN = 2
"""The machine has two cores, and reading pages is what takes them."""

Event = dict[str, Any]
Lane = tuple[str, ...]


@dataclass(slots=True)
class Child:
    """One running `python -m crawler.launcher` and what is known of it."""

    process: subprocess.Popen[str]
    started_at: float
    last_sign: float
    ready_at: float | None = None
    """When it first told that its reactor turns."""
    lanes: list[set[str]] = field(default_factory=list)
    """What was handed out and is not yet done."""
    lanes_done: int = 0
    begun: dict[str, float] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)
    ended: bool = False

    def send(self, message: dict[str, Any]) -> None:
        """One line of work; a child that is gone is noticed by its listener."""
        try:
            if self.process.stdin is not None and not self.process.stdin.closed:
                self.process.stdin.write(json.dumps(message) + "\n")
                self.process.stdin.flush()
        except BrokenPipeError:
            return

    def finish(self) -> None:
        """No more work: the child ends when it has read what it has."""
        if self.process.stdin is not None and not self.process.stdin.closed:
            try:
                self.process.stdin.close()
            except BrokenPipeError:
                return

    def done(self, source_id: str) -> None:
        self.begun.pop(source_id, None)
        for lane in self.lanes:
            lane.discard(source_id)
        left = [lane for lane in self.lanes if lane]
        self.lanes_done += len(self.lanes) - len(left)
        self.lanes = left

    def needs_help(self, waiting: int, moment: float) -> bool:
        """Whether the lanes that wait would take it longer, at its pace, than another's start is worth."""
        if self.ready_at is None:
            return False
        start, working = self.ready_at - self.started_at, moment - self.ready_at
        return working > start and waiting * working > WORTH_STARTS * start * self.lanes_done

    def discard(self) -> None:
        """End a process that got no work, or make sure that one which worked is gone."""
        if self.process.poll() is None:
            self.kill()
            self.process.wait()

    def kill(self) -> None:
        """End the whole process group: the PDF reader of the child too."""
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            return


def launch() -> Child:
    """A process that loads its libraries and waits for its work."""
    process = subprocess.Popen(
        [sys.executable, "-m", "crawler.launcher"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        errors="replace",
        env=os.environ | ALLOCATOR,
        start_new_session=True,  # a process group of its own, to be ended as a whole
    )
    return Child(process, monotonic(), monotonic())


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
    _events: queue.Queue[tuple[Child, Event | None]] = field(default_factory=queue.Queue)
    _running: list[Child] = field(default_factory=list)

    def read(self, lanes: Sequence[Lane], on_event: Callable[[Event], None]) -> dict[str, str]:
        """Read every source of `lanes`; gives the ids that were left unread, each with why."""
        waiting = list(lanes)
        with self._ended_with_us():
            while waiting or any(not child.ended for child in self._running):
                self._staff(waiting)
                self._hand_out(waiting)
                self._next(on_event)
        unread = {
            source_id: " ".join(child.errors) or "its process ended early"
            for child in self._running
            for lane in child.lanes
            for source_id in sorted(lane)
        }
        self._running.clear()
        return unread

    def _staff(self, waiting: list[Lane]) -> None:
        alive = [child for child in self._running if not child.ended]
        if not waiting or len(alive) >= self.at_most:
            return
        while len(alive) < min(self.at_once, self.at_most):
            alive.append(self._start())
        if len(alive) < self.at_most and alive[0].needs_help(len(waiting), monotonic()):
            self._start()

    def _hand_out(self, waiting: list[Lane]) -> None:
        alive = [child for child in self._running if not child.ended]
        while waiting:
            child = min(alive, key=lambda one: len(one.lanes))
            if len(child.lanes) >= LANES_PER_CHILD:
                return
            lane = waiting.pop(0)
            child.lanes.append(set(lane))
            child.send({"lane": lane})
        for child in alive:
            child.finish()

    def _start(self) -> Child:
        child, self.first = self.first or launch(), None
        child.last_sign = monotonic()
        self._running.append(child)
        child.send({"run": self.run_id, "parent": os.getpid()})
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
            child, event = self._events.get(timeout=0.5)
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
        else:
            if event.get("event") == "start":
                child.begun[event["source"]] = child.last_sign
            elif event.get("event") == "done":
                child.done(event["source"])
            on_event(event)
        self._stop_stuck()

    def _stop_stuck(self) -> None:
        moment = monotonic()
        for child in self._running:
            if child.ended:
                continue
            oldest = min(child.begun.values(), default=moment)
            # A source's limit says nothing about a start, which is slow where others use the machine.
            patience = min(STALL_SECONDS, self.limit) if child.ready_at else STALL_SECONDS
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
