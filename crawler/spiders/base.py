"""What all spiders share: where they start, what becomes of a list's items, how an item's page is joined to it."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from scrapy import Request, Spider
from scrapy.http import Response
from twisted.python.failure import Failure

from crawler import templates
from crawler.choice import Choice
from crawler.documents import clamped, with_text
from crawler.failures import error_of_download, error_of_status
from crawler.items import Capture, Publication, Tally
from crawler.list_encoding import encoding_of_list
from crawler.session import Session
from crawler.source import Source
from crawler.spiders.reading import read_body
from crawler.text.markup import without_surrogates
from crawler.titles import plain_title, sound_entry
from data.clock import now
from data.errors import LayoutChanged, Malformed, SourceError
from data.models import Entry, Extract
from data.store.harvest import Stored

MIB = 1 << 20
GONE = frozenset({404, 410})


class SourceSpider(Spider):
    """One run over one source. A spider only yields publications and requests, or raises `SourceError`.

    Each kind of source has its own `parse`: what it makes of a list's body.
    """

    def __init__(self, *, source: Source, session: Session, **kwargs: Any) -> None:
        super().__init__(name=source.id, **kwargs)
        self.source = source
        self.session = session
        self.tally = Tally(started_at=now())
        self._seen: set[str] = set()
        self._digested: tuple[Capture, str] | None = None
        self._choice = Choice(source, session.writer)

    async def start(self) -> AsyncIterator[Request]:
        moment = now()
        over = templates.ended(self.source, moment, self.session.writer.read_at(self.source))
        passing = {*over, *templates.begun(self.source, moment)}
        for url in [*templates.addresses(self.source, moment), *over]:
            request = self.list_request(url)
            request.meta["passing"] = url in passing
            # An unchanged hub may lead to a changed list, and a server may say "unchanged" whatever it holds.
            if self.source.hub or self._choice.doubted(url):
                request.meta["conditional"] = False
            yield request

    def list_request(self, url: str, **kwargs: Any) -> Request:
        """A request for a list of items (or for what holds them); its failure is the source's.

        Raises `Malformed` for what is no address.
        """
        try:
            return Request(
                url,
                callback=self.read_list,
                errback=self.list_failed,
                dont_filter=True,
                meta={"conditional": True, **self._limits(url)},
                **kwargs,
            )
        except ValueError as error:
            raise Malformed(f"{_shown(url)}: is no address ({error})") from error

    def read_list(self, response: Response, **kwargs: Any) -> Iterator[Request | Publication]:
        """Check the answer, then yield what `parse` makes of it. Raises `SourceError`."""
        if self.is_passing(response):
            return
        if error := error_of_status(response.status):
            raise error
        if response.meta.get("unmodified"):
            self.tally.lists_unmodified += 1
            self.tally.lists_read += 1
            yield from self._recheck_standing()
            return
        if capture := response.meta.get("capture"):
            hint = self.source.hints.encoding
            decided = encoding_of_list(response.body, content_type(response), hint)
            response.meta["capture"] = replace(capture, encoding=decided)
        yield from self.parse(response, **kwargs)
        self.tally.lists_read += 1
        if validator := response.meta.get("validator"):
            self.tally.list_validators[_address_of(response)] = validator

    def is_passing(self, response: Response) -> bool:
        """Whether a month's or year's page is gone, or not there yet, about its end or begin: that is no failure."""
        return bool(response.meta.get("passing")) and response.status in GONE

    def list_failed(self, failure: Failure) -> Iterator[Request]:
        """A generator, so that an error which is a bug of ours is told as one."""
        request: Any = getattr(failure, "request", None)
        self.tally.failures.append(
            (request.url if request else self.source.url, error_of_download(failure.value))
        )
        yield from ()

    # Items -------------------------------------------------------------------------------------

    def follow(
        self, entries: Sequence[Entry], capture: Capture | None, texts: Sequence[str] = ()
    ) -> Iterator[Request | Publication]:
        """Count the items of a list; yield those that are new, with their page where it is wanted.

        `texts` are the texts of the entries, where the list holds them: they stand where no page is wanted.
        """
        entries = [plain_title(sound_entry(one), self.source.categories) for one in entries]
        ids = self._choice.ids(entries)
        stored = self.session.writer.stored(ids)
        announced = Counter(url for url, _ in {(one.url, one.title) for one in entries})
        listed = [
            (entry, item_id, "" if self._choice.page_wanted(entry, announced) else text)
            for entry, item_id, text in zip(entries, ids, texts or [""] * len(entries), strict=True)
        ]
        paged = [(entry, item_id) for entry, item_id, text in listed if not text]
        due = self._choice.due(paged, stored)
        wanted = due | self._choice.edited(paged, stored)
        for entry, item_id, text in listed:
            if item_id in self._seen:
                self.tally.drop("repeated")
                continue
            self._seen.add(item_id)
            self._count(entry)
            known = stored.get(item_id)
            if (
                item_id not in wanted
                and self._choice.stands(entry, known)
                and not (text and known and self._rewritten(text, item_id, known))
            ):
                self.tally.sighted.append(item_id)
            elif text:
                found = with_text(entry, text, capture)
                yield replace(self.title_only(entry, item_id, capture), extract=found)
            elif self._choice.page_wanted(entry, announced):
                try:
                    request = self.page_request(entry, item_id, capture)
                except Malformed as error:
                    self.tally.page_failures.append((_shown(entry.url or ""), error))
                    yield self.title_only(entry, item_id, capture)
                    continue
                request.meta["conditional"] = item_id in stored
                request.meta["recheck"] = item_id in due
                yield request
            else:
                yield self.title_only(entry, item_id, capture)

    def _rewritten(self, text: str, item_id: str, known: Stored) -> bool:
        """Whether the text in the list is another one than was stored."""
        new, waits = self._choice.rewritten(without_surrogates(text), item_id, known)
        if waits:
            self.tally.waiting[item_id] = waits
        return new

    def _count(self, entry: Entry) -> None:
        self.tally.seen += 1
        # A slip into the future must not make a source look fresh for years (format-traps.md, 20).
        if moment := clamped(entry.dated, now()):
            self.tally.dated += 1
            newest = self.tally.newest
            self.tally.newest = max(newest, moment.at) if newest else moment.at

    def _recheck_standing(self) -> Iterator[Request]:
        """Ask again, conditionally, for pages of a list that did not change: they may have."""
        for entry, item_id in self._choice.standing():
            try:
                request = self.page_request(entry, item_id, None)
            except Malformed:  # told when its list was read
                continue
            request.meta.update(conditional=True, recheck=True)
            yield request

    def title_only(self, entry: Entry, item_id: str, capture: Capture | None) -> Publication:
        """The item as its list shows it."""
        return Publication(
            document_id=item_id,
            entry=entry,
            fetched_at=capture.fetched_at if capture else now(),
            url=entry.url or self.source.url,
            body_sha256=self._digest(capture),
            capture=capture,
        )

    def _digest(self, capture: Capture | None) -> str:
        """The hash of a list's body as received, taken once for all of its items."""
        if capture is None:
            return ""
        if self._digested is None or self._digested[0] is not capture:
            self._digested = (capture, hashlib.sha256(capture.body).hexdigest())
        return self._digested[1]

    # Pages -------------------------------------------------------------------------------------

    def page_request(self, entry: Entry, item_id: str, capture: Capture | None) -> Request:
        """Raises `Malformed` for what is no address."""
        url = entry.url or ""
        try:
            return Request(
                url,
                callback=self.read_page,
                errback=self.page_failed,
                dont_filter=True,
                priority=-1,
                cb_kwargs={"entry": entry, "item_id": item_id, "listed": capture},
                meta=self._limits(url),
            )
        except ValueError as error:
            raise Malformed(f"{_shown(url)}: is no address ({error})") from error

    async def read_page(
        self, response: Response, entry: Entry, item_id: str, listed: Capture | None
    ) -> AsyncIterator[Publication]:
        """Join the item with its page; a page that cannot be read leaves the item with its title."""
        self._note_check(response.meta, entry)
        if response.meta.get("unmodified"):
            self._note_read(response.meta, entry)
            self.tally.sighted.append(item_id)
            return
        try:
            if error := error_of_status(response.status):
                raise error
            found = await self.extracted(response)
            if found.kind == "html":
                self.tally.html_read += 1
                self.tally.html_texts += bool(found.text.strip())
            self._refuse_loss(found, item_id, response)
        except SourceError as error:
            if response.status in {200, *GONE}:  # the next run would hear the same
                self._note_edit(response.meta, entry)
            self.tally.page_failures.append((response.url, error))
            yield self.title_only(entry, item_id, listed)
            return
        self._note_read(response.meta, entry)
        yield Publication(
            document_id=item_id,
            entry=entry,
            fetched_at=now(),
            url=entry.url or response.url,
            extract=found,
            body_sha256=hashlib.sha256(response.body).hexdigest(),
            capture=response.meta.get("capture"),
            listed=listed,
            validator=response.meta.get("validator"),
            validator_url=_address_of(response),
        )

    def page_failed(self, failure: Failure) -> Iterator[Publication]:
        request: Any = failure.request  # type: ignore[attr-defined]  # Scrapy sets it for errbacks
        given = request.cb_kwargs
        self._note_check(request.meta, given["entry"])
        yield self.title_only(given["entry"], given["item_id"], given["listed"])
        self.tally.page_failures.append((request.url, error_of_download(failure.value)))

    def _note_check(self, meta: Mapping[str, Any], entry: Entry) -> None:
        """A page that fails was looked at too: it must not take the others' turn at every run."""
        if meta.get("recheck") and entry.url:
            self.tally.rechecked.append(entry.url)

    def _refuse_loss(self, found: Extract, item_id: str, response: Response) -> None:
        """Raise for a page that had a text and has none: a script's shell, an apology, another kind of file."""
        if not found.says_nothing:
            return
        known = self.session.writer.stored([item_id]) if response.meta.get("conditional") else {}
        if any(one.status in {"ok", "truncated"} for one in known.values()):
            raise LayoutChanged(f"{response.url}: had a text and has none any more")

    def _note_read(self, meta: Mapping[str, Any], entry: Entry) -> None:
        self.tally.pages_read += 1
        self._note_edit(meta, entry)

    def _note_edit(self, meta: Mapping[str, Any], entry: Entry) -> None:
        """A page that its list calls edited was looked at: until the next edit it waits for its turn."""
        if meta.get("conditional") and not meta.get("recheck"):
            self.tally.rechecked.append(entry.url or "")

    async def extracted(self, response: Response) -> Extract:
        """Title, text and date of a page; raises `SourceError`."""
        if not response.body:
            raise Malformed("the body is empty")
        return await read_body(
            response.body,
            self.session.room,
            url=response.url,
            content_type=content_type(response),
            hint=self.source.hints.encoding,
            near=now(),
            selectors=self.source.article,
        )

    def _limits(self, url: str) -> dict[str, Any]:
        crawl = self.session.config.crawl
        pdf = urlsplit(url).path.lower().endswith(".pdf")
        return {"download_maxsize": (crawl.max_pdf_mib if pdf else crawl.max_body_mib) * MIB}


def _shown(url: str) -> str:
    return ascii(url[:200])[1:-1]


def _address_of(response: Response) -> str:
    """The address that the next run will ask with its validator: that of the last request."""
    return response.request.url if response.request else response.url


def content_type(response: Response) -> str | None:
    """The Content-Type header as text; None where there is none."""
    header = response.headers.get("Content-Type")
    return header.decode("latin-1") if header else None


def day_only(entry: Entry) -> Entry:
    """`entry` with the made-up time of day taken out of its date's precision."""
    published = entry.published and replace(entry.published, precision="day")
    return replace(entry, published=published)
