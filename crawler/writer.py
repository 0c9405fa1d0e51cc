"""Write publications in batches: archive first, then documents, then validators.

The order is the crash rule. Whatever a kill interrupts, no document points to a record that was not
written, and no validator hides a document that was not stored.
"""

from __future__ import annotations

import gc
import sqlite3
import sys
import traceback
from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta
from time import monotonic
from typing import IO, Any

from crawler.archive import Archive
from crawler.decisions import decision_of, is_page, listed_as, of_page
from crawler.documents import document_of
from crawler.items import Publication, Tally
from crawler.json_lines import json_line
from crawler.middleware.conditional import validator_key
from crawler.source import Source
from data.clock import now, to_text
from data.errors import Malformed
from data.models import Document, Entry
from data.store.connection import Store
from data.store.documents import newest_texts, save_documents
from data.store.harvest import (
    Stored,
    is_stale,
    read_at,
    record_sightings,
    save_validators,
    shared_addresses,
    standing_documents,
    stored_documents,
)
from data.store.validators import Validator, checked_at, load_validator, mark_checked

BATCH = 64
"""Documents per transaction: each costs two fsyncs, and what a kill loses is fetched again."""
HEAVY_BATCH = 8 << 20
"""Bytes of bodies that are written although the batch is not full."""
LONGEST_HOLD = 3.0
"""Seconds after which a batch is written although it is not full."""

Held = list[tuple[Publication, Source, Tally]]
STORE_FAULTS = (OSError, sqlite3.OperationalError)
"""A full disk, a database that stays locked: no document is at fault, and none would fare better alone."""


