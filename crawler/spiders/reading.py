"""Read a page's body without keeping the process's other sources waiting."""

from __future__ import annotations

import asyncio
import re
from typing import Any

from crawler.text.bombs import GZIP
from crawler.text.extract import extract
from crawler.text.html_guard import LIGHT_TAG
from data.models import Extract

QUICK_BYTES = 100_000
QUICK_SIGNS = 2_000
"""Signs `<`: pages with fewer took at most 0.25 s (measured 2026-11-24: paragraphs, tables, nested and
unclosed elements), one with 18,000 took 1.7 s, and one for the guarded child may take 17 s."""
_OTHER_KINDS = (b"PK\x03\x04", GZIP)
"""Office files and what must be unpacked first."""
_LONG_TAG = re.compile(rb"<[^<]{%d}" % LIGHT_TAG)


async def read_body(body: bytes, **about: Any) -> Extract:
    """As `extract`, with the same keywords; what may take long is read in a thread, so the reactor turns."""
    if is_slow(body):
        return await asyncio.to_thread(extract, body, **about)
    return extract(body, **about)


def is_slow(body: bytes) -> bool:
    """Whether reading `body` may take longer than others should wait; PDF and heavy HTML start a process."""
    return (
        len(body) > QUICK_BYTES
        or body.startswith(_OTHER_KINDS)
        or b"%PDF-" in body[:1024]
        or body.count(b"<") > QUICK_SIGNS
        or (len(body) > LIGHT_TAG and _LONG_TAG.search(body) is not None)
    )
