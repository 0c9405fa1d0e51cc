"""How often somebody may do something: a sliding window per name, in memory."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict, deque

MOST_NAMES = 10_000
"""Windows kept; the one used longest ago goes first, so that many addresses cannot fill the memory."""


class Rate:
    """At most `count` acts in any `seconds` for each name."""

    def __init__(self, count: int, seconds: float) -> None:
        self.count, self.seconds = count, seconds
        self._acts: OrderedDict[str, deque[float]] = OrderedDict()
        self._lock = threading.Lock()

    def wait(self, name: str) -> int:
        """0 when `name` may act now, which is counted; else the seconds until it may again."""
        at = time.monotonic()
        with self._lock:
            acts = self._acts.setdefault(name, deque())
            self._acts.move_to_end(name)
            while acts and acts[0] <= at - self.seconds:
                acts.popleft()
            if len(acts) >= self.count:
                return max(1, round(acts[0] + self.seconds - at))
            acts.append(at)
            if len(self._acts) > MOST_NAMES:
                self._acts.popitem(last=False)
        return 0
