"""Read what waits in the store: each document's reading is written at once, so a kill loses at most one."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterator

from rich.console import Console
from rich.progress import Progress

from classifier.classify import read_documents
from classifier.model import load_model
from classifier.rules import inventory, inventory_version
from data.clock import now, to_text
from data.models import PendingDocument, Reading
from data.store.connection import Store
from data.store.findings import count_pending, pending_documents, save_reading
from data.store.rules import rules_version, save_rules

BATCH = 200
"""Documents whose texts are held in memory at once."""


def read_pending(store: Store) -> Counter[str]:
    """Classify every document version that the present model has not read; gives counts of what came of it."""
    model = load_model().version
    keep_rules(store)
    counts: Counter[str] = Counter(
        documents=0, gated=0, findings=0, also_seen=0, truncated=0, errors=0
    )
    with Progress(
        console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty()
    ) as bar:
        task = bar.add_task("reading", total=count_pending(store, model))
        for reading in read_documents(_waiting(store, model)):
            save_reading(store, reading, model)
            _count(counts, reading)
            bar.advance(task)
    if not sys.stderr.isatty() and counts["documents"]:
        line = {"at": to_text(now()), "event": "read", "model": model, **counts}
        sys.stderr.write(json.dumps(line, ensure_ascii=False) + "\n")
    return counts


def keep_rules(store: Store) -> None:
    """Bring the store's inventory of rules up to date, for the operator's report to say what never fires."""
    model = load_model()
    version = inventory_version(model)
    if rules_version(store) != version:
        save_rules(store, inventory(model).values(), version)


def _waiting(store: Store, model: str) -> Iterator[PendingDocument]:
    batch = pending_documents(store, model, BATCH)
    while batch:
        yield from batch
        batch = pending_documents(store, model, BATCH, after=batch[-1])


def _count(counts: Counter[str], reading: Reading) -> None:
    counts["documents"] += 1
    counts["gated"] += reading.gated
    counts["findings"] += len(reading.findings)
    counts["also_seen"] += len(reading.also_seen)
    counts["truncated"] += reading.truncated
    counts["errors"] += reading.error is not None
