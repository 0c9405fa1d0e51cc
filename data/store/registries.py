"""What the registries say, kept: bills with the documents that tell of them, and closing days of comments."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from data.bills import Bill, same_law, stage_on
from data.clock import to_text, tokyo
from data.store.connection import Store
from data.store.deadlines import Deadline
from data.store.documents import document_text
from data.store.rows import stored_json
from data.vocabulary import OFFICIAL


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptText:
    """A stored document's newest version with its private text."""

    id: str
    version: int
    source_id: str
    source_class: str
    title: str
    url: str
    published_at: str | None
    fetched_at: str
    read_model: str | None
    text: str


_DOCUMENTS = (
    "SELECT d.id, d.version, d.source_id, s.source_class, d.title, d.url, d.published_at, d.fetched_at, "
    "d.read_model FROM documents d JOIN sources s ON s.id = d.source_id "
)


def texts_of_sources(store: Store, source_ids: Iterable[str]) -> Iterator[KeptText]:
    """The documents of some sources with their texts, oldest first."""
    rows = store.public.query(
        _DOCUMENTS  # noqa: S608 - a constant
        + "WHERE d.source_id IN (SELECT value FROM json_each(?)) ORDER BY d.fetched_at, d.id",
        [stored_json(list(source_ids))],
    )
    for row in list(rows):
        yield KeptText(**row, text=document_text(store, row["id"], row["version"]))


_OF_OFFICIALS = (
    _DOCUMENTS  # noqa: S608 - a constant
    + "WHERE s.source_class IN (SELECT value FROM json_each(:official)) AND "
)


def official_naming(store: Store, names: Iterable[str]) -> list[KeptText]:
    """Documents of official sources whose title or text has one of the names verbatim, oldest first.

    Reads every text that is kept; `official_naming_since` is for what is new.
    """
    held: set[str] = set()
    wanted = list(names)
    for name in wanted:
        rows = store.private.query(
            "SELECT DISTINCT document_id FROM texts WHERE instr(text, ?) > 0", [name]
        )
        held.update(row["document_id"] for row in rows)
    found = store.public.query(
        _OF_OFFICIALS  # noqa: S608 - a constant
        + "(d.id IN (SELECT value FROM json_each(:held)) OR EXISTS "
        "(SELECT 1 FROM json_each(:names) n WHERE instr(d.title, n.value) > 0))",
        {"official": _official(), "held": stored_json(sorted(held)), "names": stored_json(wanted)},
    )
    return _naming(store, found, wanted)


def official_naming_since(
    store: Store, names: Iterable[str], since: datetime, bill_key: str
) -> list[KeptText]:
    """As `official_naming`, among what was fetched since a moment and what is joined to a bill already."""
    found = store.public.query(
        _OF_OFFICIALS  # noqa: S608 - a constant
        + "(d.fetched_at >= :since OR d.id IN "
        "(SELECT document_id FROM bill_documents WHERE bill_key = :key))",
        {"official": _official(), "since": to_text(since), "key": bill_key},
    )
    return _naming(store, found, list(names))


def _official() -> str:
    return stored_json(sorted(OFFICIAL))


def _naming(store: Store, rows: Iterable[dict[str, Any]], names: list[str]) -> list[KeptText]:
    kept = (
        KeptText(**row, text=document_text(store, row["id"], row["version"])) for row in list(rows)
    )
    found = [one for one in kept if any(name in one.title or name in one.text for name in names)]
    return sorted(found, key=lambda one: (one.published_at or one.fetched_at, one.id))


def save_bill(store: Store, bill: Bill, document_ids: Iterable[str], today: date) -> None:
    """Keep a bill and the documents that tell of it; what was kept of it is replaced."""
    with store.writing_public() as db:
        db.table("bills").upsert(_bill_row(bill, today), pk="key")
        db.execute("DELETE FROM bill_documents WHERE bill_key = ?", [bill.key])
        db.table("bill_documents").insert_all(
            [{"bill_key": bill.key, "document_id": one} for one in dict.fromkeys(document_ids)]
        )


