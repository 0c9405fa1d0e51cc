"""Keep a bill's steps as notices with their findings, and give the documents that name it what it opens.

Every dated step and every official document that names the bill is evidence of the bill's uses, with the
stage that the bill had that day (settled cases 11 and 35).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from crawler.registries.bill_naming import day_of, identifier_of, names_of
from crawler.registries.bill_uses import SENTENCE, TABLES, uses_of
from data.bills import PASSED, Bill, BillStep, stage_on
from data.models import Finding, Reading
from data.notices import notice
from data.store.connection import Store
from data.store.documents import save_document, versions
from data.store.findings import JOINED, add_findings, save_reading
from data.store.registries import KeptText, save_bill
from data.systems import System
from data.vocabulary import Identifier, SourceClass, Stage

_WORDS = {"submitted": "提出", "plenary": "可決", "promulgated": "公布"}


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
    document = notice(
        f"{bill.key}|{step.step}|{step.house}|{step.on.isoformat()}",
        source_id,
        url=bill.url,
        title=title,
        text=text,
        day=step.on,
        read_at=read_at,
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
    stage = stage_on(bill, day_of(document))
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
        for match in SENTENCE.finditer(body):
            if any(word in match[0] for word in words):
                return match[0].strip()
    return ""
