"""Comments on findings: public words, private names, taken back but never deleted."""

from __future__ import annotations

from data.clock import now, to_text
from data.errors import InputError
from data.store.connection import Store

LONGEST = 2000


def comment_finding(store: Store, finding_id: str, text: str, *, author: str) -> int:
    """Keep a comment on a finding; gives its number. Raises `InputError` when it says nothing or too much."""
    words = text.strip()
    if not words or len(words) > LONGEST:
        raise InputError(f"a comment has 1 to {LONGEST} characters")
    if not author.strip():
        raise InputError("a comment needs a name")
    row = store.public.execute(
        "SELECT evidence_sha256 FROM findings WHERE id = ?", [finding_id]
    ).fetchone()
    if row is None:
        raise InputError(f"{finding_id}: there is no such finding")
    _sign(store, finding_id, author, "comment")
    with store.writing_public() as db:
        cursor = db.execute(
            "INSERT INTO comments (finding_id, evidence_sha256, text, at) VALUES (?, ?, ?, ?)",
            [finding_id, row[0], words, to_text(now())],
        )
    return int(cursor.lastrowid or 0)


def withdraw_comment(store: Store, number: int, *, author: str) -> str:
    """Take a comment back; gives the finding that it stood at. Raises `InputError` when it is gone."""
    row = store.public.execute(
        "SELECT finding_id FROM comments WHERE id = ? AND state = 'live'", [number]
    ).fetchone()
    if row is None:
        raise InputError(f"{number}: there is no such comment")
    _sign(store, row[0], author, "comment withdrawn")
    with store.writing_public() as db:
        db.execute("UPDATE comments SET state = 'withdrawn' WHERE id = ?", [number])
    return str(row[0])


def _sign(store: Store, finding_id: str, author: str, act: str) -> None:
    """The name first: a kill in between leaves one too many, never one too few (as with reviews)."""
    with store.writing_private() as db:
        db.execute(
            "INSERT INTO review_authors (subject, author, act, at) VALUES (?, ?, ?, ?)",
            [f"finding:{finding_id}", author.strip(), act, to_text(now())],
        )
