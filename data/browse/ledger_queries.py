"""What the pages ask of the ledger: events, the ladder, one use case, promises and comparisons."""

from __future__ import annotations

import json
import sqlite3

from data.browse.rows import Row, row, rows
from data.search import fold
from data.subscribers import Filter

MOST_EVENTS = 2**62

_EVENT = """
    SELECT e.seq, e.id, e.use_case_id, e.kind, e.stage_before, e.stage_after, e.at, e.standing,
           e.finding_id, e.against_finding_id, e.recorded_at,
           u.subject, u.sector, u.identifier, u.name_ja, u.name_en,
           f.evidence, f.actor, f.stage, f.unlawful, f.source_class, f.document_id,
           d.title, d.url, d.story_id, d.source_id, s.publisher_ja, s.publisher_en,
           a.evidence AS against_evidence, a.at AS against_at, a.actor AS against_actor,
           a.stage AS against_stage, ad.url AS against_url, ad.title AS against_title,
           ad.source_id AS against_source_id, asrc.publisher_ja AS against_publisher_ja,
           asrc.publisher_en AS against_publisher_en
    FROM events e
    JOIN use_cases u ON u.id = e.use_case_id
    JOIN findings f ON f.id = e.finding_id
    JOIN documents d ON d.id = f.document_id
    JOIN sources s ON s.id = d.source_id
    LEFT JOIN findings a ON a.id = e.against_finding_id
    LEFT JOIN documents ad ON ad.id = a.document_id
    LEFT JOIN sources asrc ON asrc.id = ad.source_id
"""


def latest_events(
    connection: sqlite3.Connection,
    limit: int,
    *,
    sector: str | None = None,
    identifier: str | None = None,
    stage: str | None = None,
) -> list[Row]:
    """The newest events that are news (no repeats), optionally of one sector, identifier or stage."""
    return rows(
        connection,
        _EVENT
        + """ WHERE e.state = 'live' AND e.kind != 'repeat'
              AND (:sector IS NULL OR u.sector = :sector)
              AND (:identifier IS NULL OR u.identifier = :identifier)
              AND (:stage IS NULL OR e.stage_after = :stage)
              ORDER BY e.at DESC, e.seq DESC LIMIT :limit""",
        {"sector": sector, "identifier": identifier, "stage": stage, "limit": limit},
    )


def recorded_events(
    connection: sqlite3.Connection,
    limit: int,
    *,
    use_case_id: str | None = None,
    sector: str | None = None,
    identifier: str | None = None,
    stage: str | None = None,
) -> list[Row]:
    """As `latest_events`, in the order of recording, so that a feed shows an old document that came late."""
    return rows(
        connection,
        _EVENT
        + """ WHERE e.state = 'live' AND e.kind != 'repeat'
              AND (:use_case IS NULL OR e.use_case_id = :use_case)
              AND (:sector IS NULL OR u.sector = :sector)
              AND (:identifier IS NULL OR u.identifier = :identifier)
              AND (:stage IS NULL OR e.stage_after = :stage)
              ORDER BY e.seq DESC LIMIT :limit""",
        {
            "use_case": use_case_id,
            "sector": sector,
            "identifier": identifier,
            "stage": stage,
            "limit": limit,
        },
    )


def filtered_events(connection: sqlite3.Connection, limit: int, chosen: Filter) -> list[Row]:
    """The newest recorded events that pass a saved filter; an empty list of it means everything."""
    found: list[Row] = []
    before = MOST_EVENTS
    while len(found) < limit:
        part = rows(
            connection,
            _EVENT  # noqa: S608  # our own words only
            + """ WHERE e.state = 'live' AND e.kind != 'repeat' AND e.seq < :before
                  AND (:sectors = '[]' OR u.sector IN (SELECT value FROM json_each(:sectors)))
                  AND (:systems = '[]' OR u.subject IN (SELECT value FROM json_each(:systems)))
                  AND (:identifiers = '[]' OR u.identifier IN (SELECT value FROM json_each(:identifiers)))
                  AND (:stages = '[]' OR e.stage_after IN (SELECT value FROM json_each(:stages)))
                  AND (:sources = '[]' OR d.source_id IN (SELECT value FROM json_each(:sources)))
                  ORDER BY e.seq DESC LIMIT 200""",
            {
                "before": before,
                **{
                    name: json.dumps(getattr(chosen, name))
                    for name in ("sectors", "systems", "identifiers", "stages", "sources")
                },
            },
        )
        found += [event for event in part if _words_pass(chosen, event)]
        if len(part) < 200:
            break
        before = part[-1]["seq"]
    return found[:limit]


def _words_pass(chosen: Filter, event: Row) -> bool:
    """As the digests' filters read words: in names, title and sentence, whichever width and case."""
    names = f"{event['name_ja']} {event['name_en']} {event['title']} {event['evidence']}"
    text = fold(names).text
    if any(fold(word).text in text for word in chosen.without_words):
        return False
    return not chosen.words or any(fold(word).text in text for word in chosen.words)


def told_events_of(connection: sqlite3.Connection, use_case_id: str, limit: int = 500) -> list[Row]:
    """The live events of a use case that are news, newest first: the rungs of its timeline."""
    return rows(
        connection,
        _EVENT
        + """ WHERE e.use_case_id = ? AND e.state = 'live' AND e.kind != 'repeat'
              ORDER BY e.at DESC, e.seq DESC LIMIT ?""",
        [use_case_id, limit],
    )


def event(connection: sqlite3.Connection, identity: str) -> Row | None:
    """One live event; None when it does not exist or was withdrawn."""
    return row(connection, _EVENT + " WHERE e.id = ? AND e.state = 'live'", [identity])


