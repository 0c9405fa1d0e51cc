"""Reviews: a person's verdict on a finding, kept by the hash of its evidence through every re-run."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlite_utils import Database

from data.clock import now, to_text
from data.errors import ChangedMeanwhile, InputError
from data.models import UseCaseKey
from data.store.connection import Store
from data.store.rows import stored_json
from data.store.settled import resettle
from data.systems import load_systems
from data.vocabulary import Identifier, Sector, Stage

ReviewVerdict = Literal["confirm", "not a finding", "change"]
THRESHOLD = 0.5
"""Where a score is least certain; the most uncertain findings are asked first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What a person corrects of a finding; None leaves the machine's word."""

    stage: Stage | None = None
    sector: Sector | None = None
    identifier: Identifier | None = None
    system: str | None = None
    """A system's id; an empty string says that none fits."""
    at: datetime | None = None
    """The date of the document, for one that bears none or a wrong one."""

    def record(self) -> dict[str, Any]:
        """The corrected fields by the names of the machine's record; InputError for an unknown system."""
        if self.system and self.system not in load_systems():
            raise InputError(f"{self.system}: is no system of data/systems.yml")
        fields: dict[str, Any] = {
            name: value
            for name in ("stage", "sector", "identifier")
            if (value := getattr(self, name)) is not None
        }
        if self.system is not None:
            fields["system"] = self.system or None
        elif self.sector is not None:
            fields["system"] = None  # The machine's system belongs to the sector that was wrong.
        if self.at is not None:
            fields |= {"at": to_text(self.at), "dated": True}
        return fields


@dataclass(frozen=True, slots=True)
class Seen:
    """The state of a finding that a person had before the eyes: its sentence's hash and its review."""

    evidence_sha256: str
    review_id: int | None

    def hold(self, finding: dict[str, Any]) -> None:
        """Raise `ChangedMeanwhile` when the finding has another sentence or another review by now."""
        if (finding["evidence_sha256"], finding["review_id"]) != (
            self.evidence_sha256,
            self.review_id,
        ):
            raise ChangedMeanwhile(f"{finding['id']}: has changed since it was shown; look again")


def review_finding(
    store: Store,
    finding_id: str,
    verdict: ReviewVerdict,
    *,
    author: str,
    note: str = "",
    change: Change | None = None,
    seen: Seen | None = None,
) -> int:
    """Keep a verdict on a finding and on every copy of its sentence; gives the review's id.

    It replaces the review that the sentence had. Raises `InputError` for an unknown finding, a change
    without fields, or a missing author, `ChangedMeanwhile` when the finding is not what was `seen`.
    The ledger follows at its next update.
    """
    fields = change.record() if change else {}
    if (verdict == "change") != bool(fields):
        raise InputError("a verdict `change` needs at least one corrected field, the others none")
    finding = _finding(store, finding_id)
    if seen:
        seen.hold(finding)
    machine = json.loads(finding["machine"])
    _sign(store, f"finding:{finding_id}", author, verdict)
    with store.writing_public() as db:
        if seen:
            seen.hold(_finding(store, finding_id))
        key = [finding["evidence_sha256"], machine["sector"], machine["identifier"]]
        db.execute(
            "UPDATE reviews SET state = 'replaced' WHERE evidence_sha256 = ? AND sector = ? "
            "AND identifier = ? AND state = 'live'",
            key,
        )
        cursor = db.execute(
            "INSERT INTO reviews (evidence_sha256, sector, identifier, document_id, machine, model, "
            "score, verdict, change, note, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                *key,
                finding["document_id"],
                finding["machine"],
                finding["model"],
                finding["score"],
                verdict,
                stored_json(fields),
                note.strip(),
                to_text(now()),
            ],
        )
        _resettle_evidence(db, finding["evidence_sha256"])
    return int(cursor.lastrowid or 0)


def undo_review(store: Store, finding_id: str, *, author: str) -> None:
    """Take the review of a finding back: the machine's word counts again; InputError if there is none."""
    finding = _finding(store, finding_id)
    if finding["review_id"] is None:
        raise InputError(f"{finding_id}: has no review to undo")
    _sign(store, f"finding:{finding_id}", author, "undo")
    with store.writing_public() as db:
        db.execute("UPDATE reviews SET state = 'undone' WHERE id = ?", [finding["review_id"]])
        _resettle_evidence(db, finding["evidence_sha256"])


