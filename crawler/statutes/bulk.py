"""Ask e-Gov's bulk download what was registered on a day: one request instead of one per followed law.

Observed by others in 2026 (docs/statutes.md): a day without updates answers 500 with a page of HTML,
elsewhere 404 is told of; the list of a day is complete on the next one; three months are held.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, datetime

from crawler.statutes.daily_list import DailyList, read_daily_list
from data.errors import Blocked, Malformed, Unreachable

ADDRESS = "https://laws.e-gov.go.jp/bulkdownload"
NO_LIST = frozenset({404, 500})

Ask = Callable[[str], tuple[int, bytes]]
"""Gives status and body of any answer; raises a `SourceError` where there is none, `AskedToWait` for 429."""


class AskedToWait(Blocked):
    """Raised for 429 and Retry-After: the host is to be left alone, its API too, until a moment if it says one."""

    def __init__(self, message: str, *, until: datetime | None = None) -> None:
        super().__init__(message)
        self.until = until


@dataclass(frozen=True, slots=True)
class BulkLists:
    """The lists of e-Gov's bulk download, or of a server that stands in for it."""

    ask: Ask
    address: str = ADDRESS

    def of(self, day: date, law_ids: Collection[str]) -> DailyList | None:
        """What was registered on `day`; None where the server has no list of it.

        Raises `SourceError`: what `ask` raises, `Unreachable` for other statuses, `Malformed` for
        what is no archive, `Empty` for one without a law.
        """
        name = f"the list of {day}"
        status, body = self.ask(
            f"{self.address}?file_section=3&update_date={day:%Y%m%d}&only_xml_flag=true"
        )
        if status in NO_LIST:
            return None
        if status != 200:
            raise Unreachable(f"{name}: answered {status}")
        if not body.startswith(b"PK"):
            raise Malformed(f"{name}: no archive but {body[:40]!r}")
        return read_daily_list(body, name, law_ids)


def bulk_address(api: str) -> str:
    """Where the bulk download lies beside a law API: https://host/api/2 → https://host/bulkdownload."""
    return f"{api.rstrip('/').removesuffix('/api/2')}/bulkdownload"
