"""Classify documents: the gate drops, the pipeline reads, the model decides; one Reading each."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import cached_property
from itertools import islice
from multiprocessing import get_context
from pathlib import Path

from spacy.language import Language

from classifier.fired import fired
from classifier.judge import judge
from classifier.model import FOLDER, load_model
from classifier.network import Network
from classifier.networks import hear, load_networks
from classifier.ops import Floats
from classifier.pipeline import load_pipeline, settings
from classifier.read import Readable, Scan, scan
from data.clock import tokyo
from data.gate import opens
from data.interrupts import ours_to_end
from data.models import Finding, PendingDocument, Reading

SURROGATE = re.compile("[\ud800-\udfff]")


class Classifier:
    """One loaded pipeline and the weights of `folder`; not for use by two threads (spaCy#10649)."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self._folder = folder
        self._model = load_model(folder)

    @cached_property
    def nlp(self) -> Language:
        """The pipeline, loaded when the first text passes the gate."""
        return load_pipeline()

    @cached_property
    def _networks(self) -> tuple[Network, ...]:
        return load_networks(self.nlp.vocab.vectors.data, self._model.version, self._folder)

    def read(self, document: PendingDocument) -> Reading:
        """Read one document; takes less than five seconds, or is cut (`truncated`).

        A text that cannot be read (a lone surrogate, the rest of a broken decoder) yields a
        Reading with `error` set; nothing else is raised.
        """
        gated = gated_reading(document)
        if gated is not None:
            return gated
        scanned, kept, seen = self.judged(document)
        return Reading(
            document_id=document.id,
            version=document.version,
            gated=False,
            findings=tuple(kept),
            also_seen=tuple(seen),
            truncated=scanned.truncated,
            fired=fired(scanned, (*kept, *seen)),
        )

    def judged(self, document: PendingDocument) -> tuple[Scan, list[Finding], list[Finding]]:
        """(scan, findings, also_seen) of a document, whether or not the gate opens to it."""
        scanned, heard = self.scanned(document)
        return scanned, *judge(scanned, heard, self._model)

    def scanned(self, document: PendingDocument) -> tuple[Scan, Floats]:
        """A document's scan, and what the networks say of its instances."""
        scanned = scan(self.nlp, readable(document))
        return scanned, hear(self._networks, scanned.page)


def readable(document: PendingDocument) -> Readable:
    """What the scan needs of a document; its day is the day in Tokyo."""
    published = document.published_at
    day = tokyo(published).date() if published is not None else None
    return Readable(document.title, document.text, document.publisher, day)


def gated_reading(document: PendingDocument) -> Reading | None:
    """The Reading of a document that needs no parser: it names no identifier, or is broken."""
    broken = SURROGATE.search(document.title) or SURROGATE.search(document.text)
    if broken:
        message = f"lone surrogate U+{ord(broken.group()):04X}: the text was decoded wrongly"
        return _reading(document, error=message)
    if not opens(document.title) and not opens(document.text):
        return _reading(document)
    return None


def _reading(document: PendingDocument, error: str | None = None) -> Reading:
    return Reading(
        document_id=document.id, version=document.version, gated=error is None, error=error
    )


_worker: list[Classifier] = []
"""The classifier of a child process, loaded once in it."""


def _read_in_child(documents: list[PendingDocument]) -> list[Reading]:
    if not _worker:
        _worker.append(Classifier())
    return [_worker[0].read(document) for document in documents]


CHUNK = 20


def read_documents(docs: Iterable[PendingDocument]) -> Iterator[Reading]:
    """Read documents in order, one Reading each, with memory that stays flat.

    The first `worker.recycle` texts that pass the gate are read in this process; what comes after
    goes to a child process that is replaced every so many texts, because spaCy's memory grows.
    A child that dies costs its chunk an `error`, not the run.
    """
    recycle = settings()["worker"]["recycle"]
    own = Classifier()
    remaining = iter(docs)
    opened = 0
    for document in remaining:
        reading = own.read(document)
        yield reading
        opened += not reading.gated
        if opened >= recycle:
            break
    del own  # a second pipeline beside it would cost another 400 MB
    yield from _read_in_children(remaining, recycle)


def _read_in_children(docs: Iterator[PendingDocument], recycle: int) -> Iterator[Reading]:
    pool: ProcessPoolExecutor | None = None
    try:
        while chunk := list(islice(docs, CHUNK)):
            ready = {n: r for n, d in enumerate(chunk) if (r := gated_reading(d)) is not None}
            waiting = [d for n, d in enumerate(chunk) if n not in ready]
            if waiting:
                pool = pool or _pool(recycle // CHUNK)
                try:
                    with ours_to_end():
                        reading = pool.submit(_read_in_child, waiting)
                    readings = reading.result()
                except BrokenProcessPool:
                    pool = None
                    message = "the reading process died on this text or a neighbour"
                    readings = [_reading(d, error=message) for d in waiting]
                places = [n for n in range(len(chunk)) if n not in ready]
                ready |= dict(zip(places, readings, strict=True))
            yield from (ready[n] for n in range(len(chunk)))
    finally:
        if pool is not None:
            pool.shutdown(cancel_futures=True)


def _pool(chunks: int) -> ProcessPoolExecutor:
    return ProcessPoolExecutor(1, get_context("spawn"), max_tasks_per_child=max(1, chunks))
