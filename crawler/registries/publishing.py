"""Bring bills and consultations into the ledger, and their days to the deadline radar."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from crawler.registries.answers import day_in
from crawler.registries.bill_naming import documents_naming, identifier_of, on_topic
from crawler.registries.bill_notices import publish_bill
from crawler.registries.bill_records import bill_in
from crawler.registries.bill_uses import uses_of
from crawler.registries.public_comments import deadline_in
from crawler.source import Source
from data.bills import Bill, merged
from data.clock import to_text
from data.models import UseCaseKey
from data.statute_watch import identifier_named, watch_list
from data.store.connection import Store
from data.store.deadlines import Deadline, save_deadlines
from data.store.registries import (
    KeptText,
    bill_is_kept,
    comment_deadline,
    revisions_caused,
    texts_of_sources,
)
from data.systems import System
from data.vocabulary import Identifier

BILL_READERS = frozenset({"bills_representatives", "bills_councillors"})
COMMENT_READERS = frozenset({"public_comments"})
SESSION_ENDS = "session_ends"
"""The variable of a bills' source that names the last day of the session: what is not passed then falls."""


@dataclass(frozen=True, slots=True)
class Published:
    """What one pass did: bills that touch an identifier, their notices, documents joined, deadlines kept."""

    bills: int
    notices: int
    joined: int
    deadlines: int


@dataclass(frozen=True, slots=True)
class Registers:
    """The sources that hold bills and consultations, and the day on which the session ends."""

    bills: tuple[str, ...]
    comments: tuple[str, ...]
    session_ends: date | None = None


def registers_of(sources: Iterable[Source]) -> Registers:
    """Which of the sources are read as bills and as consultations, whatever their ids are."""
    every = list(sources)
    bills = [one for one in every if one.registry in BILL_READERS]
    ends = (day_in(one.vars[SESSION_ENDS]) for one in bills if SESSION_ENDS in one.vars)
    return Registers(
        bills=tuple(one.id for one in bills),
        comments=tuple(one.id for one in every if one.registry in COMMENT_READERS),
        session_ends=max((day for day in ends if day), default=None),
    )


def publish(
    store: Store,
    registers: Registers,
    today: date,
    read_at: datetime,
    since: datetime | None = None,
) -> Published:
    """Keep the bills and consultations that are stored as documents; safe to repeat and to be killed.

    Documents that name a bill are looked for among those fetched since `since`; among all where the bill
    or its law's number is new. A bill of which nothing is new is counted and not written again.
    """
    bills = notices = joined = 0
    deadlines: list[Deadline] = []
    for bill, source_id in _bills(store, registers.bills):
        if on_topic(bill) or revisions_caused(store.public, bill.law_id):
            naming = documents_naming(store, bill, since)
            uses = uses_of(bill, naming)
            bills += 1
            if since is None or not _settled(store, bill, naming, since, today):
                made = publish_bill(store, bill, source_id, naming, today, read_at)
                notices, joined = notices + made[0], joined + made[1]
            if registers.session_ends:
                deadlines.append(_last_day(bill, uses, registers.session_ends))
    deadlines += _closing_days(store, read_at, registers.comments)
    save_deadlines(store, deadlines)
    return Published(bills, notices, joined, len(deadlines))


def _bills(store: Store, sources: Iterable[str]) -> list[tuple[Bill, str]]:
    """Bills joined over houses and sessions, each with the source that has it."""
    found: list[Bill] = []
    homes: dict[str, str] = {}
    for document in texts_of_sources(store, sources):
        bill = bill_in(document.text)
        if bill is not None:
            found.append(bill)
            homes.setdefault(bill.key, document.source_id)
    return [(bill, homes[key]) for key, bill in merged(found).items()]


def _settled(
    store: Store, bill: Bill, naming: list[KeptText], since: datetime, today: date
) -> bool:
    """True when neither the bill nor a document that names it has changed since."""
    start = to_text(since)
    older = all(one.fetched_at < start for one in naming)
    return older and bill_is_kept(store, bill, today)


def _last_day(bill: Bill, uses: list[System], session_ends: date) -> Deadline:
    """The end of the session, by which an open bill is passed, carried over or dead."""
    identifier = identifier_of(bill) or Identifier.NUMBER
    return Deadline(
        id=f"bill:{bill.key}",
        kind="bill",
        title_ja=bill.title,
        due=session_ends,
        url=bill.url,
        use_case_id=str(UseCaseKey(uses[0].id, identifier)) if uses else None,
        state="open" if bill.outcome == "open" else "closed",
    )


def _closing_days(store: Store, moment: datetime, sources: Iterable[str]) -> Iterator[Deadline]:
    """The closing times of consultations whose title or text names an identifier or a followed law."""
    for document in texts_of_sources(store, sources):
        body = f"{document.title}\n{document.text}"
        due = deadline_in(document.text)
        if due and (identifier_named(body) or any(law.short in body for law in watch_list().laws)):
            yield comment_deadline(store, document, due, moment)
