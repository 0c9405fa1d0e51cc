"""One main job at a time on one host: a flock'd file that says who holds it."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from data.clock import now, tokyo
from data.errors import LockedError


@contextmanager
def run_lock(directory: Path, verb: str, *, name: str = "run") -> Iterator[None]:
    """Hold `directory`/<name>.lock; raises `LockedError` naming the holder when another process has it.

    The kernel drops the lock when its holder dies, so a kill leaves nothing to clean up.
    """
    directory.mkdir(parents=True, exist_ok=True)
    with (directory / f"{name}.lock").open("a+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise LockedError(f"{file.name}: {_holder(file.name)}") from error
        file.truncate(0)
        json.dump(
            {"pid": os.getpid(), "verb": verb, "since": tokyo(now()).isoformat("T", "seconds")},
            file,
        )
        file.flush()
        yield
        file.truncate(0)


def _holder(path: str) -> str:
    try:
        holder = json.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return "another run has just begun"
    return f"`scopewatch {holder['verb']}` (process {holder['pid']}) runs since {holder['since']}"
