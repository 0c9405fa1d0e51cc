"""Hand the changes of the tables to the ledger: as documents of class `law` with their findings."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime

from crawler.statutes.following import stand_of
from data.statute_diff import diff_states
from data.statute_findings import notice_of
from data.store.connection import Store
from data.store.documents import save_document, versions
from data.store.findings import save_reading
from data.store.statutes import changed_pairs

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
        notices += 1
        new += saved == "new"
        findings += len(reading.findings)
    return Published(notices, new, findings)
