"""Processes as the kernel tells of them: what one takes, and which belong to it."""

from __future__ import annotations

import os
from pathlib import Path

_PAGE = os.sysconf("SC_PAGE_SIZE")
_PROC = Path("/proc")


def resident(process: int | str = "self") -> int:
    """Bytes of memory that a process has now; 0 where there is none or the system does not tell."""
    try:
        return int((_PROC / str(process) / "statm").read_bytes().split()[1]) * _PAGE
    except (OSError, IndexError, ValueError):
        return 0


def descendants(process: int) -> list[int]:
    """The children of a process and theirs, whichever of its threads began them."""
    found: list[int] = []
    try:
        told = [task.read_bytes() for task in (_PROC / str(process) / "task").glob("*/children")]
    except OSError:  # it ended meanwhile
        return found
    for child in b" ".join(told).split():
        found += [int(child), *descendants(int(child))]
    return found
