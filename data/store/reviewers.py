"""Who may review in the browser: names and password records, in private.db only."""

from __future__ import annotations

import hashlib
import re
from typing import Any

from sqlite_utils import Database

from data.clock import now, to_text
from data.errors import InputError
from data.passwords import LONGEST, SHORTEST, fits, hashed, nobody
from data.store.connection import Store

NAME = re.compile(r"[\w.@+-]{1,80}")


def add_reviewer(store: Store, name: str, password: str | None) -> None:
    """Let `name` review, or give it a new password; with None it signs in through a plugin only.

    Raises `InputError` for a name or password that will not do.
    """
    if not NAME.fullmatch(name):
        raise InputError(f"{name!r}: a reviewer's name is up to 80 letters, digits and . @ + - _")
    if password is not None and not SHORTEST <= len(password) <= LONGEST:
        raise InputError(f"a password has {SHORTEST} to {LONGEST} characters")
    record = hashed(password) if password is not None else None
    with store.writing_private() as db:
        db.execute(
            "INSERT INTO reviewers (name, password, since) VALUES (?, ?, ?) "
            "ON CONFLICT (name) DO UPDATE SET password = excluded.password",
            [name, record, to_text(now())],
        )


def remove_reviewer(store: Store, name: str) -> None:
    """Let `name` review no more; what it did stays. Raises `InputError` for a name that is not there."""
    with store.writing_private() as db:
        if not db.execute("DELETE FROM reviewers WHERE name = ?", [name]).rowcount:
            raise InputError(f"{name}: is no reviewer; `scopewatch reviewers list` names them")


def reviewers(db: Database) -> list[dict[str, Any]]:
    """Names, since when, and how each signs in."""
    return list(
        db.query(
            "SELECT name, since, CASE WHEN password IS NULL THEN 'plugin' ELSE 'password' END "
            "AS signs_in_by FROM reviewers ORDER BY name"
        )
    )


def signed_in(db: Database, name: str, password: str) -> dict[str, str] | None:
    """The actor for the cookie of who gave the right password; None otherwise, after as long a time."""
    record = _password(db, name)
    right = fits(password, record or nobody())
    return {"id": name, "key": _stamp(record)} if record and right else None


def is_reviewer(db: Database, actor: dict[str, Any] | None) -> bool:
    """May this actor of a signed cookie review? No more when its name went or its password changed.

    An actor that a plugin signed in carries no key and fits only a name without a password.
    """
    name = actor.get("id") if isinstance(actor, dict) else None
    if not isinstance(name, str) or not isinstance(actor, dict):
        return False
    found = db.execute("SELECT password FROM reviewers WHERE name = ?", [name]).fetchone()
    if found is None:
        return False
    return bool(actor.get("key") == (_stamp(found[0]) if found[0] else None))


def _password(db: Database, name: str) -> str | None:
    found = db.execute("SELECT password FROM reviewers WHERE name = ?", [name]).fetchone()
    return found[0] if found else None


def _stamp(record: str) -> str:
    return hashlib.sha256(record.encode()).hexdigest()[:16]
