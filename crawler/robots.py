"""What a robots.txt says, as RFC 9309 means it: what cannot be read is a no, 4xx is a yes."""

from __future__ import annotations

from dataclasses import dataclass

from protego import Protego

from data.errors import Refused, Unreachable

NAME = "scopewatch"
"""The name that webmasters write into robots.txt."""
LONGEST_DELAY = 120.0
"""A Crawl-delay above this is a no: the source would not end within its time."""
MOST_BYTES = 512 * 1024
"""RFC 9309, 2.5: at least 500 KiB have to be read; more is cut."""


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
        return Permission(Protego.parse(body[:MOST_BYTES].decode("utf-8", "replace")))
    if 400 <= status < 500 and status != 429:
        return Permission()
    return Permission(unreadable=f"the server answered {status}")


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
