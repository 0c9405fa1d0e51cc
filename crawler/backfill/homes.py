"""Whose page an archived one is: the catalogue's source with that host, else a source for its kind of host."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import cache
from urllib.parse import urlsplit

from crawler.source import Kind, Names, Source
from data.vocabulary import SourceClass

_UNKNOWN: tuple[tuple[str, SourceClass, str, str, str], ...] = (
    (".go.jp", SourceClass.MINISTRY, "ministry", "官庁", "Government"),
    (".lg.jp", SourceClass.LOCALGOV, "localgov", "自治体", "Local government"),
    ("", SourceClass.NEWS, "news", "報道", "News"),
)
"""End of the host, class, group, names: what may confirm a stage must be told from what only reports it."""


class Homes:
    """Sources by host. Two sources of one host are told apart by the longer path that fits the page's."""

    def __init__(self, sources: Iterable[Source]) -> None:
        self._by_host: dict[str, list[tuple[str, Source]]] = {}
        for source in sources:
            if source.kind not in {Kind.FEED, Kind.LISTING, Kind.PAGE, Kind.SITEMAP}:
                continue
            for address in source.addresses:
                parts = urlsplit(address)
                folder = parts.path.rpartition("/")[0]
                self._by_host.setdefault(_bare(parts.hostname or ""), []).append((folder, source))

    def of(self, url: str) -> Source:
        """The source of a page."""
        parts = urlsplit(url)
        host = (parts.hostname or "").lower()
        own = self._by_host.get(_bare(host))
        if own:
            return max(
                own, key=lambda one: (parts.path.startswith(one[0]), len(one[0]), one[1].id)
            )[1]
        return _archive_source(next(end for end, *_ in _UNKNOWN if host.endswith(end)))


def archive_sources() -> list[Source]:
    """The sources of pages whose host the catalogue does not know; rows of the sources table, never crawled."""
    return [_archive_source(end) for end, *_ in _UNKNOWN]


@cache
def _archive_source(end: str) -> Source:
    _, source_class, group, ja, en = next(row for row in _UNKNOWN if row[0] == end)
    return Source.model_validate(
        {
            "id": f"archive_{source_class.value}",
            "publisher": Names(ja=f"アーカイブ（{ja}）", en=f"Web archives: {en}"),
            "name": Names(ja="過去のページ", en="Pages of the past"),
            "group": group,
            "source_class": source_class,
            "kind": Kind.PAGE,
            "url": "https://commoncrawl.org/",
            "terms": "the archive's own, and the publishers'",
            "note": "pages that `scopewatch backfill` read from WARC files",
            "seen": date(2026, 11, 29),
            "evidence": "documented",
            "enabled": False,
            "disabled_reason": "read from archives by scopewatch backfill, never crawled",
        }
    )


def _bare(host: str) -> str:
    return host.lower().removeprefix("www.")
