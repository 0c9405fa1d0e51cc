"""An end to every conversation: a side that answers one byte at a time is given up too."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Raise `TimeoutError` inside the block when it takes longer than `seconds`.

    Time-outs of sockets count from the last byte; this one counts from the first. It needs the main
    thread, where every verb works; elsewhere it does nothing.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGALRM, _enough)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _enough(number: int, frame: FrameType | None) -> None:
    raise TimeoutError("the other side took too long altogether")