def merge_use_cases(store: Store, one: str, into: str, *, author: str, note: str) -> None:
    """Count the findings of use case `one` under `into`, those to come too; undone by `part_use_cases`.

    Raises `InputError` when either is no use case's id, or the merge would close a circle.
    """
    for text in (one, into):
        _use_case(text)
    with store.writing_public() as db:
        parents = dict(db.execute("SELECT use_case_id, into_id FROM merged_use_cases").fetchall())
        end = into
        while end in parents and end != one:
            end = parents[end]
        if end == one:
            raise InputError(f"{one} cannot be merged into {into}: it already counts there")
    _sign(store, f"merge:{one}", author, f"into {into}")
    with store.writing_public() as db:
        db.execute(
            "INSERT OR REPLACE INTO merged_use_cases (use_case_id, into_id, note, at) "
            "VALUES (?, ?, ?, ?)",
            [one, into, note.strip(), to_text(now())],
        )
        _resettle_use_cases(db, one, into)


def part_use_cases(store: Store, one: str, *, author: str) -> None:
    """Undo a merge: the findings go back to use case `one`; InputError when it was not merged."""
    row = store.public.execute(
        "SELECT into_id FROM merged_use_cases WHERE use_case_id = ?", [one]
    ).fetchone()
    if row is None:
        raise InputError(f"{one}: is not merged into another use case")
    _sign(store, f"merge:{one}", author, "parted")
    with store.writing_public() as db:
        db.execute("DELETE FROM merged_use_cases WHERE use_case_id = ?", [one])
        _resettle_use_cases(db, one, row[0])


def waiting_for_review(store: Store, limit: int = 50) -> list[dict[str, Any]]:
    """Findings that nobody reviewed, those first whose text changed after a review, then the uncertain.

    `asked_again` says that an earlier sentence of the same document was reviewed.
    """
    return list(
        store.public.query(
            "SELECT f.id, f.state, f.reason, f.sector, f.system, f.identifier, f.stage, f.unlawful, "
            "f.actor, f.evidence, f.score, f.at, f.why, f.use_case_id, d.title, d.url, s.publisher_ja, "
            "EXISTS (SELECT 1 FROM reviews r WHERE r.document_id = f.document_id "
            "AND r.sector = f.sector AND r.identifier = f.identifier "
            "AND r.state = 'live') AS asked_again "
            "FROM findings f JOIN documents d ON d.id = f.document_id "
            "JOIN sources s ON s.id = d.source_id "
            "WHERE f.review_id IS NULL AND f.state IN ('kept', 'also_seen', 'quarantined') "
            "ORDER BY asked_again DESC, abs(f.score - ?), f.at DESC, f.id LIMIT ?",
            [THRESHOLD, limit],
        )
    )


def reviews(store: Store) -> Iterator[dict[str, Any]]:
    """Live reviews with what the machine had said, oldest first: what `evaluate --reviews` measures.

    `machine` is the machine's record as JSON (sector, identifier, stage, system, state), `change` the
    corrected fields, `at` when the verdict was given.
    """
    return store.public.query(
        "SELECT id, document_id, evidence_sha256, sector, identifier, machine, model, score, verdict, "
        "change, note, at FROM reviews WHERE state = 'live' ORDER BY at, id"
    )


def authors_of(store: Store, subject: str) -> list[dict[str, Any]]:
    """Who did what to `finding:ID` or `merge:USE_CASE`, oldest first; private."""
    return list(
        store.private.query(
            "SELECT author, act, at FROM review_authors WHERE subject = ? ORDER BY rowid", [subject]
        )
    )


def _finding(store: Store, finding_id: str) -> dict[str, Any]:
    rows = store.public.query("SELECT * FROM findings WHERE id = ?", [finding_id])
    found = next(iter(rows), None)
    if found is None:
        raise InputError(f"{finding_id}: there is no such finding; `scopewatch review` lists them")
    return found


def _use_case(text: str) -> UseCaseKey:
    try:
        key = UseCaseKey.parse(text)
    except ValueError as error:
        raise InputError(f"{text}: is no use case; one is written driving_licence:card") from error
    if key.subject not in load_systems() and key.subject not in set(Sector):
        raise InputError(f"{text}: {key.subject} is neither a system nor a sector")
    return key


def _sign(store: Store, subject: str, author: str, act: str) -> None:
    """Note privately who acts, before the act: a kill in between leaves a name too many, never one too few."""
    if not author.strip():
        raise InputError("a review needs a name (--by)")
    with store.writing_private() as db:
        db.execute(
            "INSERT INTO review_authors (subject, author, act, at) VALUES (?, ?, ?, ?)",
            [subject, author.strip(), act, to_text(now())],
        )


def _resettle_evidence(db: Database, sha256: str) -> None:
    rows = db.execute("SELECT id FROM findings WHERE evidence_sha256 = ?", [sha256]).fetchall()
    for (identity,) in rows:
        resettle(db, identity)


def _resettle_use_cases(db: Database, *use_cases: str) -> None:
    rows = db.execute(
        "SELECT id FROM findings WHERE use_case_id IN (SELECT value FROM json_each(?))",
        [stored_json(use_cases)],
    ).fetchall()
    for (identity,) in rows:
        resettle(db, identity)
