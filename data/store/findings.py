"""Findings: which documents wait for the classifier, and what it made of them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from sqlite_utils import Database

from data.clock import from_text, now, to_text
from data.models import Finding, PendingDocument, Reading
from data.store.connection import Store
from data.store.documents import document_text
from data.store.rows import stored_json
from data.store.search import index_findings
from data.vocabulary import SourceClass

EARLIEST = from_text("1999-01-01T00:00:00Z")
"""No evidence is older: the law that made the resident number is of August 1999 (平成11年法律第133号)."""

AHEAD = timedelta(days=2)
"""A document dated further in the future than this carries a wrong date, not news."""


_UNREAD = (
    "(d.read_model IS NOT :model OR d.read_version IS NOT d.version) "
    "AND d.read_model IS NOT 'statutes'"
)
"""What the law's own tables say (crawler/statutes/publishing.py) is not read a second time."""


def count_pending(store: Store, model: str) -> int:
    """How many documents wait for `model`."""
    row: tuple[int] = store.public.execute(
        f"SELECT count(*) FROM documents d WHERE {_UNREAD}",  # noqa: S608
        {"model": model},
    ).fetchone()
    return row[0]


def pending_documents(
    store: Store, model: str, limit: int, after: PendingDocument | None = None
) -> list[PendingDocument]:
    """Up to `limit` documents whose present version `model` has not read, oldest fetch first.

    `after` is the last document of the batch before, so that a reader can go on while its readings
    are still being written.
    """
    rows = store.public.query(
        "SELECT d.id, d.version, d.title, d.source_id, d.published_at, d.fetched_at, "  # noqa: S608
        "s.publisher_ja, s.source_class FROM documents d JOIN sources s ON s.id = d.source_id "
        f"WHERE {_UNREAD} AND (d.fetched_at, d.id) > (:fetched_at, :id) "
        "ORDER BY d.fetched_at, d.id LIMIT :limit",
        {
            "model": model,
            "limit": limit,
            "fetched_at": to_text(after.fetched_at) if after else "",
            "id": after.id if after else "",
        },
    )
    return [
        PendingDocument(
            id=row["id"],
            version=row["version"],
            title=row["title"],
            text=document_text(store, row["id"], row["version"]),
            source_id=row["source_id"],
            publisher=row["publisher_ja"],
            source_class=SourceClass(row["source_class"]),
            published_at=from_text(row["published_at"]) if row["published_at"] else None,
            fetched_at=from_text(row["fetched_at"]),
        )
        for row in rows
    ]


def save_reading(store: Store, reading: Reading, model: str) -> None:
    """Replace what is known of one document by `reading`, and mark it read by `model`, in one transaction.

    A finding that the new reading no longer has is withdrawn, not deleted, and the ledger is told.
    """
    with store.writing_public() as db:
        document = next(
            iter(
                db.query(
                    "SELECT d.published_at, d.fetched_at, d.version, s.source_class FROM documents d "
                    "JOIN sources s ON s.id = d.source_id WHERE d.id = ?",
                    [reading.document_id],
                )
            )
        )
        if document["version"] != reading.version:
            return  # The text changed while it was read; the new version is pending.
        kept = [_row(reading, finding, document, model, "kept") for finding in reading.findings]
        pairs = {row["id"] for row in kept}
        seen = [
            _row(reading, finding, document, model, "also_seen") for finding in reading.also_seen
        ]
        rows = kept + [row for row in seen if row["id"] not in pairs]
        _withdraw_missing(db, reading.document_id, [row["id"] for row in rows])
        for row in rows:
            _put(db, row)
        index_findings(db, reading.document_id)
        db.table("documents").update(
            reading.document_id,
            {
                "read_version": reading.version,
                "read_model": model,
                "gated": reading.gated,
                "truncated": reading.truncated,
                "read_error": reading.error,
            },
        )


def _row(
    reading: Reading, finding: Finding, document: dict[str, Any], model: str, state: str
) -> dict[str, Any]:
    at = document["published_at"] or document["fetched_at"]
    fault = _fault(from_text(at), from_text(document["fetched_at"]))
    return {
        "id": finding_id(reading.document_id, finding),
        "document_id": reading.document_id,
        "version": reading.version,
        "sector": finding.sector,
        "domain": finding.domain,
        "system": finding.system,
        "identifier": finding.identifier,
        "stage": finding.stage,
        "unlawful": finding.unlawful,
        "actor": finding.actor,
        "evidence": finding.evidence,
        "evidence_sha256": hashlib.sha256(finding.evidence.encode()).hexdigest(),
        "start": finding.start,
        "end": finding.end,
        "score": finding.score,
        "conflated_headline": finding.conflated_headline,
        "why": stored_json(list(finding.why)),
        "model": model,
        "state": "quarantined" if fault and state == "kept" else state,
        "reason": fault,
        "use_case_id": f"{finding.system or finding.sector}:{finding.identifier}",
        "at": at,
        "source_class": document["source_class"],
        "read_at": to_text(now()),
    }


def finding_id(document_id: str, finding: Finding) -> str:
    """Stable over re-runs: a document has at most one finding per (sector, identifier)."""
    name = f"{document_id}|{finding.sector}|{finding.identifier}"
    return hashlib.sha256(name.encode()).hexdigest()[:20]


def _fault(at: datetime, fetched_at: datetime) -> str | None:
    if at < EARLIEST:
        return f"dated {at:%Y-%m-%d}, before any identifier existed"
    if at > fetched_at + AHEAD:
        return f"dated {at:%Y-%m-%d}, after it was fetched on {fetched_at:%Y-%m-%d}"
    return None


def _withdraw_missing(db: Database, document_id: str, present: list[str]) -> None:
    gone = [
        row["id"]
        for row in db.query(
            "SELECT id FROM findings WHERE document_id = ? AND state != 'withdrawn' "
            "AND id NOT IN (SELECT value FROM json_each(?))",
            [document_id, stored_json(present)],
        )
    ]
    for identity in gone:
        _queue_use_case_of(db, identity)
        db.table("findings").update(identity, {"state": "withdrawn"})


def _put(db: Database, row: dict[str, Any]) -> None:
    """Write one finding; the use case that it leaves and the one that it enters are both queued."""
    _queue_use_case_of(db, row["id"])
    db.table("findings").upsert(row, pk="id")
    _queue_use_case_of(db, row["id"])


def _queue_use_case_of(db: Database, identity: str) -> None:
    db.execute(
        "INSERT OR IGNORE INTO ledger_queue (use_case_id) SELECT use_case_id FROM findings WHERE id = ?",
        [identity],
    )


def quarantined(store: Store) -> Iterator[dict[str, Any]]:
    """Findings that were set aside, with the reason, for `scopewatch doctor`."""
    return store.public.query(
        "SELECT f.id, f.document_id, d.url, d.title, f.evidence, f.reason FROM findings f "
        "JOIN documents d ON d.id = f.document_id WHERE f.state = 'quarantined' ORDER BY f.read_at"
    )
