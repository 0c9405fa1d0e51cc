"""Read a page's body without keeping the process's other sources waiting."""

from __future__ import annotations

import asyncio
import re
from contextlib import nullcontext
from typing import Any

from crawler.memory import Cramped, Room
from crawler.middleware.unpack import is_large
from crawler.text.extract import extract
from crawler.text.html_guard import LIGHT_TAG
from crawler.text.sniff import GZIP, ZIP
from data.models import Extract

QUICK_BYTES = 100_000
QUICK_SIGNS = 2_000
"""Signs `<`: pages with fewer took at most 0.25 s (measured 2026-11-24: paragraphs, tables, nested and
unclosed elements), one with 18,000 took 1.7 s, and one for the guarded child may take 17 s."""
AT_ONCE = 2
"""Pages that may take long and are read at the same time, each perhaps in a process of its own."""
_OTHER_KINDS = (ZIP, GZIP)
"""Office files and what must be unpacked first."""
_LONG_TAG = re.compile(rb"<[^<]{%d}" % LIGHT_TAG)


_places = asyncio.Semaphore(AT_ONCE)


async def read_body(body: bytes, room: Room, **about: Any) -> Extract:
    """As `extract`, with the same keywords; what may take long is read in a thread, so the reactor turns."""
    try:
        if is_slow(body):
            large = is_large(body)
            async with _places, room.reading if large else nullcontext():
                return await asyncio.to_thread(extract, body, **about)
        return extract(body, **about)
    except Cramped:
        await room.alone()
        async with room.reading:
            return await asyncio.to_thread(extract, body, **about)


def is_slow(body: bytes) -> bool:
    """Whether reading `body` may take longer than others should wait; PDF and heavy HTML start a process."""
    return (
        len(body) > QUICK_BYTES
        or body.startswith(_OTHER_KINDS)
        or b"%PDF-" in body[:1024]
        or body.count(b"<") > QUICK_SIGNS
        or (len(body) > LIGHT_TAG and _LONG_TAG.search(body) is not None)
    )
