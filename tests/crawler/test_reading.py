"""Pages that take long are read beside the reactor: it goes on turning for the other sources."""

from __future__ import annotations

import asyncio
from time import monotonic

import pytest

from crawler.memory import Room
from crawler.spiders.reading import is_slow, read_body
from data.models import Extract
from tests.crawler.web import BODY, article

HEAD = b"<!DOCTYPE html><html><head><title>t</title></head><body><article>"
MANY_TAGS = HEAD + "<p>あ<i>個人番号</i>カード".encode() * 5900
HOSTILE = {
    "many tags": MANY_TAGS,
    "too many tags": HEAD + b"<b><i>x" * 60_000,
    "one tag with endless attributes": HEAD
    + b"<p "
    + b"".join(b"a%d=1 " % n for n in range(60_000)),
}


async def _beside(body: bytes) -> tuple[Extract, float, float]:
    """What was read, how long it took, and the longest time for which nothing else could run."""
    began = last = monotonic()
    longest = 0.0
    reading = asyncio.create_task(read_body(body, Room()))
    while not reading.done():
        await asyncio.sleep(0.01)
        longest, last = max(longest, monotonic() - last), monotonic()
    return await reading, monotonic() - began, longest


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_page_keeps_nobody_waiting(name: str) -> None:
    found, took, longest = asyncio.run(_beside(HOSTILE[name]))
    assert found.status in {"ok", "truncated", "title_only"}
    assert took < 25
    assert longest < 1.0


@pytest.mark.parametrize(
    ("body", "slow"),
    [
        (article("見出し", BODY).encode(), False),
        (b"", False),
        (b"\r\n%PDF-1.7 ...", True),
        (b"PK\x03\x04...", True),
        (b"\x1f\x8b\x08...", True),
        (b"<p>" * 2001, True),
        (b"x" * 100_001, True),
        (b"<p " + b"a" * 30_001, True),
        (b"<a>" + b"a" * 30_001, True),
    ],
)
def test_what_is_read_aside(body: bytes, slow: bool) -> None:
    assert is_slow(body) is slow
