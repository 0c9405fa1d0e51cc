"""HTTP validators per URL (RFC 9110, sections 8.8 and 13), so that an unchanged page costs a 304."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from data.clock import from_text, to_text
from data.store.connection import Store
from data.store.rows import stored_json


@dataclass(frozen=True, slots=True)
class Validator:
    """What a server said last time about the state of one URL."""

    etag: str | None
    last_modified: str | None
    body_sha256: str


def load_validator(store: Store, url: str) -> Validator | None:
    rows = store.private.query(
        "SELECT etag, last_modified, body_sha256 FROM validators WHERE url = ?", [url]
    )
    return next((Validator(**row) for row in rows), None)


def save_validator(store: Store, url: str, validator: Validator, checked_at: datetime) -> None:
    """Keep the validator of `url`. Call it only after what the body held is in the store: a validator
    that outlives its documents would hide them behind a 304 for ever.
    """
    with store.writing_private() as db:
        db.table("validators").upsert(
            {
                "url": url,
                "etag": validator.etag,
                "last_modified": validator.last_modified,
                "body_sha256": validator.body_sha256,
                "checked_at": to_text(checked_at),
            },
            pk="url",
        )


def checked_at(store: Store, keys: Sequence[str]) -> dict[str, datetime]:
    """When each of `keys` was last checked; those never checked are missing."""
    rows = store.private.query(
        "SELECT url, checked_at FROM validators WHERE url IN (SELECT value FROM json_each(?))",
        [stored_json(keys)],
    )
    return {row["url"]: from_text(row["checked_at"]) for row in rows}


def mark_checked(store: Store, keys: Sequence[str], at: datetime) -> None:
    """Note that `keys` were looked at, whatever came of it; a known validator stays as it is."""
    if not keys:
        return
    with store.writing_private() as db:
        db.execute(
            "INSERT INTO validators (url, body_sha256, checked_at) SELECT value, '', ? FROM json_each(?) "
            "WHERE true ON CONFLICT (url) DO UPDATE SET checked_at = excluded.checked_at",
            [to_text(at), stored_json(keys)],
        )
