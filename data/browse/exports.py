"""One use case as JSON, CSV and calendar; what each field means stands in docs/browse.md."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
from datetime import timedelta

from icalendar import Calendar, Event

from data.browse import ledger_queries as ledger
from data.browse import links, words
from data.browse import source_queries as sourced
from data.browse.feeds import event_text, event_title, event_urn
from data.browse.records import found
from data.browse.rows import Row
from data.browse.visit import Finished, Visit
from data.clock import from_text, now, tokyo
from data.deadlines import deadlines_calendar
from data.licence import FIELDS_NOT_COVERED, LICENCE

SCHEMA = "scopewatch-use-case-1"
DOCUMENTS = 500
DEADLINES = 500
EVENT_FIELDS = (
    "id", "kind", "at", "recorded_at", "stage_before", "stage_after", "standing", "finding_id",
    "against_finding_id", "actor", "evidence", "source_id", "source_class", "title", "url",
)  # fmt: skip
"""The columns of an event in CSV and JSON, in this order; a new one is added at the end."""


def use_case_json(connection: sqlite3.Connection, visit: Visit) -> Finished:
    """Everything public about one use case, as one JSON object of the schema `scopewatch-use-case-1`."""
    use = found(ledger.use_case(connection, visit.matched["id"]))
    baseline = json.loads(use.pop("baseline") or "null")
    value = {
        "schema": SCHEMA,
        "use_case": use,
        "baseline": baseline,
        "events": [_event(row) for row in ledger.told_events_of(connection, use["id"])],
        "promises": ledger.promises_of(connection, use["id"]),
        "comparisons": ledger.comparisons_of(connection, use["id"]),
        "documents": sourced.documents_of_use_case(connection, use["id"], DOCUMENTS),
        "page": f"{visit.origin}/-/use-case/{use['id']}",
        "licence": LICENCE,
        "not_covered": FIELDS_NOT_COVERED,
    }
    body = json.dumps(value, ensure_ascii=False, indent=1)
    return Finished(body=body, content_type="application/json; charset=utf-8")


def _event(row: Row) -> Row:
    return {field: row[field] for field in EVENT_FIELDS}


def use_case_csv(connection: sqlite3.Connection, visit: Visit) -> Finished:
    """The events of one use case as CSV (RFC 4180), UTF-8 with a BOM, because Excel reads no other."""
    use = found(ledger.use_case(connection, visit.matched["id"]))
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(EVENT_FIELDS)
    for row in ledger.told_events_of(connection, use["id"]):
        writer.writerow([inert(row[field]) for field in EVENT_FIELDS])
    return Finished(body="\ufeff" + out.getvalue(), content_type="text/csv; charset=utf-8")


def inert(value: object) -> str:
    """A cell that no spreadsheet runs as a formula (OWASP, CSV injection)."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


def use_case_calendar(connection: sqlite3.Connection, visit: Visit) -> Finished:
    """The rungs of one use case as days of a calendar (RFC 5545)."""
    use = found(ledger.use_case(connection, visit.matched["id"]))
    calendar = Calendar()
    calendar.add("prodid", "-//scopewatch//ledger//EN")
    calendar.add("version", "2.0")
    title = words.title_of(use["subject"], use["identifier"], visit.language)
    calendar.add("x-wr-calname", f"scopewatch · {title}")
    for row in ledger.told_events_of(connection, use["id"]):
        day = tokyo(from_text(row["at"])).date()
        entry = Event()
        entry.add("uid", event_urn(row))
        entry.add("dtstamp", from_text(row["recorded_at"]))
        entry.add("dtstart", day)
        entry.add("dtend", day + timedelta(days=1))
        entry.add("summary", event_title(row, visit.language))
        entry.add("description", event_text(row, visit.language))
        entry.add("url", visit.origin + links.record("finding", row["finding_id"]))
        entry.add("transp", "TRANSPARENT")
        calendar.add_component(entry)
    body: str = calendar.to_ical().decode()
    return Finished(body=body, content_type="text/calendar; charset=utf-8")


def deadlines_ics(connection: sqlite3.Connection, visit: Visit) -> Finished:
    """The open dates ahead as a calendar."""
    today = f"{tokyo(now()):%Y-%m-%d}"
    body = deadlines_calendar(ledger.open_deadlines(connection, today, DEADLINES)).decode()
    return Finished(body=body, content_type="text/calendar; charset=utf-8")
