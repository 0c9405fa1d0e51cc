"""A module that is imported when something of it is first asked for.

Three libraries that read article pages, feeds and Office files took a third of the start of a crawl, and on most
days every source answers "nothing new" and nothing is read.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any


class Late:
    """Stands for the module `name`; safe in threads, as Python's import is and its LazyLoader (3.11) is not.

    For the type checker the module itself is imported under TYPE_CHECKING.
    """

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, attribute: str) -> Any:
        return getattr(import_module(self._name), attribute)
