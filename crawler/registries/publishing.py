"""Bring bills and consultations into the ledger: notices of a bill's steps, findings of what names it, deadlines.

A bill says what it opens in its outline, or the minister says it when presenting it. The uses found there
are the bill's; every dated step and every official document that names the bill by its full title or its
law's number is evidence of them, with the stage that the bill had that day (settled cases 11 and 35).
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time

from crawler.registries.answers import day_in
from crawler.registries.bills import bill_in
from crawler.registries.public_comments import deadline_in
from crawler.source import Source
from data.bills import PASSED, Bill, BillStep, merged, plain_title, stage_on
from data.clock import TOKYO, from_text, to_text, tokyo
from data.fingerprint import simhash64
from data.models import Document, Finding, Moment, Reading, UseCaseKey
from data.statute_watch import identifier_named, watch_list
from data.store.connection import Store
from data.store.deadlines import Deadline, save_deadlines
from data.store.documents import save_document, versions
from data.store.findings import JOINED, add_findings, save_reading
from data.store.registries import (
    KeptText,
    bill_is_kept,
    bills_kept,
    comment_deadline,
    official_naming,
    official_naming_since,
    revisions_caused,
    save_bill,
    texts_of_sources,
)
from data.systems import System, load_systems
from data.vocabulary import Identifier, Sector, SourceClass, Stage

BILL_READERS = frozenset({"bills_representatives", "bills_councillors"})
COMMENT_READERS = frozenset({"public_comments"})
SESSION_ENDS = "session_ends"
"""The variable of a bills' source that names the last day of the session: what is not passed then falls."""
_SENTENCE = re.compile(r"[^。\n]+。?")
_WORDS = {"submitted": "提出", "plenary": "可決", "promulgated": "公布"}


TABLES = System(
    id=Sector.OTHER,
    sector=Sector.OTHER,
    ja="別表",
    en="tables of uses",
    body="",
    note="what a bill opens that names no system",
    aliases=("利用することができる事務", "利用可能事務", "利用事務", "利用範囲", "利用の範囲"),
    domain="別表",
)


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
            naming = _naming(store, bill, since)
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


def on_topic(bill: Bill) -> bool:
    """Whether the title names a followed law or an identifier."""
    return identifier_of(bill) is not None


def identifier_of(bill: Bill) -> Identifier | None:
    """The identifier whose law the bill amends: 番号法 before the others, for its tables open the uses."""
    title = plain_title(bill.title)
    for law in watch_list().laws:
        if law.title in title or law.short in title:
            return law.identifier
    return identifier_named(f"{bill.title}\n{bill.outline}")


def _naming(store: Store, bill: Bill, since: datetime | None) -> list[KeptText]:
    """The official documents that name the bill or its law, without the registers' own."""
    known = bills_kept(store.public, bill.key)
    if since and known and known[0]["law_number"] == bill.law_number:
        found = official_naming_since(store, names_of(bill), since, bill.key)
    else:
        found = official_naming(store, names_of(bill))
    return [one for one in found if not _of_a_register(one) and names_bill(one, bill)]


def _settled(
    store: Store, bill: Bill, naming: list[KeptText], since: datetime, today: date
) -> bool:
    """True when neither the bill nor a document that names it has changed since."""
    start = to_text(since)
    older = all(one.fetched_at < start for one in naming)
    return older and bill_is_kept(store, bill, today)


def publish_bill(
    store: Store,
    bill: Bill,
    source_id: str,
    naming: list[KeptText],
    today: date,
    read_at: datetime,
) -> tuple[int, int]:
    """Keep one bill with its notices under its source, and join the documents that name it: how many of each."""
    uses = uses_of(bill, naming)
    kept = [_save_notice(store, bill, source_id, step, uses, read_at) for step in milestones(bill)]
    for document in naming:
        # The law's own tables speak for themselves; a notice of them is only linked.
        if document.source_class != SourceClass.LAW or document.source_id != "egov_law_revisions":
            _join(store, bill, document, uses)
    save_bill(store, bill, [*kept, *(one.id for one in naming)], today)
    return len(kept), len(naming)


def _of_a_register(document: KeptText) -> bool:
    """True for the bills' own pages and the notices of their steps."""
    return bill_in(document.text) is not None or document.read_model == JOINED


def names_of(bill: Bill) -> list[str]:
    """How documents name the bill or its law: the title without 案, and the number in both numerals."""
    names = [bill.title.removesuffix("案")]
    if bill.law_number:
        names += [bill.law_number, _in_kanji(bill.law_number)]
    return names


def _in_kanji(law_number: str) -> str:
    return re.sub(r"\d+", lambda number: _kanji(int(number[0])), law_number)


def _kanji(number: int) -> str:
    """A number below 10,000 as statutes write it: 三十八, 百二."""
    words = ""
    for value, unit in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, number = divmod(number, value)
        if digit:
            words += ("" if digit == 1 and unit else "〇一二三四五六七八九"[digit]) + unit
    return words


def names_bill(document: KeptText, bill: Bill) -> bool:
    """Whether a document that has the title's words means this bill: not one of another year with its title.

    A title such as 「…の一部を改正する法律」 comes back every few years; so the document's day has to lie
    between the submission and three years after the last step, unless it gives the law's number.
    """
    body = f"{document.title}\n{document.text}"
    if bill.law_number and any(name in body for name in names_of(bill)[1:]):
        return True
    day = _day_of(document)
    first, last = bill.submitted, bill.steps[-1].on if bill.steps else None
    return bool(first and last and first <= day and (day - last).days <= 3 * 366)


