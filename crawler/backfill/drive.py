"""Hand slices to workers, write what they found, and remember how far each file was read.

Order of a slice's writing: archive, documents, position. A kill in between repeats the slice, whose
documents are then known already.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from crawler.archive import Archive
from crawler.backfill.drops import Drop
from crawler.backfill.homes import Homes, archive_sources
from crawler.backfill.pools import Pool
from crawler.backfill.slices import Page, Slice, identity_of
from crawler.identity import document_id
from crawler.items import Publication, Tally
from crawler.loader import load_sources, records
from crawler.source import Hints, Kind, Source
from crawler.writer import Writer
from data.clock import now
from data.config import Config
from data.models import Entry
from data.store.backfill import FileState, file_states, put_file_state
from data.store.connection import Store, open_store
from data.store.sources import add_sources

AHEAD = 2
"""Slices handed out per worker: one is read while the next one waits."""

_AS_PAGES = {"kind": Kind.PAGE, "select": None, "article": None, "hints": Hints()}
"""How past pages are read, and what their records say of it: by no source's own selectors, at no list's word."""


@dataclass(slots=True)
class Progress:
    """What a backfill did so far."""

    files: int = 0
    done: int = 0
    records: int = 0
    named: int = 0
    new: int = 0
    changed: int = 0
    faults: dict[str, str] = field(default_factory=dict)
    """File -> why it was not read to its end."""
    dropped: dict[Drop, int] = field(default_factory=dict)
    """Pages that were passed over unread; the others were looked at for an identifier."""


def backfill(
    config: Config, paths: Sequence[Path], pool: Pool, say: Callable[[Progress], None]
) -> Progress:
    """Read WARC files to their ends, each from where it was left; store what names an identifier."""
    progress = Progress(files=len(paths))
    sources = load_sources(config)
    homes = Homes(sources.values())
    with open_store(config) as store:
        add_sources(store, records([*sources.values(), *archive_sources()]))
        writer = Writer(store, Archive(config.archive))
        try:
            _read(store, writer, homes, list(paths), pool, progress, say)
        finally:
            writer.close()
    return progress


def _read(
    store: Store,
    writer: Writer,
    homes: Homes,
    paths: list[Path],
    pool: Pool,
    progress: Progress,
    say: Callable[[Progress], None],
) -> None:
    known = file_states(store)
    identities = {str(path): identity_of(path) for path in paths}
    waiting: deque[tuple[str, int]] = deque()
    for path in paths:
        state = known.get(identities[str(path)])
        if state is not None and state.done:
            progress.done += 1
        else:
            waiting.append((str(path), state.offset if state else 0))
    say(progress)
    for _ in range(min(len(waiting), pool.width * AHEAD)):
        pool.submit(*waiting.popleft())
    for found in pool.finished():
        if found.next is not None:
            pool.submit(found.path, found.next)
        elif waiting:
            pool.submit(*waiting.popleft())
        _write(writer, homes, found, progress)
        put_file_state(store, _state(identities[found.path], found))
        say(progress)


def _state(identity: str, found: Slice) -> FileState:
    return FileState(
        id=identity,
        name=Path(found.path).name,
        offset=found.next if found.next is not None else found.offset,
        done=found.next is None and found.fault is None,
        records=found.records,
        kept=len(found.pages),
        fault=found.fault,
    )


def _write(writer: Writer, homes: Homes, found: Slice, progress: Progress) -> None:
    tally = Tally(started_at=now())
    for page in found.pages:
        source = homes.of(page.url).model_copy(update=_AS_PAGES)
        writer.add(_publication(page, source), source, tally)
    writer.flush()
    progress.records += found.records
    progress.named += len(found.pages)
    progress.new += tally.new
    progress.changed += tally.changed
    for reason, count in found.dropped.items():
        progress.dropped[reason] = progress.dropped.get(reason, 0) + count
    if found.fault is not None:
        progress.faults[found.path] = found.fault
    if found.next is None and found.fault is None:
        progress.done += 1


def _publication(page: Page, source: Source) -> Publication:
    entry = Entry(title=page.extract.title, url=page.url, published=page.extract.published)
    return Publication(
        document_id=document_id(source.id, entry),
        entry=entry,
        fetched_at=page.capture.fetched_at,
        url=page.url,
        extract=page.extract,
        body_sha256=page.sha256,
        capture=page.capture,
    )
