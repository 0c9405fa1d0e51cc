"""One page per record: use case, finding, document, story, promise, source, and the health of all sources."""

from __future__ import annotations

import json
import sqlite3
from typing import Any

from data.browse import law_queries
from data.browse import ledger_queries as ledger
from data.browse import review_queries as reviewed
from data.browse import source_queries as sourced
from data.browse.context import in_context
from data.browse.reasons import reasons
from data.browse.reviewing import systems
from data.browse.rows import Row
from data.browse.visit import NoSuchRecord, Page, Visit
from data.clock import now, tokyo
from data.ledger import event_id
from data.models import UseCaseKey
from data.names import subject_name
from data.promises import VERDICTS
from data.systems import load_systems

DOCUMENTS = 50
SHOWN, ALL = 20, 500
"""Rungs and documents of a use at first, and when all are asked for."""
LEGAL_ROWS = 20
ASSESSMENTS = 20
RUNS = 30


def found(record: Row | None) -> Row:
    """The record, or the 404 that readers get."""
    if record is None:
        raise NoSuchRecord
    return record


def use_case(connection: sqlite3.Connection, visit: Visit) -> Page:
    """The dated rungs of one use with their evidence, its promises, legal ground and documents."""
    asked = visit.matched["id"]
    record = found(ledger.use_case(connection, ledger.merged_into(connection, asked) or asked))
    shown = ALL if visit.query.get("all") else SHOWN
    events = ledger.told_events_of(connection, record["id"], shown + 1)
    documents = sourced.documents_of_use_case(connection, record["id"], shown + 1)
    return Page(
        template="use_case.html",
        context={
            "use": record,
            "baseline": read_json(record["baseline"], None),
            "events": events[:shown],
            "more_events": len(events) > shown,
            "promises": ledger.promises_of(connection, record["id"]),
            "comparisons": ledger.comparisons_of(connection, record["id"]),
            "documents": documents[:shown],
            "more_documents": len(documents) > shown,
            "permalink": f"{visit.origin}/-/use-case/{record['id']}",
            "legal_rows": law_queries.rows_opening(
                connection,
                record["subject"],
                record["identifier"],
                f"{tokyo(now()):%Y-%m-%d}",
                LEGAL_ROWS,
            ),
            "statutes_kept": bool(law_queries.laws(connection)),
            "assessments": sourced.assessments(
                connection, subject_words(record["subject"]), ASSESSMENTS
            ),
            "merged": reviewed.merged_here(connection, record["id"]),
            "others": reviewed.other_use_cases(connection, record["id"]) if visit.reviewer else [],
        },
    )


def subject_words(subject: str) -> list[str]:
    """How texts name the subject of a use case: the system's name and its aliases, or the sector's."""
    system = load_systems().get(subject)
    return [system.ja, *system.aliases] if system else [subject_name(subject, "ja")]


def finding(connection: sqlite3.Connection, visit: Visit) -> Page:
    """One sentence in its context: why it was flagged, by what, where it stands, and its hashes."""
    record = found(sourced.finding(connection, visit.matched["id"]))
    use = ledger.use_case(connection, record["use_case_id"])
    key = UseCaseKey.parse(record["use_case_id"])
    return Page(
        template="finding.html",
        context={
            "finding": record,
            "use": use,
            "subject": key.subject,
            "review": sourced.review(connection, record["review_id"]),
            "why": reasons(read_json(record["why"], []), visit.language),
            "context": in_context(record),
            "event": ledger.event(connection, event_id(key, record["id"])),
            "permalink": f"{visit.origin}/-/finding/{record['id']}",
            "comments": reviewed.comments(connection, record["id"]),
            "acts": acts(visit, f"finding:{record['id']}"),
            "systems": systems(visit) if visit.reviewer else [],
        },
    )


def document(connection: sqlite3.Connection, visit: Visit) -> Page:
    """What is public of one document: title, excerpt, versions, findings, hashes."""
    record = found(sourced.document(connection, visit.matched["id"]))
    return Page(
        template="document.html",
        context={
            "document": record,
            "versions": sourced.document_versions(connection, record["id"]),
            "findings": sourced.findings_of_document(connection, record["id"]),
        },
    )


def story(connection: sqlite3.Connection, visit: Visit) -> Page:
    """The documents of several sources that report one thing."""
    documents = sourced.documents_of_story(connection, visit.matched["id"])
    if not documents:
        raise NoSuchRecord
    return Page(
        template="story.html",
        context={
            "story_id": visit.matched["id"],
            "documents": documents,
            "findings": sourced.findings_of_story(connection, visit.matched["id"]),
        },
    )


def promise(connection: sqlite3.Connection, visit: Visit) -> Page:
    """One dated, quoted, hashed promise beside what came after it."""
    record = found(ledger.promise(connection, visit.matched["id"]))
    return Page(
        template="promise.html",
        context={
            "promise": record,
            "verdicts": VERDICTS,
            "given": visit.desk.verdicts(record["id"]) if visit.desk and visit.reviewer else [],
            "comparisons": ledger.comparisons_of_promise(connection, record["id"]),
        },
    )


def promises(connection: sqlite3.Connection, visit: Visit) -> Page:
    """All recorded promises, newest first."""
    return Page(template="promises.html", context={"promises": ledger.promises(connection)})


def source(connection: sqlite3.Connection, visit: Visit) -> Page:
    """One source: its health, its recent runs and its latest documents."""
    record = found(sourced.source(connection, visit.matched["id"]))
    return Page(
        template="source.html",
        context={
            "source": record,
            "runs": sourced.runs_of_source(connection, record["id"], RUNS),
            "documents": sourced.documents_of_source(connection, record["id"], DOCUMENTS),
        },
    )


def health(connection: sqlite3.Connection, visit: Visit) -> Page:
    """All sources, failing ones first."""
    return Page(template="health.html", context={"sources": sourced.sources(connection)})


def acts(visit: Visit, subject: str) -> list[Row]:
    """Who did what to a record; only a reviewer is told."""
    return visit.desk.acts(subject) if visit.desk and visit.reviewer else []


def read_json(text: str | None, otherwise: Any) -> Any:
    """A stored JSON value; `otherwise` where there is none."""
    return json.loads(text) if text else otherwise
