"""A verb of ours as a child process: it hears of Ctrl-C from us, and has time to put its work down."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence

from data.interrupts import ours_to_end

TERM_SECONDS = 25.0
"""What a crawl needs at most: it gives its readers ten seconds each."""


def call(
    words: Sequence[str], *, environment: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[bytes]:
    """Run Python with `words` and give what it printed; its errors go where ours do."""
    child = None
    try:
        with ours_to_end():
            child = subprocess.Popen(  # noqa: S603 - our own command, fixed words
                [sys.executable, *words],
                env=environment,
                stdout=subprocess.PIPE,
                stdin=subprocess.DEVNULL,
            )
        printed, _ = child.communicate()
    except BaseException:
        if child is not None:
            _end(child)
        raise
    return subprocess.CompletedProcess(child.args, child.returncode, printed)


def _end(child: subprocess.Popen[bytes]) -> None:
    child.send_signal(_quietly())
    try:
        child.communicate(timeout=TERM_SECONDS)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


def _quietly() -> signal.Signals:
    """The signal after which a verb of ours ends in order and says nothing; `nohup` takes it away."""
    ignored = signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    return signal.SIGTERM if ignored else signal.SIGHUP
