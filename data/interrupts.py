"""What ends a command from outside: Ctrl-C, SIGTERM, a lost terminal; at any moment one line and the status a shell expects.

`python -m scopewatch` and the console command install this before anything else is imported. It imports next
to nothing itself.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType

LINES = {
    signal.SIGINT: "scopewatch: interrupted\n",
    signal.SIGTERM: "scopewatch: ended by SIGTERM\n",
    signal.SIGHUP: "",  # the terminal is gone, or the command that began this one ends, and says so
}
_FROZEN = "<frozen importlib"
_UNHEARD = frozenset({"__del__", "cb"})
"""Functions whose exceptions Python prints and drops: destructors, and the callback of an import's lock."""


class Ended(SystemExit):
    """Raised where a signal interrupts work, so that it is put down in order; `main` tells it."""

    def __init__(self, number: int) -> None:
        super().__init__(128 + number)
        self.number = number


def install() -> None:
    """From here on these signals end this process at once; what was ignored from its start stays so."""
    for number in LINES:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, at_once)


@contextmanager
def in_order() -> Iterator[None]:
    """Within, they raise `Ended` instead, once: whoever asks twice does not want to wait."""
    for number in LINES:
        if signal.getsignal(number) is at_once:
            signal.signal(number, _in_order)
    try:
        yield
    finally:
        _hurry()


def at_once(number: int, frame: FrameType | None = None) -> None:
    """End this process now. What it wrote is whole at any moment: the store does not need the end of a command."""
    with suppress(OSError):
        os.write(2, LINES[signal.Signals(number)].encode())
    if number != signal.SIGINT:  # by the signal itself: a service manager takes that for a good end
        signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)
    os._exit(128 + number)


@contextmanager
def ours_to_end() -> Iterator[None]:
    """Processes that are started here, or by threads that are, do not hear Ctrl-C: whoever starts them ends them."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _hurry() -> None:
    for number in LINES:
        if signal.getsignal(number) is _in_order:
            signal.signal(number, at_once)


def _in_order(number: int, frame: FrameType | None) -> None:
    _hurry()
    active = getattr(sys.modules.get("multiprocessing"), "active_children", list)
    for child in active():
        child.terminate()  # its pool would wait for what it reads
    if _unheard(frame):
        at_once(number)
    raise Ended(number)


def _unheard(frame: FrameType | None) -> bool:
    """Whether an exception here would be lost or misread: in an import or a destructor."""
    while frame is not None:
        code = frame.f_code
        if code.co_filename.startswith(_FROZEN) or code.co_name in _UNHEARD:
            return True
        frame = frame.f_back
    return False
