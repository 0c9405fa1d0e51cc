"""What the reviewers' pages ask of watch.db: the queue by uncertainty, comments, merges."""

from __future__ import annotations

import sqlite3

from data.browse.rows import Row, row, rows

_WAITING = """
    SELECT f.id, f.state, f.reason, f.sector, f.system, f.identifier, f.stage, f.unlawful, f.actor,
           f.evidence, f.evidence_sha256, f.review_id, f.score, f.at, f.why, f.use_case_id,
           f.document_id, d.title, d.url, d.excerpt, s.publisher_ja, s.publisher_en
    FROM findings f JOIN documents d ON d.id = f.document_id JOIN sources s ON s.id = d.source_id
"""
_UNREVIEWED = "f.review_id IS NULL AND f.state IN ('kept', 'also_seen', 'quarantined')"
_ASKED_AGAIN = """
    SELECT f.id FROM reviews r JOIN findings f ON f.document_id = r.document_id
    AND f.sector = r.sector AND f.identifier = r.identifier
    WHERE r.state = 'live' AND f.review_id IS NULL
    AND f.state IN ('kept', 'also_seen', 'quarantined')
"""


def waiting(connection: sqlite3.Connection, limit: int, skip: int) -> list[Row]:
    """Findings that nobody reviewed: those whose text changed after a review first, then the uncertain.

    The two parts are asked apart, so that the second reads an index in its order and stops early.
    """
    again = rows(
        connection,
        f"{_WAITING} WHERE f.id IN ({_ASKED_AGAIN}) ORDER BY f.at DESC, f.id LIMIT ? OFFSET ?",
        [limit, skip],
    )
    found = [{**each, "asked_again": True} for each in again]
    if len(found) < limit:
        before = again_count(connection)
        found += [
            {**each, "asked_again": False}
            for each in rows(
                connection,
                f"{_WAITING} WHERE {_UNREVIEWED} AND f.id NOT IN ({_ASKED_AGAIN}) "
                "ORDER BY abs(f.score - 0.5), f.at DESC, f.id LIMIT ? OFFSET ?",
                [limit - len(found), max(0, skip - before)],
            )
        ]
    return found


def again_count(connection: sqlite3.Connection) -> int:
    found = row(connection, f"SELECT count(*) AS n FROM ({_ASKED_AGAIN})")  # noqa: S608  # our own words
    return int(found["n"]) if found else 0


def waiting_count(connection: sqlite3.Connection) -> int:
    found = row(connection, f"SELECT count(*) AS n FROM findings f WHERE {_UNREVIEWED}")  # noqa: S608  # our own words
    return int(found["n"]) if found else 0


def reviewed_lately(connection: sqlite3.Connection, limit: int) -> list[Row]:
    """The live reviews with a finding that they decide, newest first."""
    return rows(
        connection,
        """SELECT r.id AS review_id, r.verdict, r.change, r.note, r.at AS reviewed_at, f.id, f.evidence,
                  f.sector, f.system, f.identifier, f.stage, f.state, f.use_case_id
           FROM reviews r JOIN findings f ON f.review_id = r.id
           WHERE r.state = 'live' ORDER BY r.id DESC, f.id LIMIT ?""",
        [limit],
    )


def comments(connection: sqlite3.Connection, finding_id: str) -> list[Row]:
    """The comments on a finding, oldest first; `outdated` ones were made on an earlier sentence."""
    return rows(
        connection,
        """SELECT c.id, c.text, c.at, c.evidence_sha256 != f.evidence_sha256 AS outdated
           FROM comments c JOIN findings f ON f.id = c.finding_id
           WHERE c.finding_id = ? AND c.state = 'live' ORDER BY c.id LIMIT 200""",
        [finding_id],
    )


def merged_here(connection: sqlite3.Connection, use_case_id: str) -> list[Row]:
    """The use cases that persons merged into this one."""
    return rows(
        connection,
        """SELECT m.use_case_id, m.note, m.at, u.subject, u.identifier
           FROM merged_use_cases m LEFT JOIN use_cases u ON u.id = m.use_case_id
           WHERE m.into_id = ? ORDER BY m.at""",
        [use_case_id],
    )


def other_use_cases(connection: sqlite3.Connection, use_case_id: str) -> list[Row]:
    """What a use case may be merged into: those of the ledger, without itself."""
    return rows(
        connection,
        "SELECT id, subject, identifier FROM use_cases WHERE id != ? ORDER BY sector, id LIMIT 2000",
        [use_case_id],
    )
