"""What a robots.txt says, as RFC 9309 means it: what cannot be read is a no, 4xx is a yes."""

from __future__ import annotations

import re
from dataclasses import dataclass

from protego import Protego

from crawler.text.encoding import BOMS
from data.errors import Refused, Unreachable

NAME = "scopewatch"
"""The name that webmasters write into robots.txt."""
LONGEST_DELAY = 120.0
"""A Crawl-delay above this is a no: the source would not end within its time."""
MOST_BYTES = 512 * 1024
"""RFC 9309, 2.5: at least 500 KiB have to be read; more is cut."""
_AGENT = re.compile(
    r"^([ \t]*+user[- ]?agent[ \t]*+:?[ \t]*+)([A-Za-z_-]+).*", re.IGNORECASE | re.MULTILINE
)
"""What it has passed it does not give back: 500 KB of spaces took hours."""
_DELAY = re.compile(
    r"^([ \t]*+crawl-?delay[ \t]*+:[ \t]*+)(\d++)(?:[.,](\d++))?+.*", re.IGNORECASE | re.MULTILINE
)
"""`10 seconds` and `1,5` are wishes too; Protego passes them over."""


@dataclass(frozen=True, slots=True)
class Permission:
    """The rules of one host; without `rules` everything is permitted, with `unreadable` nothing is."""

    rules: Protego | None = None
    unreadable: str | None = None

    @property
    def delay(self) -> float:
        """The seconds between two requests that the host asks for."""
        asked = self.rules.crawl_delay(NAME) if self.rules else None
        return float(asked or 0.0)


def permission(status: int, body: bytes) -> Permission:
    """What the answer to /robots.txt permits."""
    if 200 <= status < 300:
        lines = "\n".join(_text(body[:MOST_BYTES]).splitlines())
        lines = _DELAY.sub(lambda line: f"{line[1]}{line[2]}.{line[3] or 0}", lines)
        return Permission(Protego.parse(_AGENT.sub(_product_token, lines)))
    if 400 <= status < 500 and status != 429:
        return Permission()
    return Permission(unreadable=f"the server answered {status}")


def _text(body: bytes) -> str:
    """UTF-8, or what a byte order mark says; a mark left in place would hide the first line."""
    for mark, codec in BOMS:
        if body.startswith(mark):
            return body[len(mark) :].decode(codec, "replace")
    return body.decode("utf-8", "replace")


def _product_token(line: re.Match[str]) -> str:
    """RFC 9309, 2.2.1: the product token is compared whole, without version and case.

    Protego takes `scopewatch/1.0` for another crawler and `scope` for this one.
    """
    token = line[2].lower()
    if token == NAME:
        return line[1] + NAME
    return f"{line[1]}-" if NAME.startswith(token) else line[0]


def require(permission: Permission, url: str) -> None:
    """Raise `Unreachable` when the rules are unreadable, `Refused` when they say no to `url`."""
    if permission.unreadable:
        raise Unreachable(
            f"robots.txt: {permission.unreadable}; nothing is fetched until it can be read"
        )
    if permission.rules is None:
        return
    if not permission.rules.can_fetch(url, NAME):
        raise Refused("robots.txt disallows this address")
    if permission.delay > LONGEST_DELAY:
        raise Refused(f"robots.txt asks for {permission.delay:.0f} seconds between requests")
