"""What the operator's weekly report counts: noise, deaths and silence."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from data.clock import to_text
from data.store.connection import Store
from data.store.rules import RuleCounts, rule_counts


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekCounts:
    """One week of the monitor, for its operator."""

    noisy_sources: list[dict[str, Any]]
    """Sources by findings that were too uncertain or set aside, the noisiest first."""
    rules: RuleCounts
    failing_sources: list[dict[str, Any]]
    dead_parts: list[dict[str, Any]]
    suspensions: list[dict[str, Any]]
    runs: list[dict[str, Any]]
    quarantined: int


def week_counts(store: Store, since: datetime, most: int = 10) -> WeekCounts:
    """Counts since a moment: one query each."""
    start = to_text(since)
    return WeekCounts(
        noisy_sources=list(store.public.query(_NOISY_SOURCES, [start, most])),
        rules=rule_counts(store, start, most),
        failing_sources=list(store.public.query(_FAILING)),
        dead_parts=list(store.private.query(_DEAD, [start])),
        suspensions=list(
            store.private.query("SELECT subscriber, channel, reason FROM suspensions ORDER BY 1, 2")
        ),
        runs=list(store.public.query(_RUNS, [start])),
        quarantined=store.public.execute(
            "SELECT count(*) FROM findings WHERE state = 'quarantined'"
        ).fetchone()[0],
    )


_NOISY_SOURCES = """
    SELECT s.id, s.publisher_ja, s.publisher_en, s.name_ja, s.name_en, count(*) AS n FROM findings f
    JOIN documents d ON d.id = f.document_id JOIN sources s ON s.id = d.source_id
    WHERE f.read_at >= ? AND f.state IN ('also_seen', 'quarantined')
    GROUP BY s.id ORDER BY n DESC, s.id LIMIT ?
"""
_FAILING = """
    SELECT s.id, s.publisher_ja, s.publisher_en, s.name_ja, s.name_en, h.state, h.since, h.consecutive_failures, h.detail FROM source_health h
    JOIN sources s ON s.id = h.source_id WHERE s.enabled AND h.state != 'ok' ORDER BY h.since
"""
_DEAD = """
    SELECT d.subscriber, p.channel, count(*) AS parts, max(p.last_error) AS last_error FROM parts p
    JOIN digests d ON d.id = p.digest_id WHERE p.state = 'dead' AND d.composed_at >= ?
    GROUP BY d.subscriber, p.channel ORDER BY parts DESC
"""
_RUNS = """
    SELECT verb, count(*) AS times, sum(coalesce(exit_status, 99) > 1) AS failed FROM runs
    WHERE started_at >= ? GROUP BY verb ORDER BY verb
"""