class Writer:
    """Holds publications of all the session's sources until a batch is full or a source ends.

    Without `index` another process makes searchable what is stored (crawler/indexing.py).
    """

    def __init__(self, store: Store, archive: Archive, *, index: bool = True) -> None:
        self.store: Store | None = store
        self._store = store
        self._archive = archive
        self._index = index
        self._held: Held = []
        self._since = monotonic()
        self._bytes = 0
        self._decisions: dict[str, dict[str, Any]] = {}

    def add(self, publication: Publication, source: Source, tally: Tally) -> None:
        if not self._held:
            self._since = monotonic()
        self._held.append((publication, source, tally))
        self._bytes += (
            len(publication.capture.body) if publication.extract and publication.capture else 0
        )
        late = monotonic() - self._since > LONGEST_HOLD
        heavy = self._bytes > HEAVY_BATCH
        if late or heavy or len(self._held) >= BATCH:
            self.flush()
        if heavy:
            gc.collect()  # answers refer to themselves in circles, and would stay for long

    def flush(self) -> None:
        """Write what is held; the tallies then say what was new, what changed, what could not be written.

        Never raises: the caller is whichever source filled the batch, and not the one at fault.
        """
        held, self._held, self._bytes = self._held, [], 0
        try:
            held = self._without_losses(held)
            self._write(held)
        except STORE_FAULTS as error:
            self._give_up(held, error)
        except Exception:  # whatever it is, it comes again where it belongs
            self._write_singly(held)

    def _write_singly(self, held: Held) -> None:
        """Find the documents of a batch that cannot be written; all others are."""
        for number, one in enumerate(held):
            try:
                self._write([one])
            except STORE_FAULTS as error:
                self._give_up(held[number:], error)
                return
            except Exception as error:  # told as the failure of its source
                publication, _, tally = one
                why = f"cannot be stored: {type(error).__name__}: {error}"
                tally.unwritten += 1
                tally.failures.append((_shown(publication.url), Malformed(_shown(why))))
                if not isinstance(error, (UnicodeError, sqlite3.Error)):  # a bug of ours
                    sys.stderr.write(traceback.format_exc())

    def _give_up(self, held: Held, error: Exception) -> None:
        """Nothing of a batch was stored: its sources are read again by the next run."""
        why = f"what was read could not be stored ({error}); the next run reads it again"
        sys.stderr.write(f"{why}\n")
        self._archive.start_anew()
        for publication, _, tally in held:
            tally.unwritten += 1
            tally.crash = tally.crash or why
            for capture in (publication.capture, publication.listed):
                if capture is not None:
                    capture.kept_as.clear()  # its record may not have reached the disk

    def _write(self, kept: Held) -> None:
        if not kept:
            return
        documents = [self._archived(publication, source) for publication, source, _ in kept]
        self._archive.sync()
        outcomes = save_documents(self._store, documents, index=self._index)
        validators = [
            (validator_key(source, one.validator_url), one.validator)
            for one, source, _ in kept
            if one.validator
        ]
        save_validators(self._store, validators, now())
        for (_, _, tally), outcome in zip(kept, outcomes, strict=True):
            tally.new += outcome == "new"
            tally.changed += outcome == "changed"

    def _without_losses(self, held: Held) -> Held:
        """Without titles whose page was read before: a page that fails today takes no text away."""
        bare = [one.document_id for one, _, _ in held if one.extract is None]
        stored = self.stored(bare) if bare else {}
        kept = []
        for publication, source, tally in held:
            known = stored.get(publication.document_id)
            if (
                publication.extract is None
                and known
                and known.status != "title_only"
                and publication.entry.title in {"", known.title}
            ):
                tally.sighted.append(publication.document_id)
            else:
                kept.append((publication, source, tally))
        return kept

    def _archived(self, publication: Publication, source: Source) -> Document:
        document = document_of(publication, source)
        if publication.capture is None:
            return document
        decision = {**self._decision(source), "encoding": document.encoding}
        if is_page(document.encoding):
            listed = None
            if publication.listed is not None:
                of_list = {**self._decision(source), "encoding": listed_as(publication.listed)}
                listed = self._archive.write(publication.listed, of_list)
            decision |= of_page(document, listed)
        place = self._archive.write(publication.capture, decision)
        return replace(document, warc_file=place.file, warc_record_id=place.record_id)

    def _decision(self, source: Source) -> dict[str, Any]:
        if source.id not in self._decisions:
            self._decisions[source.id] = decision_of(source)
        return self._decisions[source.id]

    def finish(self, source: Source, tally: Tally) -> None:
        """End a source: write the rest, note what was seen again, and only then keep validators."""
        self.flush()
        try:
            self._note(source, tally)
        except STORE_FAULTS as error:
            tally.crash = tally.crash or f"what was seen could not be stored ({error})"

    def _note(self, source: Source, tally: Tally) -> None:
        moment = now()
        if tally.sighted:
            record_sightings(self._store, source.id, tally.sighted, moment)
        if not tally.unwritten:
            checked = [validator_key(source, url) for url in tally.rechecked]
            mark_checked(self._store, checked, moment)
        if tally.complete:
            found = [
                (_waiting_key(source, item_id), Validator(None, None, digest))
                for item_id, digest in tally.waiting.items()
            ]
            if not tally.waiting:  # a 304 would hide the second look
                lists = tally.list_validators.items()
                found = [(validator_key(source, url), one) for url, one in lists]
            save_validators(self._store, found, moment)

    def read_at(self, source: Source) -> datetime | None:
        """When the source was last read well."""
        return read_at(self._store, source.id)

    def texts(self, item_id: str) -> list[str]:
        """The texts of an item's two newest versions, the newest first."""
        return newest_texts(self._store, item_id, 2)

    def waiting(self, source: Source, item_id: str) -> str | None:
        """The hash of the text that the last run that changed it showed, and that waits for a second look."""
        known = load_validator(self._store, _waiting_key(source, item_id))
        return known.body_sha256 if known else None

    def stored(self, ids: Collection[str]) -> dict[str, Stored]:
        return stored_documents(self._store, ids) if ids else {}

    def standing(self, source: Source) -> dict[str, tuple[Entry, Stored]]:
        """What stood in the source's lists when they were last read and has a page that is old enough."""
        if not source.recheck_days or source.fetch != "article":
            return {}
        before = now() - timedelta(days=source.recheck_days)
        return standing_documents(self._store, source.id, before)

    def checked(self, source: Source, urls: Collection[str]) -> dict[str, datetime]:
        """When the pages at these addresses were last looked at, where that is known."""
        keys = {validator_key(source, url): url for url in urls}
        return {keys[key]: at for key, at in checked_at(self._store, list(keys)).items()}

    def is_stale(self, source: Source) -> bool:
        """Whether the last run found the source silent for longer than is usual."""
        return is_stale(self._store, source.id)

    def shared_addresses(self, source_id: str) -> set[str]:
        return shared_addresses(self._store, source_id)

    def close(self) -> None:
        self.flush()
        self._archive.close()


def _shown(text: str) -> str:
    """`text` as any store takes it."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


class Preview(Writer):
    """Prints what a run would store, as JSON lines; stores nothing (`sources try`)."""

    def __init__(self, out: IO[str]) -> None:
        self.store = None
        self._out = out

    def add(self, publication: Publication, source: Source, tally: Tally) -> None:
        document = document_of(publication, source)
        tally.new += 1
        published = document.published
        line = {
            "id": document.id,
            "title": document.title,
            "url": document.url,
            "published_at": to_text(published.at) if published else None,
            "status": document.status,
            "kind": document.kind,
            "encoding": document.encoding,
            "outlet": document.outlet,
            "text": document.text,
        }
        self._out.write(json_line(line) + "\n")
        self._out.flush()

    def flush(self) -> None:
        """Nothing is held."""

    def finish(self, source: Source, tally: Tally) -> None:
        """Nothing is kept."""

    def stored(self, ids: Collection[str]) -> dict[str, Stored]:
        return {}

    def standing(self, source: Source) -> dict[str, tuple[Entry, Stored]]:
        return {}

    def checked(self, source: Source, urls: Collection[str]) -> dict[str, datetime]:
        return {}

    def read_at(self, source: Source) -> datetime | None:
        return None

    def is_stale(self, source: Source) -> bool:
        return False

    def shared_addresses(self, source_id: str) -> set[str]:
        return set()

    def close(self) -> None:
        """Nothing is open."""


def _waiting_key(source: Source, item_id: str) -> str:
    return validator_key(source, f"text/{item_id}")
