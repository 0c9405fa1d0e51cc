"""How far each archive file was read, so that a backfill goes on where it was left."""

from __future__ import annotations

from dataclasses import dataclass

from data.clock import now, to_text
from data.store.connection import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class FileState:
    """One archive file; `records` and `kept` are those of one slice when put, of all when read."""

    id: str
    """Identity by content: a file that was moved or fetched again is the same."""
    name: str
    offset: int
    """The byte at which the next slice begins."""
    done: bool
    records: int
    kept: int
    fault: str | None


def put_file_state(store: Store, state: FileState) -> None:
    """Note a slice that was read and stored."""
    with store.writing_private() as db:
        db.execute(
            "INSERT INTO backfill_files (id, name, offset, done, records, kept, fault, updated_at) "
            "VALUES (:id, :name, :offset, :done, :records, :kept, :fault, :at) ON CONFLICT (id) DO UPDATE "
            "SET name = :name, offset = :offset, done = :done, fault = :fault, updated_at = :at, "
            "records = records + :records, kept = kept + :kept",
            {
                **{field: getattr(state, field) for field in FileState.__slots__},
                "at": to_text(now()),
            },
        )


def file_states(store: Store) -> dict[str, FileState]:
    """Every file that a backfill began, by its id."""
    rows = store.private.query(
        "SELECT id, name, offset, done, records, kept, fault FROM backfill_files"
    )
    return {row["id"]: FileState(**{**row, "done": bool(row["done"])}) for row in rows}
