"""The operator's weekly report: what was noisy, what died, what never fired, what bounced."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from alerts.channels.base import Letter
from alerts.inert import line
from alerts.render import base_url, render_report
from alerts.report_rules import rule_sections
from alerts.report_sections import Section, section, told
from alerts.words import phrase, since, source_name
from data.clock import tokyo
from data.names import Language
from data.store.connection import Store
from data.store.report import WeekCounts, week_counts

WEEK = timedelta(days=7)
FOLD = 8
"""Rules of a kind that are named; the rest are counted, until somebody asks for all."""


def weekly_report(
    store: Store,
    at: datetime,
    languages: tuple[Language, ...],
    public_url: str | None = None,
    fold: int | None = FOLD,
) -> Letter:
    """The report over the seven days before `at`, in each of `languages`; `fold` None names every rule."""
    counts = week_counts(store, at - WEEK)
    said = {language: _sections(counts, language, fold) for language in languages}
    subject = phrase("report", "subject", languages[0], day=f"{tokyo(at):%Y-%m-%d}")
    return Letter(
        subject=subject,
        lines=tuple(
            "\n".join((one.title, *(f"- {row}" for row in one.rows)))
            for sections in said.values()
            for one in sections
        ),
        html=render_report(subject, said, base_url(public_url)),
    )


def _sections(counts: WeekCounts, language: Language, fold: int | None) -> list[Section]:
    return [
        *_sources(counts, language),
        *rule_sections(counts.rules, language, fold),
        *_deliveries(counts, language),
    ]


def _sources(counts: WeekCounts, language: Language) -> Iterator[Section]:
    failing = [
        told(
            "failing_row",
            language,
            source=source_name(row, language),
            id=row["id"],
            since=since(row, language),
            times=row["consecutive_failures"],
            detail=line(row["detail"], 120),
        )
        for row in counts.failing_sources
    ]
    yield section("failing", failing, language)
    noisy = [
        told("noisy_row", language, source=source_name(row, language), id=row["id"], n=row["n"])
        for row in counts.noisy_sources
    ]
    yield section("noisy", noisy, language)


def _deliveries(counts: WeekCounts, language: Language) -> Iterator[Section]:
    dead = [
        line(f"{row['subscriber']}, {row['channel']}: {row['parts']}. {row['last_error'] or ''}")
        for row in counts.dead_parts
    ]
    yield section("dead", dead, language)
    suspended = [
        line(f"{row['subscriber']}, {row['channel']}: {row['reason']}")
        for row in counts.suspensions
    ]
    yield section("suspended", suspended, language)
    yield section("runs", [told("runs_row", language, **row) for row in counts.runs], language)
    set_aside = [str(counts.quarantined)] if counts.quarantined else []
    yield section("quarantined", set_aside, language)
