"""The sources table, how each run over a source went, and the health that follows from it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import Any

from data.clock import now, to_text
from data.models import SourceRun
from data.store.connection import Store
from data.store.rows import insert, stored_json

USUAL_RUNS = 14
HALF_YEAR = timedelta(days=182)
"""Runs that make up a source's usual number of items: two weeks of a daily source."""

READ = frozenset({"ok", "stale"})
"""States of a source that was read: a stale one answers, but has been silent for longer than is usual."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceRecord:
    """A source as the public table shows it; the YAML in crawler/sources/ is its origin."""

    id: str
    publisher_ja: str
    publisher_en: str
    name_ja: str
    name_en: str
    source_group: str
    source_class: str
    kind: str
    url: str
    enabled: bool
    disabled_reason: str | None
    cadence_minutes: int
    silence_days: float | None
    terms: str


def save_sources(store: Store, sources: Iterable[SourceRecord]) -> None:
    """Write the sources as their YAML says them now; sources that are gone keep their row, disabled."""
    rows = _rows(sources)
    with store.writing_public() as db:
        db.execute(
            "UPDATE sources SET enabled = 0, disabled_reason = 'no longer in the catalogue' "
            "WHERE enabled AND id NOT IN (SELECT value FROM json_each(?))",
            [stored_json([row["id"] for row in rows])],
        )
        db.table("sources").upsert_all(rows, pk="id")


def add_sources(store: Store, sources: Iterable[SourceRecord]) -> None:
    """Write these sources as they are now and leave all others as they stand."""
    rows = _rows(sources)
    with store.writing_public() as db:
        db.table("sources").upsert_all(rows, pk="id")


def _rows(sources: Iterable[SourceRecord]) -> list[dict[str, Any]]:
    return [{field: getattr(one, field) for field in SourceRecord.__slots__} for one in sources]


def last_attempts(store: Store) -> dict[str, str]:
    """When each source was last attempted, as stored UTC text."""
    return {
        row["source_id"]: row["last_attempt_at"]
        for row in store.public.query("SELECT source_id, last_attempt_at FROM source_health")
    }


def record_source_run(store: Store, run: SourceRun, run_id: int | None = None) -> None:
    """Keep how one reading of a source went and bring its health row up to date, in one transaction."""
    with store.writing_public() as db:
        insert(
            db,
            "source_runs",
            {
                "source_id": run.source_id,
                "run_id": run_id,
                "started_at": to_text(run.started_at),
                "finished_at": to_text(run.finished_at),
                "outcome": run.outcome,
                "requests": run.requests,
                "bytes": run.bytes,
                "items_seen": run.items_seen,
                "items_new": run.items_new,
                "items_changed": run.items_changed,
                "dropped": stored_json(run.dropped),
                "dated_share": run.dated_share,
                "detail": run.detail,
                "extra": stored_json(run.extra),
            },
        )
        before = next(
            iter(db.query("SELECT * FROM source_health WHERE source_id = ?", [run.source_id])), None
        )
        health = _health(run, before, _usual_items(db, run))
        insert(db, "source_health", health, otherwise="REPLACE")


def _usual_items(db: Any, run: SourceRun) -> float | None:
    counts = [
        row["items_seen"]
        for row in db.query(
            "SELECT items_seen FROM source_runs WHERE source_id = ? AND outcome = 'ok' AND started_at <= ? "
            "ORDER BY started_at DESC LIMIT ?",
            [run.source_id, to_text(run.started_at), USUAL_RUNS],
        )
    ]
    return median(counts) if counts else None


def _health(run: SourceRun, before: dict[str, Any] | None, usual: float | None) -> dict[str, Any]:
    finished = to_text(run.finished_at)
    well = run.outcome in READ
    changed = before is None or before["state"] != run.outcome
    earlier = before or {}
    return {
        "source_id": run.source_id,
        "state": run.outcome,
        "since": finished if changed else earlier["since"],
        "last_attempt_at": finished,
        "last_success_at": finished if well else earlier.get("last_success_at"),
        "last_new_item_at": finished if run.items_new else earlier.get("last_new_item_at"),
        "consecutive_failures": 0 if well else earlier.get("consecutive_failures", 0) + 1,
        "usual_items": usual,
        "detail": run.detail,
    }


def record_issue(
    store: Store,
    *,
    at: datetime,
    kind: str,
    detail: str,
    source_id: str | None = None,
    url: str | None = None,
) -> None:
    """Keep one thing that went wrong, for the doctor, the digest and the source's page."""
    with store.writing_public() as db:
        db.table("issues").insert(
            {
                "at": to_text(at),
                "source_id": source_id,
                "url": url,
                "kind": kind,
                "detail": detail[:2000],
            }
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """What a digest says about what was read: promise 2 of design.md."""

    enabled: int
    read: int
    failing: tuple[dict[str, Any], ...]
    """Rows of source_health that are not `ok`, with the names of source and publisher, the longest-failing
    first. A `stale` source stands here too, although it was read: its silence is told."""
    never_read: int


def coverage(store: Store, since: datetime) -> Coverage:
    """Which enabled sources were read successfully since a moment, and which fail since when."""
    rows = list(
        store.public.query(
            "SELECT s.id, s.publisher_ja, s.publisher_en, s.name_ja, s.name_en, s.url, h.state, h.since, h.last_success_at, "
            "h.consecutive_failures, h.detail FROM sources s "
            "LEFT JOIN source_health h ON h.source_id = s.id WHERE s.enabled ORDER BY h.since, s.id"
        )
    )
    start = to_text(since)
    return Coverage(
        enabled=len(rows),
        read=sum(1 for row in rows if row["last_success_at"] and row["last_success_at"] >= start),
        failing=tuple(row for row in rows if row["state"] not in (None, "ok")),
        never_read=sum(1 for row in rows if row["state"] is None),
    )


def health_rows(store: Store) -> list[dict[str, Any]]:
    """Each enabled source with its health and the counts of its last run; never read ones have nulls.

    `usual_gap_days` lies between two days with something new and `text_share` is the share of documents
    with a text, both over the last half year. A run of a clock that ran ahead is not the last one.
    """
    return list(
        store.public.query(
            "WITH days AS (SELECT source_id, date(coalesce(published_at, fetched_at)) AS day, "
            "count(*) AS items, sum(status IN ('ok', 'truncated')) AS texts FROM documents "
            "WHERE coalesce(published_at, fetched_at) >= ? GROUP BY source_id, day), "
            "shape AS (SELECT source_id, (julianday(max(day)) - julianday(min(day))) / "
            "nullif(count(*) - 1, 0) AS usual_gap_days, 1.0 * sum(texts) / sum(items) AS text_share "
            "FROM days GROUP BY source_id) "
            "SELECT s.id, s.publisher_ja, s.publisher_en, s.name_ja, s.name_en, h.state, h.since, h.last_attempt_at, h.last_success_at, "
            "h.last_new_item_at, h.consecutive_failures, h.usual_items, h.detail, "
            "r.items_seen, r.items_new, r.dated_share, shape.usual_gap_days, shape.text_share FROM sources s "
            "LEFT JOIN source_health h ON h.source_id = s.id "
            "LEFT JOIN shape ON shape.source_id = s.id "
            "LEFT JOIN source_runs r ON r.id = "
            "(SELECT id FROM source_runs WHERE source_id = s.id AND started_at <= ? "
            "ORDER BY started_at DESC, id DESC LIMIT 1) "
            "WHERE s.enabled ORDER BY s.id",
            [to_text(now() - HALF_YEAR), to_text(now())],
        )
    )
