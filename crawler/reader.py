"""One reader: a process of a crawl as the command that started it sees it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

from crawler.memory import ALLOCATOR

WORTH_STARTS = 2.0
"""Starts of a process that the work left must be longer than; with one, the second would only break even."""


@dataclass(slots=True, eq=False)
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
    given_up: bool = False
    """Asked to end, because another one needs the room; what it did not read waits again."""
    asked_at: float = 0.0

    def send(self, message: dict[str, Any]) -> None:
        """One line of work; a child that is gone is noticed by its listener."""
        try:
            if self.process.stdin is not None and not self.process.stdin.closed:
                self.process.stdin.write(json.dumps(message) + "\n")
                self.process.stdin.flush()
        except BrokenPipeError:
            return

    @property
    def takes_work(self) -> bool:
        return not self.ended and self.process.stdin is not None and not self.process.stdin.closed

    def finish(self) -> None:
        """No more work: the child ends when it has read what it has."""
        if self.process.stdin is not None and self.takes_work:
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

    def grant(self) -> None:
        """Tell it that it reads alone; it must have told that its reactor turns."""
        self._tell(signal.SIGUSR1)

    def give_up(self) -> None:
        """Have it keep what it read and end at once."""
        self.given_up = True
        self.asked_at = monotonic()
        self._tell(signal.SIGUSR2)

    def _tell(self, sign: signal.Signals) -> None:
        if self.process.poll() is None:
            self.process.send_signal(sign)

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
