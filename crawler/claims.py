"""What of a document its archived responses show: the facts beside them can be written anew, they cannot.

A page tells its text; the list that named it tells title and date, and both where no page was read.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from crawler.decisions import is_page
from crawler.documents import clamped
from crawler.identity import canonical_url
from crawler.provenance import folded, stands_in
from crawler.shown import NOTHING, Response, from_list, is_address
from crawler.text.dates import date_in_url, find_date, parse_feed_date
from data.clock import from_text, to_text
from data.models import Entry, Moment

WHAT = {
    "url": "the address is that of the archived response, of its redirects, or listed in it",
    "title": "the title is that of the archived response, or of the list that named it",
    "text": "the text stands in the archived response",
    "sentence": "the sentence stands in the archived response",
    "date": "the date is one that the archived response or its list gives, as it is quoted",
    "published": "the date says what its quotation says",
}


@dataclass(frozen=True)
class Claims:
    """A document's claims beside the responses that are said to show them."""

    document: dict[str, Any]
    finding: dict[str, Any] | None
    text: str
    response: Response | None
    listing: Response | None

    @property
    def told(self) -> dict[str, bool]:
        """For each key of `WHAT` that the document has, whether the responses show it."""
        told = {"url": self._url, "title": self._title, "text": self._text}
        if self.finding:
            told["sentence"] = self._sentence
        if self.document["published_at"]:
            told["date"], told["published"] = self._date, self._published
        elif any(entry.published for entry in self._mine):
            told["date"] = False  # a date that was left out
        return told

    @property
    def required(self) -> dict[str, bool]:
        """What the responses of today's records must show; what a pack need not, it may not say either."""
        seen = self._seen
        if not seen.means or not (seen.readable or seen.items):
            return {}
        named = not is_page(self.document["encoding"]) or self.listing is not None
        own = named or seen.means.get("kind") == "page"
        return {
            "url": True,
            "title": own,
            "text": True,
            "sentence": True,
            "date": own,
            "published": own,
        }

    @property
    def _seen(self) -> Response:
        return self.response or NOTHING

    @cached_property
    def _list(self) -> Response:
        """The response that lists the document: the one that a page was named by, else the only one."""
        return (self.listing or NOTHING) if is_page(self.document["encoding"]) else self._seen

    @cached_property
    def _items(self) -> list[tuple[Entry, str]]:
        wanted = canonical_url(self.document["url"], keep_fragment=True)
        title = self.document["title"]
        return [
            (entry, text)
            for entry, text in self._list.items
            if (
                canonical_url(entry.url, keep_fragment=True) == wanted
                if entry.url
                else entry.title == title
            )
        ]

    @cached_property
    def _mine(self) -> list[Entry]:
        """The entries of the list for this address, where they can be told those with this title."""
        entries = [entry for entry, _ in self._items]
        title = self.document["title"]
        return [one for one in entries if one.title == title] or entries

    @property
    def _url(self) -> bool:
        listed = from_list(self.document["encoding"])
        return bool(self._items and not is_page(self.document["encoding"])) or is_address(
            self.document["url"], self._seen, listed=listed
        )

    @cached_property
    def _title(self) -> bool:
        title = self.document["title"]
        if self._mine and all(one.title for one in self._mine):
            return any(one.title == title for one in self._mine)
        return (
            title == self.document["url"]
            or self._seen.says(title)
            or bool(self._seen.page and self._seen.page.title == title)
            or self._list.says(title)
            or (self._seen.means.get("kind") == "page" and title == self._own_name)
        )

    @property
    def _own_name(self) -> str | None:
        """Of a page without a title its source's name stands for one."""
        names = self._seen.about.get("names")
        return names.get("name_ja") if isinstance(names, dict) else None

    @cached_property
    def _is_exact(self) -> bool:
        """Whether the text is, sign for sign, what the response gives when it is read again."""
        if is_page(self.document["encoding"]):
            return self._seen.page is not None and self._seen.page.text == self.text
        return any(self.text == (text or entry.summary) for entry, text in self._items)

    @property
    def _text(self) -> bool:
        seen = self._seen
        own = seen.page.text if seen.page and is_page(self.document["encoding"]) else None
        return self._is_exact or (
            seen.readable
            and stands_in(self.text, seen.body, content_type=seen.content_type, own=own)
        )

    @property
    def _sentence(self) -> bool:
        assert self.finding is not None
        sentence, title = self.finding["evidence"], self.document["title"]
        if self._is_exact and sentence in self.text:
            return True
        return folded(sentence) in self._seen.words or (self._title and sentence in title)

    @cached_property
    def _dates(self) -> list[Moment]:
        """The dates that the list gives this document."""
        return [one.published for one in self._mine if one.published]

    @cached_property
    def _date(self) -> bool:
        raw = self.document["published_as_written"] or ""
        if self._dates:
            return any(self._is(one) for one in self._dates)
        page = self._seen.page
        if page and page.published and self._is(page.published):
            return True
        if any(one.updated and self._is(one.updated) for one in self._mine):
            return True
        return raw != "" and any(
            one.says(raw) or raw in one.target for one in (self._seen, self._list)
        )

    @property
    def _published(self) -> bool:
        raw, page = self.document["published_as_written"] or "", self._seen.page
        given = [*self._dates, *(one.updated for one in self._mine), page and page.published]
        if any(one and self._is(one) for one in given):
            return True
        near = self._fetched
        readings = (
            parse_feed_date(raw, near=near),
            find_date(raw, near=near, field=True),
            date_in_url(raw),
        )
        return any(one and self._is_at(one) for one in readings)

    @property
    def _fetched(self) -> datetime:
        return from_text(self.document["fetched_at"])

    def _is(self, moment: Moment) -> bool:
        return moment.raw == self.document["published_as_written"] and self._is_at(moment)

    def _is_at(self, moment: Moment) -> bool:
        """What lies in the future is clamped to the time of the fetch (crawler/documents.py)."""
        shown = clamped(moment, self._fetched)
        return shown is not None and to_text(shown.at) == self.document["published_at"]
