"""The addresses of the pages and the view behind each."""

from __future__ import annotations

import sqlite3

from data.browse import (
    dashboards,
    exports,
    feeds,
    front,
    laws,
    records,
    reviewing,
    searching,
    tables,
)
from data.browse.visit import Finished, View, Visit

_ID = r"(?P<id>[^/.]+)"


def robots(connection: sqlite3.Connection, visit: Visit) -> Finished:
    """Crawlers may read our pages; the tables' endless facets are not for them."""
    return Finished(
        body="User-agent: *\nDisallow: /watch\nDisallow: /-/search\n"
        "Disallow: /-/review\nDisallow: /-/sign-in\nDisallow: /-/law/*?\nDisallow: /-/law/*/\n",
        content_type="text/plain",
    )


ROUTES: tuple[tuple[str, View], ...] = (
    (r"^/$", front.front),
    (r"^/robots\.txt$", robots),
    (r"^/watch$", tables.tables),
    (r"^/-/search$", searching.search),
    (r"^/-/ladder(/(?P<page>[0-9]{1,5}))?$", front.whole_ladder),
    (rf"^/-/use-case/{_ID}$", records.use_case),
    (rf"^/-/finding/{_ID}$", records.finding),
    (rf"^/-/document/{_ID}$", records.document),
    (rf"^/-/story/{_ID}$", records.story),
    (r"^/-/promises$", records.promises),
    (rf"^/-/promise/{_ID}$", records.promise),
    (rf"^/-/source/{_ID}$", records.source),
    (r"^/-/health$", records.health),
    (r"^/-/review(/(?P<skip>[0-9]{1,7}))?$", reviewing.queue),
    (r"^/-/reviewed$", reviewing.lately),
    (r"^/-/laws$", laws.laws),
    (rf"^/-/law/{_ID}$", laws.law),
    (rf"^/-/law/{_ID}/(?P<from>[^/.]+)/(?P<to>[^/.]+)$", laws.law),
    (r"^/-/dashboards$", dashboards.dashboards),
    (r"^/-/dashboards/(?P<slug>[\w-]+)$", dashboards.dashboard),
    (r"^/-/deadlines\.ics$", exports.deadlines_ics),
    (r"^/-/feed/all\.(?P<format>atom|json)$", feeds.feed),
    (r"^/-/feed/(?P<by>sector|identifier|stage)/(?P<word>\w+)\.(?P<format>atom|json)$", feeds.feed),
    (r"^/-/feed/filter/(?P<name>[\w-]+)\.(?P<format>atom|json)$", feeds.feed_of_filter),
    (rf"^/-/feed/use-case/{_ID}\.(?P<format>atom|json)$", feeds.feed_of_use_case),
    (rf"^/-/use-case/{_ID}\.(?P<format>atom)$", feeds.feed_of_use_case),
    (rf"^/-/use-case/{_ID}\.json$", exports.use_case_json),
    (rf"^/-/use-case/{_ID}\.csv$", exports.use_case_csv),
    (rf"^/-/use-case/{_ID}\.ics$", exports.use_case_calendar),
)
