"""Run sources in child processes with a limit on silence and on time; isolate what hangs or crashes."""

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

STALL_SECONDS = 60.0
"""Silence of a child, which beats every second, that means its reactor is stuck."""
TERM_SECONDS = 10.0
"""Between asking a child to end and killing its process group."""

Event = dict[str, Any]


@dataclass(slots=True)
class Child:
    """One running `python -m crawler.child` and what is known of it."""

    process: subprocess.Popen[str]
    pending: set[str]
    deadline: float
    last_sign: float
    errors: list[str] = field(default_factory=list)
    ended: bool = False

    def kill(self) -> None:
        """End the whole process group: the PDF reader of the child too."""
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            return


@dataclass(slots=True)
class Children:
    """Starts batches and gives their events in the order in which they come."""

    run_id: int | None
    stall: float = STALL_SECONDS
    _events: queue.Queue[tuple[Child, Event | None]] = field(default_factory=queue.Queue)
    _running: list[Child] = field(default_factory=list)

    def read(
        self, batches: Sequence[Sequence[str]], seconds: float, on_event: Callable[[Event], None]
    ) -> dict[str, str]:
        """Read each batch in a child of its own, side by side; gives the ids left unread, with why."""
        with self._until_the_end():
            for batch in batches:
                self._start(batch, seconds)
            while any(not child.ended for child in self._running):
                self._next(on_event)
        unread = {
            source_id: " ".join(child.errors) or "its process ended early"
            for child in self._running
            for source_id in child.pending
        }
        self._running.clear()
        return unread

    def _start(self, ids: Sequence[str], seconds: float) -> None:
        process = subprocess.Popen(
            [sys.executable, "-m", "crawler.child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            errors="replace",
            start_new_session=True,  # a process group of its own, to be ended as a whole
        )
        child = Child(process, set(ids), monotonic() + seconds, monotonic())
        self._running.append(child)
        threading.Thread(target=self._listen, args=(child,), daemon=True).start()
        threading.Thread(target=_collect_errors, args=(child,), daemon=True).start()
        task = {"sources": list(ids), "run": self.run_id, "parent": os.getpid()}
        if process.stdin is not None:
            with process.stdin as pipe:
                pipe.write(json.dumps(task))

    def _listen(self, child: Child) -> None:
        for line in child.process.stdout or ():
            try:
                event = json.loads(line)
            except ValueError:
                continue  # something a library printed
            self._events.put((child, event))
        child.process.wait()
        self._events.put((child, None))

    def _next(self, on_event: Callable[[Event], None]) -> None:
        try:
            child, event = self._events.get(timeout=0.5)
        except queue.Empty:
            self._stop_stuck()
            return
        child.last_sign = monotonic()
        if event is None:
            child.ended = True
            return
        if event.get("event") == "done":
            child.pending.discard(event["source"])
        on_event(event)
        self._stop_stuck()

    def _stop_stuck(self) -> None:
        moment = monotonic()
        for child in self._running:
            if child.ended:
                continue
            if moment > child.deadline:
                child.errors.append("it did not end in time")
                child.kill()
            elif moment - child.last_sign > self.stall:
                child.errors.append("its process hung")
                child.last_sign = moment
                child.kill()

    @contextmanager
    def _until_the_end(self) -> Iterator[None]:
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


def _collect_errors(child: Child) -> None:
    """The last line of what a child wrote on standard error says why it ended."""
    for line in child.process.stderr or ():
        sys.stderr.write(line)
        if line.strip():
            child.errors[:] = [line.strip()[:300]]
