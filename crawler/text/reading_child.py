"""A child process that reads one file of strangers under hard limits: how it is asked, how it bounds itself.

The file goes to its standard input, one JSON object comes back; the child bounds memory and processor
before it reads a byte, the parent watches the clock.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from typing import Any

LIMITS = {"error": "limits"}
"""The answer of a child that was ended, or died, before it had one."""


def ask(module: str, *arguments: str | int, body: bytes, clock: int) -> dict[str, Any]:
    """What `python -m module arguments` answers to `body` within `clock` seconds, else `LIMITS`."""
    command = [sys.executable, "-m", module, *map(str, arguments)]
    try:
        done = subprocess.run(  # noqa: S603 - our own module, no shell, the file goes through stdin
            command, input=body, capture_output=True, timeout=clock, check=False
        )
        found = json.loads(done.stdout)
    except (subprocess.TimeoutExpired, ValueError):
        return LIMITS
    return found if isinstance(found, dict) else LIMITS


def limit(memory: int, seconds: int) -> None:
    """From here on: no more address space or CPU than this, no file written, no core dumped."""
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
