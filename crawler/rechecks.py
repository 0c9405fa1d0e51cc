"""Which stored pages a run looks at again: a silent edit is news, and only the page itself tells of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from crawler.source import Source
from crawler.writer import Writer

PER_RUN = 20
"""Pages of one source looked at again in one run, the longest unchecked first; the rest waits."""


class Rechecks:
    """The budget of one run over one source."""

    def __init__(self, source: Source, writer: Writer) -> None:
        self._source = source
        self._writer = writer
        self._asked: set[str] = set()

    def due(self, pages: Mapping[str, tuple[str, datetime]], moment: datetime) -> set[str]:
        """Those of `pages` (id -> address, when its text was fetched) to ask for again now; counts them."""
        wait = timedelta(days=self._source.recheck_days)
        left = PER_RUN - len(self._asked)
        old = {
            item_id: page
            for item_id, page in pages.items()
            if wait and moment - page[1] >= wait and item_id not in self._asked
        }
        if not old or left <= 0:
            return set()
        checked = self._writer.checked(self._source, [url for url, _ in old.values()])
        ages = {item_id: checked.get(url, fetched) for item_id, (url, fetched) in old.items()}
        ready = sorted((age, item_id) for item_id, age in ages.items() if moment - age >= wait)[
            :left
        ]
        chosen = {item_id for _, item_id in ready}
        self._asked |= chosen
        return chosen
