"""The operator's weekly report: what was noisy, what died, what never fired, what bounced."""

from __future__ import annotations

from datetime import datetime, timedelta

from alerts.channels.base import Letter
from data.clock import tokyo
from data.store.connection import Store
from data.store.report import WeekCounts, week_counts
from data.systems import load_systems

WEEK = timedelta(days=7)


def weekly_report(store: Store, at: datetime) -> Letter:
    """The report over the seven days before `at`."""
    counts = week_counts(store, at - WEEK)
    return Letter(
        subject=f"scopewatch: the week to {tokyo(at):%Y-%m-%d}",
        lines=tuple(
            "\n".join((title, *(f"- {line}" for line in lines or ["none"])))
            for title, lines in _sections(counts).items()
        ),
    )


def _sections(counts: WeekCounts) -> dict[str, list[str]]:
    unnamed = sorted(set(load_systems()) - counts.named_systems)
    return {
        "Sources that cannot be read": [
            f"{row['id']}: {row['state']} since {row['since'][:10]}, "
            f"{row['consecutive_failures']} times in a row. {row['detail'][:120]}"
            for row in counts.failing_sources
        ],
        "Noisiest sources (findings below the threshold or set aside)": [
            f"{row['source_id']}: {row['uncertain']}" for row in counts.noisy_sources
        ],
        "Noisiest rules": [f"{row['rule']}: {row['uncertain']}" for row in counts.noisy_rules],
        "Rules that fired before, but not this week": counts.silent_rules,
        f"Systems of the lexicon that no finding ever named ({len(unnamed)} of {len(load_systems())})": (
            [", ".join(unnamed)] if unnamed else []
        ),
        "Deliveries that were given up": [
            f"{row['subscriber']}, {row['channel']}: {row['parts']}. {row['last_error'] or ''}"
            for row in counts.dead_parts
        ],
        "Channels that are switched off": [
            f"{row['subscriber']}, {row['channel']}: {row['reason']}" for row in counts.suspensions
        ],
        "Runs": [f"{row['verb']}: {row['times']}, failed {row['failed']}" for row in counts.runs],
        "Findings set aside (scopewatch doctor shows them)": (
            [str(counts.quarantined)] if counts.quarantined else []
        ),
    }