def _day_of(document: KeptText) -> date:
    return tokyo(from_text(document.published_at or document.fetched_at)).date()


def uses_of(bill: Bill, naming: Iterable[KeptText]) -> list[System]:
    """The systems that the bill opens: named in its outline, else where the Diet heard it presented.

    Where neither names one and it is about the tables of uses, these stand for what they will open.
    """
    if bill.outline:
        return opened_in(bill.outline)
    spoken = (one for one in naming if one.source_class == SourceClass.DIET)
    return next((found for one in spoken if (found := opened_in(_purpose(one.text, bill)))), [])


def opened_in(text: str) -> list[System]:
    plain = unicodedata.normalize("NFKC", text)
    tables = [TABLES] if any(word in plain for word in (TABLES.ja, *TABLES.aliases)) else []
    return systems_in(text) or tables


def _purpose(text: str, bill: Bill) -> str:
    """From the first sentence that names the bill on, what says that something may be used."""
    body = text[text.find(bill.title.removesuffix("案")) :]
    words = ("利用", "提供", "連携", "一体化", "記録")
    return "".join(one for one in _SENTENCE.findall(body) if any(word in one for word in words))


def systems_in(text: str) -> list[System]:
    """The systems whose name or alias stands in `text`, in the lexicon's order."""
    plain = unicodedata.normalize("NFKC", text)
    return [
        system
        for system in load_systems().values()
        if any(alias in plain for alias in (system.ja, *system.aliases))
    ]


def milestones(bill: Bill) -> Iterator[BillStep]:
    """The steps that are news: submission, what a house passed, promulgation, and how a failed bill ended."""
    for step in bill.steps:
        if step.step in ("submitted", "promulgated") or (
            step.step == "plenary" and step.result in PASSED
        ):
            yield step
    if bill.outcome == "failed" and bill.steps and bill.steps[-1].step != "submitted":
        yield bill.steps[-1]


def _save_notice(
    store: Store,
    bill: Bill,
    source_id: str,
    step: BillStep,
    uses: list[System],
    read_at: datetime,
) -> str:
    """A notice of one step, kept once with its findings; gives its id."""
    result = _WORDS.get(step.step, step.result)
    ended = step.step == "plenary" and step.on == bill.enacted_on
    said = f"{step.result or result}{'、成立' if ended else ''}"
    title = f"{bill.key} {bill.title} {step.on.isoformat()} {said}"
    house = {"representatives": "衆議院 ", "councillors": "参議院 "}.get(step.house, "")
    text = "\n".join(
        line
        for line in (f"{house}{result} {step.result}".strip(), bill.proposer, bill.outline)
        if line
    )
    name = f"{bill.key}|{step.step}|{step.house}|{step.on.isoformat()}"
    digest = hashlib.sha256(text.encode()).hexdigest()
    document = Document(
        id=hashlib.sha256(name.encode()).hexdigest()[:20],
        source_id=source_id,
        url=bill.url,
        title=title,
        text=text,
        published=Moment(
            at=datetime.combine(step.on, time(), TOKYO), precision="day", raw=step.on.isoformat()
        ),
        fetched_at=read_at,
        encoding="utf-8",
        kind="json",
        status="ok",
        body_sha256=digest,
        text_sha256=digest,
        simhash=simhash64(f"{title}\n{text}"),
    )
    save_document(store, document)
    version: int = max(row["version"] for row in versions(store, document.id))
    stage = stage_on(bill, step.on)
    findings = _findings(bill, uses, stage, f"{title}\n{text}") if stage else ()
    save_reading(
        store,
        Reading(document_id=document.id, version=version, gated=False, findings=findings),
        JOINED,
    )
    return document.id


def _join(store: Store, bill: Bill, document: KeptText, uses: list[System]) -> None:
    stage = stage_on(bill, _day_of(document))
    body = f"{document.title}\n{document.text}"
    findings = _findings(bill, uses, stage, body) if stage else ()
    add_findings(
        store,
        Reading(document_id=document.id, version=document.version, gated=False, findings=findings),
    )


def _findings(bill: Bill, uses: list[System], stage: Stage, body: str) -> tuple[Finding, ...]:
    """One finding per use; a document has room for one per sector, so the first system of each is taken."""
    identifier = identifier_of(bill) or Identifier.NUMBER
    by_sector = {system.sector: system for system in reversed(uses)}
    return tuple(
        Finding(
            sector=system.sector,
            identifier=identifier,
            stage=stage,
            unlawful=False,
            evidence=quotation,
            start=body.index(quotation),
            end=body.index(quotation) + len(quotation),
            score=1.0,
            domain=system.domain,
            system=system.id if system is not TABLES else None,
            actor="国会",
            why=(f"bill {bill.key}", bill.law_number or bill.outcome, bill.url),
        )
        for system in by_sector.values()
        if (quotation := _quotation(body, system, bill))
    )


def _quotation(body: str, system: System, bill: Bill) -> str:
    """The sentence that names the system, else the one that names the bill or its law."""
    for words in ((system.ja, *system.aliases), names_of(bill)):
        for match in _SENTENCE.finditer(body):
            if any(word in match[0] for word in words):
                return match[0].strip()
    return ""


def _closing_days(store: Store, moment: datetime, sources: Iterable[str]) -> Iterator[Deadline]:
    """The closing times of consultations whose title or text names an identifier or a followed law."""
    for document in texts_of_sources(store, sources):
        body = f"{document.title}\n{document.text}"
        due = deadline_in(document.text)
        if due and (identifier_named(body) or any(law.short in body for law in watch_list().laws)):
            yield comment_deadline(store, document, due, moment)
