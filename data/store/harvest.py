"""What the crawler asks of the store and writes to it in one go: batches, sightings, validators."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from data.clock import from_text, now, to_text
from data.models import Entry, Moment
from data.store.connection import Store
from data.store.rows import insert, stored_json
from data.store.validators import Validator

LATEST_RUNS = 100
"""Runs that say how a source usually is: years of hourly ones are neither read nor meant."""


@dataclass(frozen=True, slots=True)
class Stored:
    """What is kept of a document that a source shows again."""

    title: str
    status: str
    fetched_at: datetime
    last_seen_at: datetime
    text_sha256: str


def stored_documents(store: Store, ids: Collection[str]) -> dict[str, Stored]:
    """Those of `ids` that are stored, with what decides whether they are fetched again."""
    rows = store.public.query(
        "SELECT id, title, status, fetched_at, last_seen_at, text_sha256 FROM documents "
        "WHERE id IN (SELECT value FROM json_each(?))",
        [stored_json(list(ids))],
    )
    return {
        row["id"]: Stored(
            row["title"],
            row["status"],
            from_text(row["fetched_at"]),
            from_text(row["last_seen_at"]),
            row["text_sha256"],
        )
        for row in rows
    }


def read_at(store: Store, source_id: str) -> datetime | None:
    """When a source was last read well, None if it never was."""
    rows = store.public.query(
        "SELECT last_success_at FROM source_health WHERE source_id = ?", [source_id]
    )
    at = next((row["last_success_at"] for row in rows), None)
    return from_text(at) if at else None


def standing_documents(
    store: Store, source_id: str, before: datetime
) -> dict[str, tuple[Entry, Stored]]:
    """The documents that the source's lists held when last read and whose text was fetched before a moment.

    As many as the last good run counted, the last seen first; each with its entry as it is stored.
    """
    rows = store.public.query(
        "SELECT * FROM (SELECT id, title, url, status, outlet, published_at, published_precision, "
        "published_raw, fetched_at, last_seen_at, text_sha256 FROM documents WHERE source_id = :source "
        "ORDER BY last_seen_at DESC, fetched_at DESC LIMIT coalesce((SELECT items_seen FROM source_runs "
        "WHERE source_id = :source AND outcome IN ('ok', 'stale') AND started_at <= :now "
        "ORDER BY started_at DESC, id DESC LIMIT 1), 0)) "
        "WHERE fetched_at <= :before AND status != 'title_only'",
        {"source": source_id, "now": to_text(now()), "before": to_text(before)},
    )
    return {
        row["id"]: (
            Entry(
                title=row["title"],
                url=row["url"],
                published=_moment(row),
                outlet=row["outlet"],
            ),
            Stored(
                row["title"],
                row["status"],
                from_text(row["fetched_at"]),
                from_text(row["last_seen_at"]),
                row["text_sha256"],
            ),
        )
        for row in rows
    }


def _moment(row: dict[str, Any]) -> Moment | None:
    if row["published_at"] is None:
        return None
    return Moment(
        at=from_text(row["published_at"]),
        precision=row["published_precision"],
        raw=row["published_raw"] or "",
    )


def shared_addresses(store: Store, source_id: str) -> set[str]:
    """The addresses under which a source has announced more than one document."""
    rows = store.public.query(
        "SELECT url FROM documents WHERE source_id = ? GROUP BY url HAVING count(*) > 1",
        [source_id],
    )
    return {row["url"] for row in rows}


def record_sightings(store: Store, source_id: str, ids: Iterable[str], at: datetime) -> None:
    """Note that stored documents stand in their source still."""
    with store.writing_public() as db:
        db.execute(
            "UPDATE documents SET last_seen_at = ? WHERE last_seen_at < ? AND source_id = ? "
            "AND id IN (SELECT value FROM json_each(?))",
            [to_text(at), to_text(at), source_id, stored_json(list(ids))],
        )


def save_validators(store: Store, found: Iterable[tuple[str, Validator]], at: datetime) -> None:
    """As `save_validator`, for several; the same promise: what the bodies held is stored already."""
    rows = [
        {
            "url": key,
            "etag": validator.etag,
            "last_modified": validator.last_modified,
            "body_sha256": validator.body_sha256,
            "checked_at": to_text(at),
        }
        for key, validator in found
    ]
    if rows:
        with store.writing_private() as db:
            for row in rows:
                insert(db, "validators", row, otherwise="REPLACE")


@dataclass(frozen=True, slots=True)
class Past:
    """What earlier runs over a source say about how it usually is."""

    usual_items: float | None
    last_items: int
    newest_at: datetime | None
    """The latest known date of one of its documents, or when one was first stored."""
    runs: int
    dated_share: float | None = None
    """The share of items with a date, over the latest runs that went well."""


def past_of(store: Store, source_id: str) -> Past:
    """The history of one source, for judging its present run.

    A run that the clock has not reached began while it ran ahead: it must not stay the last one for years.
    """
    known = {"source": source_id, "now": to_text(now()), "most": LATEST_RUNS}
    last = next(
        store.public.query(
            "SELECT items_seen FROM source_runs WHERE source_id = :source AND outcome IN ('ok', 'stale') "
            "AND started_at <= :now ORDER BY started_at DESC, id DESC LIMIT 1",
            known,
        ),
        {"items_seen": 0},
    )
    usual = next(
        store.public.query(
            "SELECT usual_items FROM source_health WHERE source_id = ?", [source_id]
        ),
        {"usual_items": None},
    )
    well = next(
        store.public.query(
            "SELECT count(*) AS runs, avg(dated_share) AS dated FROM (SELECT dated_share FROM source_runs "
            "WHERE source_id = :source AND outcome = 'ok' AND started_at <= :now "
            "ORDER BY started_at DESC, id DESC LIMIT :most)",
            known,
        )
    )
    newest = next(
        store.public.query(
            "SELECT max(coalesce(published_at, fetched_at)) AS newest FROM documents "
            "WHERE source_id = :source AND fetched_at <= :now",
            known,
        )
    )["newest"]
    return Past(
        usual["usual_items"],
        last["items_seen"],
        from_text(newest) if newest else None,
        well["runs"],
        well["dated"],
    )


def is_stale(store: Store, source_id: str) -> bool:
    """Whether the source answered last time, and had had nothing new for longer than is usual."""
    rows = store.public.query("SELECT state FROM source_health WHERE source_id = ?", [source_id])
    return any(row["state"] == "stale" for row in rows)


@dataclass(frozen=True, slots=True)
class Attempt:
    """When a source was last attempted, how that ended, and until when it asked to be left alone."""

    at: datetime
    outcome: str
    failures: int
    paused_until: datetime | None


def attempts(store: Store) -> dict[str, Attempt]:
    """The last attempt of each source that was ever attempted."""
    rows = store.public.query(
        "SELECT h.source_id, h.last_attempt_at, h.state, h.consecutive_failures, "
        "(SELECT json_extract(r.extra, '$.paused_until') FROM source_runs r "
        " WHERE r.source_id = h.source_id AND r.started_at <= ? "
        " ORDER BY r.started_at DESC, r.id DESC LIMIT 1) AS paused_until "
        "FROM source_health h",
        [to_text(now())],
    )
    return {
        row["source_id"]: Attempt(
            from_text(row["last_attempt_at"]),
            row["state"],
            row["consecutive_failures"],
            from_text(row["paused_until"]) if row["paused_until"] else None,
        )
        for row in rows
    }
