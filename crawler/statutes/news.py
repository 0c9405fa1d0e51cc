"""Decide which followed laws need asking: by e-Gov's daily lists, one request a day, else law by law."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from crawler.statutes.bulk import AskedToWait, BulkLists
from crawler.statutes.reader import Reading
from data.clock import now, tokyo
from data.errors import SourceError
from data.store.connection import Store
from data.store.law_following import Heard, heard_of, unconfirmed_since
from data.store.sources import record_issue

WINDOW = 90
"""Days that the bulk download holds ("過去3ヶ月")."""
AT_LEAST = 14
"""Up to so many days are asked for day by day. Beyond, six laws' own lists are fewer and smaller requests."""
A_WEEK = timedelta(days=6, hours=12)
"""A law's own list is read once a week whatever the days' lists say: they lack what was registered anew."""
SATURDAY = 5


@dataclass(slots=True)
class News:
    """What the days' lists said."""

    ask: set[str] = field(default_factory=set)
    """Laws whose own list of revisions has to be read now."""
    found: dict[str, list[Reading]] = field(default_factory=dict)
    """Texts of followed laws that came with the lists."""
    days: int = 0
    """Lists that were read."""


def news_of(
    store: Store, lists: BulkLists | None, laws: Iterable[str], *, poll: bool = False
) -> News:
    """Which of `laws` to ask about. Without lists, or with `poll`, all of them.

    A law is asked about when a list names it; on the first run and after a gap longer than lists are
    read for; when a week has passed; while an unconfirmed revision of it is new; and all are when a list
    cannot be read or a working day has none. Raises `AskedToWait` when the server wants to be left alone.
    """
    wanted = list(dict.fromkeys(laws))
    heard = heard_of(store, wanted)
    if poll or lists is None:
        return News(ask=set(wanted))
    today = tokyo(now()).date()
    reach = min(WINDOW, max(AT_LEAST, len(wanted)))
    near = {law: one for law, one in heard.items() if 1 <= (today - one.known_to).days <= reach + 1}
    news = News(ask={law for law in wanted if law not in near})
    if near and not _read_lists(store, lists, near, today, news):
        news.ask.update(near)
    news.ask.update(law for law, one in near.items() if now() - one.polled_at >= A_WEEK)
    news.ask.update(unconfirmed_since(store, now() - timedelta(days=7)) & set(wanted))
    return news


def _read_lists(
    store: Store, lists: BulkLists, near: Mapping[str, Heard], today: date, news: News
) -> bool:
    """Read the lists of all days not known yet, today's so far; False when they leave something open."""
    first = min(one.known_to for one in near.values()) + timedelta(days=1)
    sure = True
    for day in (first + timedelta(days=n) for n in range((today - first).days + 1)):
        try:
            found = lists.of(day, near)
        except AskedToWait:
            raise
        except SourceError as error:
            record_issue(store, at=now(), kind=error.kind, detail=f"e-Gov bulk download: {error}")
            return False
        if found is None:
            sure = sure and (day == today or day.weekday() >= SATURDAY)
            continue
        news.days += 1
        for law in found.laws & near.keys():
            news.ask.add(law)
            news.found.setdefault(law, []).extend(found.of(law))
    return sure
