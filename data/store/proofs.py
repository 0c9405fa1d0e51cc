"""What the store knows of one document or finding, for a person who has to prove it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from data.errors import InputError
from data.store.connection import Store
from data.store.documents import document_text


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """A document version with its private text, and the finding that was asked for, if one was."""

    document: dict[str, Any]
    text: str
    finding: dict[str, Any] | None
    earlier: list[dict[str, Any]]
    """The versions before this one, the latest first: their places in the archive."""


def proof_of(store: Store, identity: str) -> Proof:
    """The proof for a document's or a finding's id; raises `InputError` for an id that is neither."""
    finding = next(store.public.query("SELECT * FROM findings WHERE id = ?", [identity]), None)
    document_id = finding["document_id"] if finding else identity
    version = finding["version"] if finding else None
    rows = store.public.query(
        "SELECT d.*, s.publisher_ja, s.publisher_en, s.name_ja, s.name_en, "
        "v.version AS shown_version, v.title AS shown_title, v.fetched_at AS shown_fetched_at, "
        "v.body_sha256 AS shown_body_sha256, v.text_sha256 AS shown_text_sha256, "
        "v.warc_file AS shown_warc_file, v.warc_record_id AS shown_warc_record_id "
        "FROM documents d JOIN sources s ON s.id = d.source_id "
        "JOIN document_versions v ON v.document_id = d.id "
        "WHERE d.id = ? AND v.version = coalesce(?, d.version)",
        [document_id, version],
    )
    document = next(rows, None)
    if document is None:
        raise InputError(f"{identity}: is the id of no document and of no finding")
    return Proof(
        document=document,
        text=document_text(store, document_id, document["shown_version"]),
        finding=finding,
        earlier=list(
            store.public.query(
                "SELECT warc_file, warc_record_id FROM document_versions "
                "WHERE document_id = ? AND version < ? ORDER BY version DESC",
                [document_id, document["shown_version"]],
            )
        ),
    )
