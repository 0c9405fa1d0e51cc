"""Hand the changes of the tables to the ledger: as documents of class `law` with their findings."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime

from crawler.statutes.following import stand_of
from data.models import Document
from data.statute_diff import diff_states
from data.statute_findings import notice_of
from data.statutes import LawRevision
from data.store.connection import Store
from data.store.deadlines import Deadline, save_deadlines
from data.store.documents import save_document, versions
from data.store.findings import save_reading
from data.store.registries import use_cases_of_document
from data.store.statute_changes import changed_pairs

READER = "statutes"
"""The name under which readings are kept; no classifier is to read these documents again."""


@dataclass(frozen=True, slots=True)
class Published:
    """How many revisions opened something, and how many of their notices were not kept before."""

    notices: int
    new: int
    findings: int


def publish(store: Store, since: date, today: date, read_at: datetime) -> Published:
    """Keep a notice of each kept change since a day that opened uses; safe to repeat and to be killed.

    The row of the source `egov_law_revisions` has to be there (`save_sources`).
    """
    notices = new = findings = 0
    for law_id, first, second in changed_pairs(store.public, since):
        old, state = stand_of(store.public, law_id, first), stand_of(store.public, law_id, second)
        diff = diff_states(old.text, state.text)
        notice = notice_of(diff, today, read_at, state.text.sentences)
        if notice is None:
            continue
        document, reading = notice
        saved = save_document(store, document)
        version = max(row["version"] for row in versions(store, document.id))
        save_reading(store, replace(reading, version=version), READER)
        if state.text.revision.scheduled(today):
            save_deadlines(store, [_deadline(store, document, state.text.revision)])
        notices += 1
        new += saved == "new"
        findings += len(reading.findings)
    return Published(notices, new, findings)


def _deadline(store: Store, document: Document, revision: LawRevision) -> Deadline:
    """The day on which scheduled uses open, at the latest; the radar drops it once it has passed."""
    uses = use_cases_of_document(store, document.id)
    return Deadline(
        id=f"law:{revision.revision_id}",
        kind="plan",
        title_ja=document.title,
        due=revision.enforced_on,
        url=document.url,
        use_case_id=uses[0] if uses else None,
        document_id=document.id,
    )