def bill_is_kept(store: Store, bill: Bill, today: date) -> bool:
    """True when everything of the bill is kept as it is."""
    return bills_kept(store.public, bill.key) == [_bill_row(bill, today)]


def _bill_row(bill: Bill, today: date) -> dict[str, Any]:
    return {
        "key": bill.key,
        "session": bill.session,
        "origin": bill.origin,
        "number": bill.number,
        "title": bill.title,
        "proposer": bill.proposer,
        "outcome": bill.outcome,
        "stage": stage_on(bill, today),
        "submitted_on": bill.submitted.isoformat() if bill.submitted else None,
        "last_on": bill.steps[-1].on.isoformat() if bill.steps else None,
        "law_number": bill.law_number,
        "law_id": bill.law_id,
        "url": bill.url,
        "steps": stored_json([{**asdict(step), "on": step.on.isoformat()} for step in bill.steps]),
    }


def bills_kept(db: Any, key: str | None = None) -> list[dict[str, Any]]:
    """The bills, newest first; `key` asks for one."""
    return list(
        db.query(
            "SELECT * FROM bills WHERE ? IS NULL OR key = ? ORDER BY submitted_on DESC, key",
            [key, key],
        )
    )


def chain_of(db: Any, key: str) -> list[dict[str, Any]]:
    """The documents that tell of a bill in the order of their days, with what the ledger made of each."""
    return list(
        db.query(
            "SELECT substr(coalesce(d.published_at, d.fetched_at), 1, 20) AS at, "
            "date(coalesce(d.published_at, d.fetched_at), '+9 hours') AS day, s.source_class, d.source_id, "
            "d.title, d.url, f.use_case_id, f.stage, e.kind AS event, e.stage_before, e.stage_after "
            "FROM bill_documents b JOIN documents d ON d.id = b.document_id "
            "JOIN sources s ON s.id = d.source_id "
            "LEFT JOIN findings f ON f.document_id = d.id AND f.state = 'kept' "
            "LEFT JOIN events e ON e.finding_id = f.id AND e.state = 'live' "
            "WHERE b.bill_key = ? ORDER BY at, s.source_class, d.title, f.use_case_id",
            [key],
        )
    )


def revisions_caused(db: Any, law_id: str | None) -> list[dict[str, Any]]:
    """The kept revisions of followed laws that a law made, in the order in which they take effect."""
    rows = db.query(
        "SELECT revision_id, law_id, enforced_on, promulgated_on, amending_law_id, comment "
        "FROM law_revisions WHERE amending_law_id IS NOT NULL ORDER BY enforced_on, revision_id"
    )
    return [row for row in rows if same_law(row["amending_law_id"], law_id)]


def use_cases_of_document(store: Store, document_id: str) -> list[str]:
    """The use cases of a document's findings that stand."""
    return [
        row["use_case_id"]
        for row in store.public.query(
            "SELECT DISTINCT use_case_id FROM findings WHERE document_id = ? AND state = 'kept' ORDER BY 1",
            [document_id],
        )
    ]


def comment_deadline(store: Store, document: KeptText, due: datetime, now: datetime) -> Deadline:
    """The closing time of a public comment; `closed` once it has passed."""
    uses = use_cases_of_document(store, document.id)
    return Deadline(
        id=f"comment:{document.id}",
        kind="comment",
        title_ja=document.title,
        due=tokyo(due).date(),
        time=f"{tokyo(due):%H:%M}",
        url=document.url,
        use_case_id=uses[0] if uses else None,
        document_id=document.id,
        state="open" if due >= now else "closed",
    )


def reports_kept(store: Store) -> list[KeptText]:
    """Stored documents whose title says that they are assessment reports (評価書)."""
    rows = list(store.public.query(_DOCUMENTS + "WHERE instr(d.title, '評価書') > 0 ORDER BY d.id"))
    return [KeptText(**row, text=document_text(store, row["id"], row["version"])) for row in rows]
