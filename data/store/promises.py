"""Promises and comparisons: denials as rows, and the later findings that stand beside them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlite_utils import Database

from data.authority import decides_for_system
from data.clock import from_text, now, to_text
from data.errors import InputError
from data.ledger import LADDER, day_of
from data.models import UseCaseKey
from data.promises import (
    VERDICTS,
    conditional_words,
    promise_id,
    speaker_in_minutes,
    speaker_of,
    venue_of,
)
from data.store.connection import Store
from data.vocabulary import Sector, SourceClass, Stage

_COLUMNS = (
    "id, use_case_id, finding_id, speaker, office, body, at, venue, quotation, sha256, url, "
    "sector, identifier, sector_wide, conditional"
)


def put_promises(db: Database, use_case: UseCaseKey, since: str) -> None:
    """Bring the promises of a use case from a moment on (stored text) in line with its denials."""
    before = {
        row["id"]: row["sha256"]
        for row in db.query(
            "SELECT id, sha256 FROM promises WHERE use_case_id = ? AND at >= ?",
            [str(use_case), since],
        )
    }
    rows = {row["id"]: row for row in _denials(db, use_case, since)}
    for identity in before.keys() - rows.keys():
        _forget(db, identity)
    for identity, row in rows.items():
        if identity in before and before[identity] != row["sha256"]:
            db.execute(
                "UPDATE promises SET verdict = NULL, verdict_note = NULL WHERE id = ?", [identity]
            )
        db.execute(
            f"INSERT INTO promises ({_COLUMNS}) VALUES ({', '.join('?' * len(row))}) "  # noqa: S608
            "ON CONFLICT (id) DO UPDATE SET "
            + ", ".join(f"{name} = excluded.{name}" for name in row if name != "id"),
            list(row.values()),
        )


def _denials(db: Database, use_case: UseCaseKey, since: str) -> Iterator[dict[str, Any]]:
    rows = db.query(
        "SELECT f.id, f.actor, f.evidence, f.evidence_sha256, f.at, f.sector, f.source_class, "
        "f.speaker, f.authority, d.title, d.url, s.publisher_ja FROM findings f JOIN documents d ON d.id = f.document_id "
        "JOIN sources s ON s.id = d.source_id WHERE f.use_case_id = ? AND f.stage = ? "
        "AND f.at >= ? AND f.state = 'kept'",
        [str(use_case), Stage.DENIED, since],
    )
    for row in rows:
        authority = None if row["authority"] is None else bool(row["authority"])
        if not decides_for_system(row["actor"], SourceClass(row["source_class"]), authority):
            continue
        venue, named = venue_of(row["title"], row["publisher_ja"])
        speaker = (
            speaker_in_minutes(row["speaker"])
            if row["speaker"]
            else speaker_of(row["actor"], named)
        )
        yield {
            "id": promise_id(row["id"]),
            "use_case_id": str(use_case),
            "finding_id": row["id"],
            "speaker": speaker.name,
            "office": speaker.office,
            "body": speaker.body,
            "at": row["at"],
            "venue": venue,
            "quotation": row["evidence"],
            "sha256": row["evidence_sha256"],
            "url": row["url"],
            "sector": row["sector"],
            "identifier": use_case.identifier,
            "sector_wide": use_case.subject in set(Sector),
            "conditional": bool(conditional_words(row["evidence"])),
        }


def _forget(db: Database, identity: str) -> None:
    db.execute("DELETE FROM comparisons WHERE promise_id = ?", [identity])
    db.execute("DELETE FROM promises WHERE id = ?", [identity])


# Two queries, because one with OR would read all promises for each use case.
_OWN = "SELECT p.* FROM promises p WHERE p.use_case_id = :use_case"
_SECTORS = (
    "SELECT p.* FROM promises p WHERE p.sector_wide = 1 AND p.identifier = :identifier AND p.sector IN "
    "(SELECT :sector UNION SELECT sector FROM findings WHERE use_case_id = :use_case AND at >= :since)"
)
# One that is compared with an adoption older than the change has nothing to gain or lose.
_UNSETTLED = (
    "NOT EXISTS (SELECT 1 FROM comparisons c JOIN findings f ON f.id = c.finding_id "
    "WHERE c.promise_id = p.id AND f.stage = 'adopted' AND f.state = 'kept' "
    "AND f.at < :since AND f.at > p.at)"
)


def compare_promises(db: Database, use_case: UseCaseKey, sector: Sector, since: str) -> None:
    """Open and close the comparisons that findings of this use case from a moment on can concern.

    A promise is set beside the first later finding on its scope that considers, plans or adopts the
    use, and beside the first one of each further rung: at most three. Its scope is its use case; a
    promise for a whole sector has all use cases of that sector with its identifier.
    """
    scope = {"use_case": str(use_case), "identifier": use_case.identifier, "since": since}
    found = {
        row["id"]: row
        for query in (_OWN, _SECTORS)
        for row in db.query(f"{query} AND {_UNSETTLED}", {**scope, "sector": sector})
    }
    for promise in found.values():
        _compare(db, promise)


@dataclass(frozen=True, slots=True)
class _Later:
    finding_id: str
    rung: int
    at: str


def _compare(db: Database, promise: dict[str, Any]) -> None:
    first = [found for rung in range(len(LADDER)) if (found := _first(db, promise, rung))]
    first.sort(key=lambda later: (later.at, -later.rung, later.finding_id))
    wanted: dict[str, _Later] = {}
    highest = -1
    for later in first:
        if later.rung > highest:
            wanted[later.finding_id] = later
            highest = later.rung
    known = {
        row["finding_id"]
        for row in db.query(
            "SELECT finding_id FROM comparisons WHERE promise_id = ?", [promise["id"]]
        )
    }
    for finding_id in known - wanted.keys():
        db.execute(
            "DELETE FROM comparisons WHERE promise_id = ? AND finding_id = ?",
            [promise["id"], finding_id],
        )
    for later in wanted.values():
        db.execute(
            "INSERT INTO comparisons (promise_id, finding_id, opened_at, days) VALUES (?, ?, ?, ?) "
            "ON CONFLICT DO UPDATE SET days = excluded.days",
            [promise["id"], later.finding_id, to_text(now()), _days(promise["at"], later.at)],
        )


def _first(db: Database, promise: dict[str, Any], rung: int) -> _Later | None:
    """The first kept finding of a rung that is of a later day in Tokyo than the promise."""
    scope, values = "use_case_id = ?", [promise["use_case_id"]]
    if promise["sector_wide"]:
        scope, values = "sector = ? AND identifier = ?", [promise["sector"], promise["identifier"]]
    row = db.execute(
        f"SELECT id, at FROM findings WHERE {scope} AND stage = ? AND at > ? AND state = 'kept' "  # noqa: S608
        "AND date(at, '+9 hours') > date(?, '+9 hours') ORDER BY at, id LIMIT 1",
        [*values, LADDER[rung], promise["at"], promise["at"]],
    ).fetchone()
    return _Later(row[0], rung, row[1]) if row else None


def _days(earlier: str, later: str) -> int:
    one, other = (date.fromisoformat(day_of(from_text(text))) for text in (earlier, later))
    return (other - one).days


def promises(store: Store, *, open_only: bool = False) -> list[dict[str, Any]]:
    """Promises, newest first, each with its comparisons; only those compared and unjudged if `open_only`."""
    where = (
        "WHERE p.verdict IS NULL AND EXISTS (SELECT 1 FROM comparisons c WHERE c.promise_id = p.id)"
        if open_only
        else ""
    )
    rows = list(
        store.public.query(
            "SELECT p.*, u.name_ja, u.name_en FROM promises p JOIN use_cases u "  # noqa: S608
            f"ON u.id = p.use_case_id {where} ORDER BY p.at DESC, p.id"
        )
    )
    for row in rows:
        row["conditional"], row["sector_wide"] = bool(row["conditional"]), bool(row["sector_wide"])
        row["comparisons"] = list(
            store.public.query(
                "SELECT c.days, f.id AS finding_id, f.use_case_id, f.stage, f.actor, f.evidence, "
                "f.at, d.url, d.title FROM comparisons c JOIN findings f ON f.id = c.finding_id "
                "JOIN documents d ON d.id = f.document_id WHERE c.promise_id = ? ORDER BY f.at, f.id",
                [row["id"]],
            )
        )
    return rows


def judge_promise(
    store: Store, identity: str, verdict: str | None, *, note: str, author: str
) -> None:
    """Set a person's verdict on a promise, or take it back with None; raises `InputError`.

    The author stays in private.db. A verdict holds for the words that were judged: when they change,
    the promise is open again.
    """
    if verdict is not None and verdict not in VERDICTS:
        raise InputError(f"{verdict}: is no verdict; allowed are {', '.join(VERDICTS)}")
    if not note.strip() or not author.strip():
        raise InputError("a verdict needs a note and a name (--note, --by)")
    row = store.public.execute("SELECT sha256 FROM promises WHERE id = ?", [identity]).fetchone()
    if row is None:
        raise InputError(f"{identity}: there is no such promise; `scopewatch promises` lists them")
    with store.writing_private() as db:
        db.execute(
            "INSERT INTO verdicts (promise_id, quotation_sha256, verdict, note, author, at) "
            "VALUES (?, ?, ?, ?, ?, ?)",
            [identity, row[0], verdict, note.strip(), author.strip(), to_text(now())],
        )
    show_verdicts(store)


def show_verdicts(store: Store) -> None:
    """Give each promise the newest verdict that fits its words, whatever was replayed in between."""
    newest = {
        row["promise_id"]: row
        for row in store.private.query(
            "SELECT promise_id, quotation_sha256, verdict, note FROM verdicts ORDER BY id"
        )
    }
    with store.writing_public() as db:
        for identity, row in newest.items():
            db.execute(
                "UPDATE promises SET verdict = ?, verdict_note = ? WHERE id = ? AND sha256 = ?",
                [
                    row["verdict"],
                    row["note"] if row["verdict"] else None,
                    identity,
                    row["quotation_sha256"],
                ],
            )