def ladder(
    connection: sqlite3.Connection,
    *,
    sector: str | None = None,
    identifier: str | None = None,
    stage: str | None = None,
    limit: int,
    skip: int = 0,
) -> list[Row]:
    """The use cases that stand on a rung, what moved last first."""
    return rows(
        connection,
        """SELECT * FROM use_cases WHERE stage IS NOT NULL
           AND (:sector IS NULL OR sector = :sector)
           AND (:identifier IS NULL OR identifier = :identifier)
           AND (:stage IS NULL OR stage = :stage)
           ORDER BY last_event_at IS NULL, last_event_at DESC, sector, name_ja, id
           LIMIT :limit OFFSET :skip""",
        {
            "sector": sector,
            "identifier": identifier,
            "stage": stage,
            "limit": limit,
            "skip": skip,
        },
    )


def ladder_counts(
    connection: sqlite3.Connection, *, sector: str | None = None, identifier: str | None = None
) -> list[Row]:
    """How many use cases of each sector stand on each rung."""
    return rows(
        connection,
        """SELECT sector, stage, count(*) AS n FROM use_cases WHERE stage IS NOT NULL
           AND (:sector IS NULL OR sector = :sector)
           AND (:identifier IS NULL OR identifier = :identifier)
           GROUP BY sector, stage""",
        {"sector": sector, "identifier": identifier},
    )


def events_by_month(connection: sqlite3.Connection, first_month: str) -> list[Row]:
    """How many events that are news fell into each month (YYYY-MM, Tokyo) of each sector."""
    return rows(
        connection,
        """SELECT strftime('%Y-%m', e.at, '+9 hours') AS month, u.sector, count(*) AS n
           FROM events e JOIN use_cases u ON u.id = e.use_case_id
           WHERE e.state = 'live' AND e.kind != 'repeat' AND e.at >= ?
           GROUP BY 1, 2 ORDER BY 1, 2""",
        [first_month],
    )


def use_case(connection: sqlite3.Connection, identity: str) -> Row | None:
    return row(connection, "SELECT * FROM use_cases WHERE id = ?", [identity])


def merged_into(connection: sqlite3.Connection, identity: str) -> str | None:
    """The use case into which a person merged this one."""
    found = row(
        connection, "SELECT into_id FROM merged_use_cases WHERE use_case_id = ?", [identity]
    )
    return str(found["into_id"]) if found else None


def open_deadlines(connection: sqlite3.Connection, today: str, limit: int) -> list[Row]:
    """Dates that lie ahead, the next first; `today` is a day in Tokyo, YYYY-MM-DD."""
    return rows(
        connection,
        """SELECT d.*, u.name_ja, u.name_en, u.subject, u.identifier,
                  cast(julianday(d.due) - julianday(:today) AS INTEGER) AS days_left
           FROM deadlines d LEFT JOIN use_cases u ON u.id = d.use_case_id
           WHERE d.state = 'open' AND d.due >= :today ORDER BY d.due, d.time, d.id LIMIT :limit""",
        {"today": today, "limit": limit},
    )


_PROMISE = """
    SELECT p.*, u.name_ja, u.name_en, u.identifier, u.subject, u.sector, f.document_id
    FROM promises p JOIN use_cases u ON u.id = p.use_case_id
    LEFT JOIN findings f ON f.id = p.finding_id
"""


def promise(connection: sqlite3.Connection, identity: str) -> Row | None:
    return row(connection, _PROMISE + " WHERE p.id = ?", [identity])


def promises_of(connection: sqlite3.Connection, use_case_id: str) -> list[Row]:
    return rows(connection, _PROMISE + " WHERE p.use_case_id = ? ORDER BY p.at", [use_case_id])


def promises(connection: sqlite3.Connection, limit: int = 500) -> list[Row]:
    return rows(connection, _PROMISE + " ORDER BY p.at DESC LIMIT ?", [limit])


_COMPARISON = """
    SELECT c.promise_id, c.days, c.opened_at, p.quotation, p.speaker, p.office, p.body,
           p.at AS promised_at, p.venue, p.url AS promise_url, p.verdict, p.use_case_id,
           u.name_ja, u.name_en, u.identifier, u.subject, u.sector,
           f.id AS finding_id, f.evidence, f.actor, f.stage, f.at, d.url, d.title,
           s.publisher_ja, s.publisher_en
    FROM comparisons c JOIN promises p ON p.id = c.promise_id
    JOIN use_cases u ON u.id = p.use_case_id
    JOIN findings f ON f.id = c.finding_id
    JOIN documents d ON d.id = f.document_id
    JOIN sources s ON s.id = d.source_id
"""


def open_comparisons(connection: sqlite3.Connection, limit: int) -> list[Row]:
    """Promises beside later findings that a person has not judged yet, newest finding first."""
    return rows(
        connection,
        _COMPARISON + " WHERE p.verdict IS NULL ORDER BY f.at DESC, f.id LIMIT ?",
        [limit],
    )


def comparisons_of_promise(connection: sqlite3.Connection, promise_id: str) -> list[Row]:
    return rows(
        connection, _COMPARISON + " WHERE p.id = ? ORDER BY f.at, f.id LIMIT 200", [promise_id]
    )


def comparisons_of(connection: sqlite3.Connection, use_case_id: str) -> list[Row]:
    return rows(
        connection,
        _COMPARISON + " WHERE p.use_case_id = ? ORDER BY f.at, f.id LIMIT 200",
        [use_case_id],
    )
