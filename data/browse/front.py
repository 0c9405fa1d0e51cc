"""The front page and the ladder: what changed lately, where every use stands, how complete the reading was."""

from __future__ import annotations

import sqlite3
from datetime import timedelta

from data.browse import ledger_queries as ledger
from data.browse.charts import StackedBars, months_until, stacked_bars
from data.browse.rows import Row, row
from data.browse.source_queries import sources
from data.browse.visit import Page, Visit
from data.clock import from_text, now, to_text, tokyo
from data.vocabulary import Identifier, Sector, Stage

LATEST = 8
ON_THE_FRONT = 20
"""Use cases that the front page shows before it points to the whole ladder."""
ON_A_PAGE = 100
COMPARISONS = 6
DEADLINES = 12
MONTHS = 24


def front(connection: sqlite3.Connection, visit: Visit) -> Page:
    """What changed lately, the ladder, comparisons, coverage and the chart of events."""
    sector, identifier = visit.choice("sector", Sector), visit.choice("identifier", Identifier)
    counts = ledger.ladder_counts(connection, sector=sector, identifier=identifier)
    return Page(
        template="front.html",
        context={
            "events": ledger.latest_events(
                connection, LATEST, sector=sector, identifier=identifier
            ),
            "use_cases": ledger.ladder(
                connection, sector=sector, identifier=identifier, limit=ON_THE_FRONT
            ),
            "use_case_count": sum(cell["n"] for cell in counts),
            "counts": counts_by_sector(counts),
            "comparisons": ledger.open_comparisons(connection, COMPARISONS),
            "deadlines": ledger.open_deadlines(connection, f"{tokyo(now()):%Y-%m-%d}", DEADLINES),
            "coverage": coverage(connection),
            "chart": chart(connection),
            "saved_filters": list(visit.filters),
            "chosen_sector": sector,
            "chosen_identifier": identifier,
        },
    )


def whole_ladder(connection: sqlite3.Connection, visit: Visit) -> Page:
    """Every use case that stands on a rung, filtered by sector, identifier and stage."""
    sector, identifier = visit.choice("sector", Sector), visit.choice("identifier", Identifier)
    stage = visit.choice("stage", Stage)
    counts = ledger.ladder_counts(connection, sector=sector, identifier=identifier)
    total = sum(cell["n"] for cell in counts if stage in (None, cell["stage"]))
    page = max(1, int(visit.matched.get("page") or 1))
    return Page(
        template="ladder.html",
        context={
            "use_cases": ledger.ladder(
                connection,
                sector=sector,
                identifier=identifier,
                stage=stage,
                limit=ON_A_PAGE,
                skip=(page - 1) * ON_A_PAGE,
            ),
            "total": total,
            "next_page": page + 1 if page * ON_A_PAGE < total else None,
            "chosen_sector": sector,
            "chosen_identifier": identifier,
            "chosen_stage": stage,
        },
    )


def counts_by_sector(counts: list[Row]) -> list[tuple[str, dict[str, int]]]:
    """The sectors that have a use, in the vocabulary's order, with their numbers by stage."""
    table: dict[str, dict[str, int]] = {}
    for cell in counts:
        table.setdefault(cell["sector"], {})[cell["stage"]] = cell["n"]
    return [(sector.value, table[sector]) for sector in Sector if sector in table]


def coverage(connection: sqlite3.Connection) -> Row:
    """How many enabled sources were read in the 24 hours before the last attempt, and which fail."""
    enabled = [source for source in sources(connection) if source["enabled"]]
    attempts = [source["last_attempt_at"] for source in enabled if source["last_attempt_at"]]
    last = max(attempts, default=None)
    start = to_text(from_text(last) - timedelta(hours=24)) if last else ""
    failing = [source for source in enabled if source["state"] not in (None, "ok")]
    return {
        "at": last,
        "enabled": len(enabled),
        "read": sum(1 for s in enabled if last and (s["last_success_at"] or "") >= start),
        "failing": failing,
        "failing_since": min((source["since"] for source in failing), default=None),
        "never_read": sum(1 for source in enabled if source["state"] is None),
    }


def chart(connection: sqlite3.Connection) -> StackedBars:
    """Events that are news, by month in Tokyo and sector, over the last two years of the ledger."""
    newest = row(
        connection,
        "SELECT at FROM events WHERE state = 'live' AND kind != 'repeat' ORDER BY at DESC LIMIT 1",
    )
    last = tokyo(from_text(newest["at"]) if newest else now())
    months = months_until(f"{last:%Y-%m}", MONTHS)
    # The first month begins at midnight in Tokyo, 15:00 UTC of the day before: one day early is
    # early enough, and what falls before the first month has no column.
    first = to_text(from_text(f"{months[0]}-01T00:00:00Z") - timedelta(days=1))
    return stacked_bars(ledger.events_by_month(connection, first), months)
