"""A child process that reads one file of strangers under hard limits: how it is asked, how it bounds itself.

The file goes to its standard input, one JSON object comes back; the child bounds memory and processor
before it reads a byte, the parent watches the clock.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import threading
from typing import Any

from crawler.memory import MINE, Cramped

LIMITS = {"error": "limits"}
"""The answer of a child that was ended, or died, before it had one."""
_turn = threading.Lock()


def ask(module: str, *arguments: str | int, body: bytes, memory: int, clock: int) -> dict[str, Any]:
    """What `python -m module MEMORY arguments` answers to `body` within `clock` seconds, else `LIMITS`.

    `memory` is what it may take at most; it gets what this process leaves, one child after the other. Raises
    `Cramped` where that was not enough beside another reader.
    """
    with _turn, MINE.promise(memory) as allowed:
        cramped = MINE.shared  # it may be granted more meanwhile
        command = [sys.executable, "-m", module, str(allowed), *map(str, arguments)]
        try:
            done = subprocess.run(  # noqa: S603 - our own module, no shell, the file goes through stdin
                command, input=body, capture_output=True, timeout=clock, check=False
            )
            found = json.loads(done.stdout)
        except (subprocess.TimeoutExpired, ValueError):
            found = LIMITS
    if found == LIMITS and cramped:
        raise Cramped
    return found if isinstance(found, dict) else LIMITS


def limit(memory: int, seconds: int) -> None:
    """From here on: no more address space or CPU than this, no file written, no core dumped."""
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
