"""Scrapy settings that are cheap to copy: a process reads many sources, each with settings of its own."""

from __future__ import annotations

from copy import copy
from typing import Self

from scrapy.settings import Settings, SettingsAttribute


class SharedSettings(Settings):
    """The settings of a child process, of which each source gets a copy of its own to add to.

    Scrapy copies every value deeply, 7 ms a source; nobody changes a value in place.
    """

    def copy(self) -> Self:
        twin = copy(self)
        twin.attributes = {
            name: SettingsAttribute(held.value, held.priority)
            for name, held in self.attributes.items()
        }
        return twin
