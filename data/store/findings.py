"""Findings: which documents wait for the classifier, and what it made of them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from data.clock import from_text, now, to_text
from data.corrections import notice_of
from data.fingerprint import sha256_text
from data.minutes import turn_at
from data.models import Finding, PendingDocument, Reading
from data.store.connection import Store
from data.store.documents import document_text
from data.store.rows import stored_json
from data.store.rules import count_fired, put_finding_rules
from data.store.search import index_findings
from data.store.settled import queue_finding, resettle, settle
from data.vocabulary import SourceClass

_UNREAD = (
    "(d.read_model IS NOT :model OR d.read_version IS NOT d.version) "
    "AND coalesce(d.read_model, '') NOT IN ('statutes', 'bills')"
)
"""What the law's own tables and a bill's steps say (crawler/statutes/publishing.py,
crawler/registries/publishing.py) is not read a second time."""
JOINED = "bills"
"""The reader whose findings stand beside the classifier's: a document inherits them from the bill it names."""


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

    A finding that the new reading no longer has is withdrawn, not deleted, unless a person confirmed it
    and its sentence is still there. A finding that cannot be dated, placed or found in the text is
    quarantined with the reason. The ledger is told of every use case concerned.
    """
    with store.writing_public() as db:
        document = _document_of(db, reading.document_id)
        if document["version"] != reading.version:
            return  # The text changed while it was read; the new version is pending.
        text = document_text(store, reading.document_id, reading.version)
        document["body"] = f"{document['title']}\n{text}"
        rows: dict[str, dict[str, Any]] = {}
        spoke: dict[str, tuple[str, ...]] = {}
        for state, findings in (("kept", reading.findings), ("also_seen", reading.also_seen)):
            for finding in findings:
                row = _row(reading, finding, document, model, state)
                rows.setdefault(row["id"], row)
                spoke.setdefault(row["id"], finding.rules)
        _withdraw_missing(db, reading.document_id, list(rows), document["body"], model)
        for row in rows.values():
            _put(db, row)
            put_finding_rules(db, row["id"], spoke[row["id"]])
        count_fired(db, reading.fired)
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


def add_findings(store: Store, reading: Reading) -> None:
    """Put findings beside what the classifier made of a document: those it inherits from a bill it names.

    Where the classifier reads the same (sector, identifier) itself, its own finding stands. Those that
    the document no longer inherits are withdrawn. A reading of an older version is left out.
    """
    with store.writing_public() as db:
        document = _document_of(db, reading.document_id)
        if document["version"] != reading.version:
            return
        text = document_text(store, reading.document_id, reading.version)
        document["body"] = f"{document['title']}\n{text}"
        rows = [_row(reading, one, document, JOINED, "kept") for one in reading.findings]
        present = [row["id"] for row in rows]
        _withdraw_missing(db, reading.document_id, present, document["body"], JOINED)
        for row in rows:
            known = db.execute(
                "SELECT model FROM findings WHERE id = ? AND state != 'withdrawn'", [row["id"]]
            ).fetchone()
            if known is None or known[0] == JOINED:
                _put(db, row)
        index_findings(db, reading.document_id)


def _document_of(db: Database, document_id: str) -> dict[str, Any]:
    return next(
        iter(
            db.query(
                "SELECT d.title, d.published_at, d.fetched_at, d.version, s.source_class "
                "FROM documents d JOIN sources s ON s.id = d.source_id WHERE d.id = ?",
                [document_id],
            )
        )
    )


def _row(
    reading: Reading, finding: Finding, document: dict[str, Any], model: str, state: str
) -> dict[str, Any]:
    machine = {
        "sector": finding.sector,
        "identifier": finding.identifier,
        "stage": finding.stage,
        "system": finding.system,
        "state": state,
        "at": document["published_at"] or document["fetched_at"],
        "dated": document["published_at"] is not None,
        "fetched_at": document["fetched_at"],
        "in_text": finding.evidence in document["body"],
    }
    corrected = reading.version > 1 and notice_of(document["title"]) is not None
    minutes = document["source_class"] == SourceClass.DIET
    turn = turn_at(document["title"], document["body"], finding.end - 1) if minutes else None
    return {
        "id": finding_id(reading.document_id, finding),
        "document_id": reading.document_id,
        "version": reading.version,
        "domain": finding.domain,
        "unlawful": finding.unlawful,
        "actor": finding.actor,
        "evidence": finding.evidence,
        "evidence_sha256": sha256_text(finding.evidence),
        "start": finding.start,
        "end": finding.end,
        "score": finding.score,
        "conflated_headline": finding.conflated_headline,
        "why": stored_json(list(finding.why)),
        "model": model,
        "source_class": document["source_class"],
        "read_at": to_text(now()),
        "machine": stored_json(machine),
        "edition": reading.version if corrected else 0,
        "speaker": turn.speaker if turn else None,
        "authority": turn.authority if turn else None,
    }


def finding_id(document_id: str, finding: Finding) -> str:
    """Stable over re-runs: a document has at most one finding per (sector, identifier)."""
    name = f"{document_id}|{finding.sector}|{finding.identifier}"
    return hashlib.sha256(name.encode()).hexdigest()[:20]


def _withdraw_missing(
    db: Database, document_id: str, present: list[str], body: str, model: str
) -> None:
    gone = db.query(
        "SELECT id, evidence, machine FROM findings WHERE document_id = ? AND state != 'withdrawn' "
        "AND id NOT IN (SELECT value FROM json_each(?)) AND (model = ?) = ?",
        [document_id, stored_json(present), JOINED, model == JOINED],
    )
    for row in list(gone):
        machine = json.loads(row["machine"])
        changed = {"state": "withdrawn", "in_text": row["evidence"] in body}
        resettle(db, row["id"], {**machine, **changed})


def _put(db: Database, row: dict[str, Any]) -> None:
    """Write one finding; the use case that it leaves and the one that it enters are both queued."""
    known = db.execute("SELECT machine FROM findings WHERE id = ?", [row["id"]]).fetchone()
    if known:
        taken_back = json.loads(known[0]).get("taken_back")
        if taken_back:
            machine = {**json.loads(row["machine"]), "taken_back": taken_back}
            row = {**row, "machine": stored_json(machine)}
    queue_finding(db, row["id"])
    db.table("findings").upsert(settle(db, row), pk="id")
    queue_finding(db, row["id"])


def quarantined(store: Store) -> Iterator[dict[str, Any]]:
    """Findings that were set aside, with the reason, for `scopewatch doctor`."""
    return store.public.query(
        "SELECT f.id, f.document_id, d.url, d.title, f.evidence, f.reason FROM findings f "
        "JOIN documents d ON d.id = f.document_id WHERE f.state = 'quarantined' ORDER BY f.read_at"
    )


def unnamed(store: Store) -> Iterator[dict[str, Any]]:
    """Kept findings that fit no system, newest first, for the operator to name or leave to their sector."""
    return store.public.query(
        "SELECT f.id, f.use_case_id, f.domain, f.evidence, f.at, d.url, d.title FROM findings f "
        "JOIN documents d ON d.id = f.document_id WHERE f.state = 'kept' AND f.system IS NULL "
        "ORDER BY f.at DESC, f.id"
    )


def mark_unread(store: Store, since: datetime | None = None) -> int:
    """Have documents read again (those fetched since a moment, else all); says how many."""
    with store.writing_public() as db:
        done = db.execute(
            "UPDATE documents SET read_model = NULL WHERE read_model IS NOT NULL "
            "AND read_model NOT IN ('statutes', 'bills') AND fetched_at >= ?",
            [to_text(since) if since else ""],
        )
        return int(done.rowcount)
