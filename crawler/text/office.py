"""Text of .docx and .xlsx, read in a child process under hard limits.

Measured before there was a child: 2 million empty paragraphs took a minute, a main part named `doc.bin` 2.2 GB,
one cell that spans 100,000,000 columns did not end.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from crawler.text.heads import heading_of
from crawler.text.markup import one_line
from crawler.text.reading_child import LIMITS, ask
from data.errors import Malformed

MEMORY = 400 << 20
"""Address space of the child, at most."""
CPU_SECONDS = 8
CLOCK_SECONDS = 11
_NO_TITLES = frozenset({"Word Document", "Word 文書"})
"""What python-docx and templates say where nobody gave a title."""
_SHEET = re.compile(r"\A(?:Sheet|シート) ?\d{0,3}\n")


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeText:
    title: str
    text: str
    truncated: bool


def read_docx(body: bytes) -> OfficeText:
    """Paragraphs and tables in their order, one line per paragraph or row. Raises `Malformed`."""
    return _read("docx", body)


def read_xlsx(body: bytes) -> OfficeText:
    """Each sheet's name and rows, cells parted by ` | `. Raises `Malformed`."""
    return _read("xlsx", body)


def _read(kind: Literal["docx", "xlsx"], body: bytes) -> OfficeText:
    found = ask(
        "crawler.text.office_child",
        CPU_SECONDS,
        kind,
        body=body,
        memory=MEMORY,
        clock=CLOCK_SECONDS,
    )
    if "error" in found:
        said = (
            "it takes more memory or time than scopewatch allows"
            if found == LIMITS
            else found["error"]
        )
        raise Malformed(f"the {'Word' if kind == 'docx' else 'Excel'} file: {said}")
    text = found["text"]
    title = one_line(found["title"])
    if title in _NO_TITLES:
        title = ""
    head = text if kind == "docx" else _SHEET.sub("", text, count=1)
    return OfficeText(
        title=title[:500] or heading_of(head), text=text, truncated=found["truncated"]
    )
