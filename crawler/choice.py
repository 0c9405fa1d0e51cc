"""Which items of a list a run wants: new ones, edited ones, and those due to be looked at again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta

from crawler.identity import canonical_url, document_ids
from crawler.rechecks import Rechecks
from crawler.redirectors import is_aggregator
from crawler.rewriting import rewriting
from crawler.source import Source
from crawler.writer import Writer
from data.clock import now
from data.fingerprint import sha256_text
from data.models import Entry
from data.store.harvest import Stored

RETRY_WINDOW = timedelta(days=3)
"""How long a page that could not be fetched is tried again at each run."""

EDITED_PER_RUN = 100
"""Pages called edited that one run asks for, the longest unlooked-at first; the rest have their turn in the next."""
DOUBT = timedelta(days=7)
"""How long the validators of a list that has fallen silent are believed."""

FEW = 3
"""Edits of one day that are believed of a list however short it is."""

_NEVER = datetime.min.replace(tzinfo=UTC)


class Choice:
    """What one run over one source asks for; knows what is stored, and makes no request."""

    def __init__(self, source: Source, writer: Writer) -> None:
        self._source = source
        self._writer = writer
        self._rechecks = Rechecks(source, writer)

    def ids(self, entries: list[Entry]) -> list[str]:
        """The id of each item as a document; one that is stored keeps its own."""
        shared = {
            canonical_url(url, keep_fragment=True)
            for url in self._writer.shared_addresses(self._source.id)
        }
        ids = document_ids(
            self._source.id, entries, rule=self._source.identity, shared_links=shared
        )
        alone = [
            document_ids(self._source.id, [entry], rule=self._source.identity)[0]
            for entry in entries
        ]
        known = self._writer.stored([a for a, b in zip(alone, ids, strict=True) if a != b])
        # A link that has just become shared keeps, for the news that was stored first, its first id.
        return [
            first if first in known and known[first].title == entry.title else own
            for entry, own, first in zip(entries, ids, alone, strict=True)
        ]

    def doubted(self, url: str) -> bool:
        """Whether a list that tells of nothing new for longer than is usual is asked for whole, once a week."""
        if not self._writer.is_stale(self._source):
            return False
        return now() - self._writer.checked(self._source, [url]).get(url, _NEVER) > DOUBT

    def stands(self, entry: Entry, stored: Stored | None) -> bool:
        """Whether what is stored of the item stands: unedited, and complete or tried long enough."""
        if stored is None or (entry.title and stored.title != entry.title):
            return False
        if stored.status == "title_only" and self._followed(entry):
            return now() - stored.fetched_at > RETRY_WINDOW
        return True

    def rewritten(self, text: str, item_id: str, stored: Stored) -> tuple[bool, str | None]:
        """Whether the text that a run shows of an item is a new version; else the hash that waits for a second look.

        Numbers may be those of a decision, or of a counter that is another one at each look: where the version
        before brought nothing but numbers too, two runs must show the same.
        """
        digest = sha256_text(text)
        if digest == stored.text_sha256:
            return False, None
        before = self._writer.texts(item_id)
        change = rewriting(before[0] if before else "", text)
        counts = len(before) > 1 and rewriting(before[1], before[0]) == change == "numbers"
        if counts and self._writer.waiting(self._source, item_id) != digest:
            return False, digest
        return change != "counter", None

    def edited(self, listed: Iterable[tuple[Entry, str]], stored: Mapping[str, Stored]) -> set[str]:
        """The ids of those stored items that their list says were edited since they were looked at.

        A list that says so of most of its items says nothing: its generator dates all pages of today.
        """
        moment = now()
        pages: dict[str, tuple[str, datetime]] = {}
        found: set[str] = set()
        known_items = 0
        for entry, item_id in listed:
            known, updated = stored.get(item_id), entry.updated
            known_items += known is not None
            if known is None or updated is None or not known.fetched_at < updated.at <= moment:
                continue
            if self._followed(entry):
                pages[item_id] = (entry.url or "", updated.at)
            elif known.last_seen_at < updated.at:
                found.add(item_id)
        wanted: list[tuple[datetime, str]] = []
        if pages:
            checked = self._writer.checked(self._source, [url for url, _ in pages.values()])
            wanted = [
                (checked.get(url, _NEVER), item_id)
                for item_id, (url, at) in pages.items()
                if not at <= checked.get(url, _NEVER)
            ]
        if len(found) + len(wanted) > max(FEW, known_items // 2):
            return set()
        return found | {item_id for _, item_id in sorted(wanted)[:EDITED_PER_RUN]}

    def due(self, listed: Iterable[tuple[Entry, str]], stored: Mapping[str, Stored]) -> set[str]:
        """The ids of those stored pages that are looked at again for a silent edit."""
        pages = {
            item_id: (entry.url or "", stored[item_id].fetched_at)
            for entry, item_id in listed
            if item_id in stored
            and stored[item_id].status != "title_only"
            and self._followed(entry)
        }
        return self._rechecks.due(pages, now())

    def standing(self) -> list[tuple[Entry, str]]:
        """The stored items of a list that did not change, with their ids, whose pages are due again."""
        standing = self._writer.standing(self._source)
        stored = {item_id: known for item_id, (_, known) in standing.items()}
        listed = [(entry, item_id) for item_id, (entry, _) in standing.items()]
        due = self.due(listed, stored)
        return [(entry, item_id) for entry, item_id in listed if item_id in due]

    def page_wanted(self, entry: Entry, announced: Counter[str | None]) -> bool:
        """Whether the item's page tells more than its title: not on standing pages that announce many."""
        return self._followed(entry) and announced[entry.url] == 1

    def _followed(self, entry: Entry) -> bool:
        return (
            self._source.fetch == "article"
            and entry.url is not None
            and not entry.url.startswith(self._source.rolling or ("\0",))
            and not is_aggregator(entry.url)
        )
