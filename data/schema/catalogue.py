"""Which migration sets make up each database, in the order in which they are applied."""

from __future__ import annotations

from sqlite_utils.migrations import Migrations

from data.schema import (
    backfill,
    crawl,
    facets,
    findings,
    ledger,
    outbox,
    registries,
    reviewing,
    reviews,
    rules,
    search,
    statutes,
    stories,
)

PUBLIC: tuple[Migrations, ...] = (
    crawl.PUBLIC,
    findings.PUBLIC,
    ledger.PUBLIC,
    stories.PUBLIC,
    reviews.PUBLIC,
    reviewing.PUBLIC,
    statutes.PUBLIC,
    registries.PUBLIC,
    search.PUBLIC,
    rules.PUBLIC,
    facets.PUBLIC,
)
"""watch.db: what Datasette serves."""

PRIVATE: tuple[Migrations, ...] = (
    crawl.PRIVATE,
    outbox.PRIVATE,
    ledger.PRIVATE,
    reviews.PRIVATE,
    reviewing.PRIVATE,
    backfill.PRIVATE,
)
"""private.db: full texts, validators, subscribers, deliveries, authors of reviews, reviewers. Never served."""
