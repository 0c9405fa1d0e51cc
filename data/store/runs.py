"""The runs table: when each verb ran, how it ended, and what it did."""

from __future__ import annotations

import json
import os
import socket
from datetime import datetime
from typing import Any

from data.clock import from_text, now, to_text
from data.store.connection import Store
from data.store.rows import stored_json


def start_run(store: Store, verb: str) -> int:
    """Note that `verb` starts now; gives the run's id."""
    with store.writing_public() as db:
        table = db.table("runs").insert(
            {
                "verb": verb,
                "started_at": to_text(now()),
                "pid": os.getpid(),
                "host": socket.gethostname(),
                "summary": "{}",
            }
        )
    run_id: int = table.last_pk  # type: ignore[assignment]  # a rowid table has one
    return run_id


def finish_run(store: Store, run_id: int, exit_status: int, summary: dict[str, Any]) -> None:
    """Note how the run ended."""
    with store.writing_public() as db:
        db.table("runs").update(
            run_id,
            {
                "finished_at": to_text(now()),
                "exit_status": exit_status,
                "summary": stored_json(summary),
            },
        )


def last_success(store: Store, verb: str) -> datetime | None:
    """When `verb` last started and ended with exit status 0."""
    row: tuple[str | None] = store.public.execute(
        "SELECT max(started_at) FROM runs WHERE verb = ? AND exit_status = 0", [verb]
    ).fetchone()
    return from_text(row[0]) if row[0] else None


def note_run(
    store: Store, verb: str, started: datetime, exit_status: int, summary: dict[str, Any]
) -> None:
    """Note a run that has ended already, or that was refused or missed."""
    with store.writing_public() as db:
        db.table("runs").insert(
            {
                "verb": verb,
                "started_at": to_text(started),
                "finished_at": to_text(now()),
                "exit_status": exit_status,
                "pid": os.getpid(),
                "host": socket.gethostname(),
                "summary": stored_json(summary),
            }
        )


def last_start(store: Store, verb: str) -> datetime | None:
    """When `verb` last started, however it ended."""
    row: tuple[str | None] = store.public.execute(
        "SELECT max(started_at) FROM runs WHERE verb = ?", [verb]
    ).fetchone()
    return from_text(row[0]) if row[0] else None


def newest_start(store: Store) -> datetime | None:
    """The latest start of any run."""
    row: tuple[str | None] = store.public.execute("SELECT max(started_at) FROM runs").fetchone()
    return from_text(row[0]) if row[0] else None


def last_summary(store: Store, verb: str) -> dict[str, Any]:
    """What `verb` counted when it ended last; empty when it never did."""
    row = store.public.execute(
        "SELECT summary FROM runs WHERE verb = ? AND finished_at IS NOT NULL ORDER BY id DESC LIMIT 1",
        [verb],
    ).fetchone()
    found: dict[str, Any] = json.loads(row[0]) if row else {}
    return found
