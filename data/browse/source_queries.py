"""What the pages ask about documents and sources: a finding with its context, a story, a source's health."""

from __future__ import annotations

import sqlite3

from data.browse.rows import Row, row, rows
from data.search import match_expression

_FINDING = """
    SELECT f.*, d.title, d.url, d.excerpt, d.published_at, d.published_precision, d.fetched_at,
           d.story_id, d.source_id, d.outlet, d.body_sha256, d.text_sha256, d.warc_file,
           d.warc_record_id, d.version AS document_version, d.encoding, d.kind AS document_kind,
           s.publisher_ja, s.publisher_en, s.name_ja AS source_name_ja,
           s.name_en AS source_name_en, s.terms,
           EXISTS (SELECT 1 FROM use_cases u WHERE u.id = f.use_case_id) AS in_ledger
    FROM findings f JOIN documents d ON d.id = f.document_id JOIN sources s ON s.id = d.source_id
"""


def finding(connection: sqlite3.Connection, identity: str) -> Row | None:
    return row(connection, _FINDING + " WHERE f.id = ?", [identity])


def findings_of_document(connection: sqlite3.Connection, document_id: str) -> list[Row]:
    return rows(
        connection,
        _FINDING + " WHERE f.document_id = ? AND f.state != 'withdrawn' ORDER BY f.start",
        [document_id],
    )


def review(connection: sqlite3.Connection, identity: int | None) -> Row | None:
    """What a person said of a finding; who it was is not in the public database."""
    return row(
        connection,
        "SELECT verdict, note, at FROM reviews WHERE id = ? AND state = 'live'",
        [identity],
    )


_DOCUMENT = """
    SELECT d.id, d.title, d.url, d.excerpt, d.outlet, d.published_at, d.published_precision,
           d.fetched_at, d.story_id, d.source_id, d.kind, d.status, d.gated, d.version,
           d.body_sha256, d.text_sha256, d.warc_file, d.warc_record_id,
           s.publisher_ja, s.publisher_en, s.source_class
    FROM documents d JOIN sources s ON s.id = d.source_id
"""


def documents_of_use_case(
    connection: sqlite3.Connection, use_case_id: str, limit: int
) -> list[Row]:
    """The newest documents in which a kept finding speaks of the use case."""
    return rows(
        connection,
        """SELECT f.id AS finding_id, f.stage, f.at, f.score, d.title, d.url, d.source_id,
                  s.publisher_ja, s.publisher_en, f.source_class
           FROM findings f JOIN documents d ON d.id = f.document_id
           JOIN sources s ON s.id = d.source_id
           WHERE f.use_case_id = ? AND f.state = 'kept' ORDER BY f.at DESC, f.id LIMIT ?""",
        [use_case_id, limit],
    )


def assessments(connection: sqlite3.Connection, names: list[str], limit: int) -> list[Row]:
    """Privacy impact assessments (評価書 in the title) that name the subject, the newest first."""
    report = f"{{title}} : ({match_expression('評価書')})"
    subject = " OR ".join(f"({match_expression(name)})" for name in names)
    return rows(
        connection,
        _DOCUMENT  # noqa: S608  # our own words only
        + " WHERE d.search_id IN (SELECT rowid FROM documents_search WHERE documents_search MATCH ? "
        "ORDER BY rowid DESC LIMIT 200) "
        "ORDER BY coalesce(d.published_at, d.fetched_at) DESC LIMIT ?",
        [f"({report}) AND ({subject})", limit],
    )


def document(connection: sqlite3.Connection, identity: str) -> Row | None:
    return row(connection, _DOCUMENT + " WHERE d.id = ?", [identity])


def document_versions(connection: sqlite3.Connection, identity: str) -> list[Row]:
    return rows(
        connection,
        "SELECT * FROM document_versions WHERE document_id = ? ORDER BY version DESC LIMIT 100",
        [identity],
    )


def documents_of_story(connection: sqlite3.Connection, story_id: str) -> list[Row]:
    """The documents that report one thing, oldest first."""
    return rows(
        connection,
        _DOCUMENT
        + " WHERE d.story_id = ? ORDER BY coalesce(d.published_at, d.fetched_at), d.id LIMIT 200",
        [story_id],
    )


def findings_of_story(connection: sqlite3.Connection, story_id: str) -> list[Row]:
    return rows(
        connection,
        _FINDING + " WHERE d.story_id = ? AND f.state = 'kept' ORDER BY f.at, f.id LIMIT 200",
        [story_id],
    )


_HEALTH = """
    SELECT s.*, h.state, h.since, h.last_attempt_at, h.last_success_at, h.last_new_item_at,
           h.consecutive_failures, h.usual_items, h.detail
    FROM sources s LEFT JOIN source_health h ON h.source_id = s.id
"""


def source(connection: sqlite3.Connection, identity: str) -> Row | None:
    return row(connection, _HEALTH + " WHERE s.id = ?", [identity])


def sources(connection: sqlite3.Connection) -> list[Row]:
    """All sources with their health: failing ones first, the longest-failing on top."""
    return rows(
        connection,
        _HEALTH
        + """ ORDER BY s.enabled DESC, h.state IS NULL, coalesce(h.state, '') = 'ok',
              h.since, s.id""",
    )


def runs_of_source(connection: sqlite3.Connection, identity: str, limit: int) -> list[Row]:
    return rows(
        connection,
        "SELECT * FROM source_runs WHERE source_id = ? ORDER BY started_at DESC LIMIT ?",
        [identity, limit],
    )


def documents_of_source(connection: sqlite3.Connection, identity: str, limit: int) -> list[Row]:
    return rows(
        connection,
        _DOCUMENT + " WHERE d.source_id = ? ORDER BY d.fetched_at DESC, d.id LIMIT ?",
        [identity, limit],
    )
