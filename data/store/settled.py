"""What counts of a finding: the machine's word, a person's correction, a merge, or quarantine.

`machine` keeps what the classifier said, so that a review can be undone and a merge taken apart.
"""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from sqlite_utils import Database

from data.clock import from_text, tokyo
from data.store.rows import stored_json
from data.systems import load_systems

EARLIEST = from_text("1999-01-01T00:00:00Z")
"""No evidence is older: the law that made the resident number is of August 1999 (平成11年法律第133号)."""

AHEAD = timedelta(days=2)
"""A document dated further in the future than this carries a wrong date, not news."""

NOT_A_FINDING = "a person said: not a finding"


def settle(db: Database, row: dict[str, Any]) -> dict[str, Any]:
    """The row of `findings` as it counts, from its `machine` record and the review of its evidence."""
    machine = json.loads(row["machine"])
    review = _review(db, row["evidence_sha256"], machine["sector"], machine["identifier"])
    said = {**machine, **(json.loads(review["change"]) if review else {})}
    state, reason = machine["state"], None
    if review and review["verdict"] == "not a finding":
        state, reason = "withdrawn", NOT_A_FINDING
    elif review and machine["in_text"]:
        state = "kept"
    if state != "withdrawn":
        reason = _fault(said, judged=review is not None)
        state = "quarantined" if reason and state == "kept" else state
    subject = said["system"] or said["sector"]
    return {
        **row,
        **{key: said[key] for key in ("sector", "identifier", "stage", "system", "at")},
        "state": state,
        "reason": reason,
        "use_case_id": resolve(db, f"{subject}:{said['identifier']}"),
        "review_id": review["id"] if review else None,
    }


def _review(db: Database, sha256: str, sector: str, identifier: str) -> dict[str, Any] | None:
    rows = db.query(
        "SELECT id, verdict, change FROM reviews WHERE evidence_sha256 = ? AND sector = ? "
        "AND identifier = ? AND state = 'live'",
        [sha256, sector, identifier],
    )
    return next(iter(rows), None)


def _fault(said: dict[str, Any], *, judged: bool) -> str | None:
    """Why a finding is set aside, in words for the operator; None when it may count."""
    at, fetched_at = from_text(said["at"]), from_text(said["fetched_at"])
    if not said["dated"]:
        return "its document has no date"
    if at < EARLIEST:
        return f"dated {tokyo(at):%Y-%m-%d}, before any identifier existed"
    if at > fetched_at + AHEAD:
        return f"dated {tokyo(at):%Y-%m-%d}, after it was fetched on {tokyo(fetched_at):%Y-%m-%d}"
    if said["system"] is not None and said["system"] not in load_systems():
        return f"names the unknown system {said['system']!r}"
    if not said["in_text"]:
        return "its evidence is not in the document's text"
    if said.get("taken_back") and not judged:
        return f"its article was corrected or taken back by {said['taken_back']}"
    return None


def resolve(db: Database, use_case_id: str) -> str:
    """The use case into which a person merged this one, else itself; a circle ends where it closes."""
    seen = {use_case_id}
    while True:
        row = db.execute(
            "SELECT into_id FROM merged_use_cases WHERE use_case_id = ?", [use_case_id]
        ).fetchone()
        if row is None or row[0] in seen:
            return use_case_id
        use_case_id = row[0]
        seen.add(use_case_id)


def queue_finding(db: Database, finding_id: str) -> None:
    """Tell the ledger that a finding comes, goes or changes; call it before and after the change."""
    db.execute(
        "INSERT INTO ledger_queue (use_case_id, since) SELECT use_case_id, at FROM findings "
        "WHERE id = ? ON CONFLICT DO UPDATE SET since = min(since, excluded.since)",
        [finding_id],
    )


def resettle(db: Database, finding_id: str, machine: dict[str, Any] | None = None) -> None:
    """Settle a stored finding again, after a review, a merge, or a change of its machine record."""
    row = next(iter(db.query("SELECT * FROM findings WHERE id = ?", [finding_id])))
    if machine is not None:
        row["machine"] = stored_json(machine)
    new = settle(db, row)
    queue_finding(db, finding_id)
    db.table("findings").update(finding_id, {key: new[key] for key in new if key != "id"})
    queue_finding(db, finding_id)
