"""The lines that are kept of an Office file, up to the caps."""

from __future__ import annotations

import time
import zipfile

from lxml import etree

MAX_CHARACTERS = 2_000_000
CPU_SECONDS, SECONDS = 6.0, 8.5
"""After which no further line is read: the child's own limits would take the lines before it as well."""
DAMAGE = (
    zipfile.BadZipFile, etree.LxmlError, KeyError, ValueError, TypeError, AttributeError, IndexError, OSError,
    EOFError, NotImplementedError, RecursionError, SyntaxError, AssertionError,
)  # fmt: skip
"""What python-docx and openpyxl raise on damaged files (SyntaxError: xml.etree's ParseError)."""


class Full(Exception):
    """No further line is read."""


class Lines:
    """Lines that say something; `add` raises `Full` at a cap."""

    def __init__(self) -> None:
        self.title = ""
        self.kept: list[str] = []
        self.truncated = False
        self._room = MAX_CHARACTERS
        self._started = time.monotonic()

    def add(self, line: str) -> None:
        if line.strip(" |"):
            self.kept.append(line[: max(0, self._room)])
            self._room -= len(line) + 1
        if (
            self._room < 0
            or time.process_time() > CPU_SECONDS
            or time.monotonic() - self._started > SECONDS
        ):
            raise Full
