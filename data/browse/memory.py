"""What one server remembers for a minute: answers that many readers ask for and few writes change."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, TypeVar

Answer = TypeVar("Answer")
SECONDS = 60.0
"""As long as a reader's browser may keep a page (cache-control), so nobody sees anything older by this."""
MOST = 24
"""Answers kept; the largest, a comparison of two states of a law, has about 2 MB."""


class Memory:
    """Answers by their question, each for `SECONDS`; two readers of a forgotten one may both ask."""

    def __init__(self, seconds: float = SECONDS, most: int = MOST) -> None:
        self._seconds = seconds
        self._most = most
        self._known: OrderedDict[Hashable, tuple[float, Any]] = OrderedDict()
        self._lock = threading.Lock()

    def once(self, question: Hashable, ask: Callable[[], Answer], times: int = 1) -> Answer:
        """The remembered answer, or that of `ask`, which is remembered; it must not be changed.

        `times` as long, where an answer is dear and changes slowly.
        """
        found: Answer | None = self.known(question, times)
        if found is None:
            found = ask()
            self.keep(question, found)
        return found

    def known(self, question: Hashable, times: int = 1) -> Any:
        """The remembered answer, None where there is none or it is too old."""
        with self._lock:
            kept = self._known.get(question)
        return kept[1] if kept and time.monotonic() - kept[0] < self._seconds * times else None

    def keep(self, question: Hashable, answer: Any) -> None:
        """Remember an answer from now on; None is no answer."""
        with self._lock:
            self._known[question] = (time.monotonic(), answer)
            self._known.move_to_end(question)
            while len(self._known) > self._most:
                self._known.popitem(last=False)
