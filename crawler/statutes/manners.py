"""How e-Gov is asked: its robots.txt first, one request a second, and nothing more once it wants to be left alone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from itertools import chain, repeat
from typing import TypeVar
from urllib.parse import urlsplit

from crawler.fetch import Fetched
from crawler.robots import Permission, permission, require
from crawler.statutes.bulk import AskedToWait
from crawler.waiting import seconds_to_wait
from data.clock import now
from data.errors import Blocked, Malformed, Unreachable

PAUSE_SECONDS = 1.0
"""Between two requests; e-Gov states no rate, known users keep to 5 a second (format-traps.md 3.2)."""

T = TypeVar("T")


def obeying(
    fetch: Callable[[str], T],
    ask: Callable[[str], tuple[int, bytes]],
    sleep: Callable[[float], None],
) -> Callable[[str], T]:
    """`fetch` that reads a host's robots.txt before the first request to it, and keeps to it.

    `ask` gives status and body of any answer. A refusal is a `SourceError` at each address it concerns.
    """
    known: dict[str, Permission] = {}

    def fetch_if_permitted(url: str) -> T:
        parts = urlsplit(url)
        host = f"{parts.scheme}://{parts.netloc}"
        if host not in known:
            try:
                known[host] = permission(*ask(f"{host}/robots.txt"))
            except (Unreachable, Malformed) as error:
                known[host] = Permission(unreadable=str(error))
        require(known[host], url)
        if known[host].delay > PAUSE_SECONDS:
            sleep(known[host].delay - PAUSE_SECONDS)
        return fetch(url)

    return fetch_if_permitted


def paced(fetch: Callable[[str], T], sleep: Callable[[float], None]) -> Callable[[str], T]:
    """`fetch` with a pause before every request but the first."""
    pauses = chain((0.0,), repeat(PAUSE_SECONDS))

    def fetch_after_a_pause(url: str) -> T:
        seconds = next(pauses)
        if seconds:
            sleep(seconds)
        return fetch(url)

    return fetch_after_a_pause


def patient(fetch: Callable[[str], Fetched]) -> Callable[[str], Fetched]:
    """`fetch` that raises `AskedToWait` for 429, and for any other answer that says how long to wait."""

    def fetch_unless_told_to_wait(url: str) -> Fetched:
        found = fetch(url)
        if found.status != 429 and not (found.status == 503 and found.retry_after):
            return found
        wait = seconds_to_wait((found.retry_after or "").encode("latin-1", "replace"), now())
        until = None if wait is None else now() + timedelta(seconds=wait)
        asked = "" if wait is None else f" and asks to wait {wait:.0f} seconds"
        raise AskedToWait(f"{url}: answered {found.status}{asked}", until=until)

    return fetch_unless_told_to_wait


def body_of(found: Fetched) -> bytes:
    """The body of a 200 answer; raises `Blocked` or `Unreachable` for any other."""
    if found.status in {401, 403}:
        raise Blocked(f"{found.url}: answered {found.status}")
    if found.status != 200:
        raise Unreachable(f"{found.url}: answered {found.status}")
    return found.body
