"""What readers who are told the same share: a text is put into words once per pass, not once per reader."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

Made = TypeVar("Made")
MOST = 32
"""Texts that are held at once; the largest are some 400 KB."""


class Shared(Generic[Made]):
    """Holds the last few things that were made, by what they say."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._held: dict[Hashable, Made] = {}

    def of(self, said: Hashable, make: Callable[[], Made]) -> Made:
        """What `make` gives, or what it gave for the same words before."""
        if said not in self._held:
            if len(self._held) >= self._most:
                del self._held[next(iter(self._held))]
            self._held[said] = make()
        return self._held[said]
