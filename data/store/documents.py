"""Documents: stored once, changed as a new version, their texts kept private."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Literal

from sqlite_utils import Database

from data.clock import to_text
from data.models import Document
from data.store.connection import Store
from data.store.rows import insert, stored_json, stored_simhash, stored_time
from data.store.search import index_document

EXCERPT_CHARACTERS = 200
"""The most of a publication's text that the public database shows (design.md, Two databases)."""

Saved = Literal["new", "changed", "seen"]


def save_document(store: Store, document: Document) -> Saved:
    """Store `document` unless it is there unchanged; says which of the three it was."""
    return save_documents(store, [document])[0]


def save_documents(
    store: Store, documents: Sequence[Document], *, index: bool = True
) -> list[Saved]:
    """As `save_document`, for a batch in one transaction per database; says for each what it was.

    Without `index` they wait for `index_missing`, which one process does for many that store.

    The private texts are committed before the public rows, so that a kill in between leaves nothing
    that a reader could see and nothing that the next run would not write again.
    """
    outcomes: list[Saved] = []
    with store.writing_public() as public:
        texts: list[dict[str, Any]] = []
        for document in documents:
            outcomes.append(_save(public, document, texts, index))
        if texts:
            with store.writing_private() as private:
                for text in texts:
                    insert(private, "texts", text, otherwise="REPLACE")
    return outcomes


def _save(db: Database, document: Document, texts: list[dict[str, Any]], index: bool) -> Saved:
    known = _known(db, document.id)
    if known and (known["text_sha256"], known["title"]) == (document.text_sha256, document.title):
        _sighted(db, document)
        db.table("documents").update(document.id, {"last_seen_at": to_text(document.fetched_at)})
        return "seen"
    version = known["version"] + 1 if known else 1
    texts.append({"document_id": document.id, "version": version, "text": document.text})
    row = _row(document, version)
    if known:
        db.table("documents").update(document.id, row | {"search_id": None})
    else:
        insert(db, "documents", {**row, "story_id": document.id})
    if index:
        index_document(db, document.id)
    insert(db, "document_versions", _version_row(document, version))
    _sighted(db, document)
    return "changed" if known else "new"


def _known(db: Database, document_id: str) -> dict[str, Any] | None:
    rows = db.query("SELECT version, title, text_sha256 FROM documents WHERE id = ?", [document_id])
    return next(iter(rows), None)


def _row(document: Document, version: int) -> dict[str, Any]:
    published = document.published
    return {
        "id": document.id,
        "source_id": document.source_id,
        "url": document.url,
        "title": document.title,
        "excerpt": excerpt(document.text),
        "outlet": document.outlet,
        "published_at": stored_time(published.at if published else None),
        "published_precision": published.precision if published else None,
        "published_raw": published.raw if published else None,
        "fetched_at": to_text(document.fetched_at),
        "last_seen_at": to_text(document.fetched_at),
        "encoding": document.encoding,
        "kind": document.kind,
        "status": document.status,
        "body_sha256": document.body_sha256,
        "text_sha256": document.text_sha256,
        "simhash": stored_simhash(document.simhash),
        "version": version,
        "warc_file": document.warc_file,
        "warc_record_id": document.warc_record_id,
    }


def _version_row(document: Document, version: int) -> dict[str, Any]:
    return {
        "document_id": document.id,
        "version": version,
        "title": document.title,
        "fetched_at": to_text(document.fetched_at),
        "body_sha256": document.body_sha256,
        "text_sha256": document.text_sha256,
        "warc_file": document.warc_file,
        "warc_record_id": document.warc_record_id,
    }


def _sighted(db: Database, document: Document) -> None:
    sighting = {
        "document_id": document.id,
        "source_id": document.source_id,
        "first_seen_at": to_text(document.fetched_at),
    }
    insert(db, "sightings", sighting, otherwise="IGNORE")


def excerpt(text: str) -> str:
    """The first lines of `text` as one line of at most 200 characters, cut with an ellipsis."""
    line = " ".join(text[: EXCERPT_CHARACTERS * 4].split())
    return line if len(line) <= EXCERPT_CHARACTERS else line[: EXCERPT_CHARACTERS - 1] + "…"


def known_urls(store: Store, urls: list[str]) -> set[str]:
    """Those of `urls` under which a document is stored already."""
    rows = store.public.query(
        "SELECT DISTINCT url FROM documents WHERE url IN (SELECT value FROM json_each(?))",
        [stored_json(urls)],
    )
    return {row["url"] for row in rows}


def document_text(store: Store, document_id: str, version: int) -> str:
    """The private text of one version; an empty string when it was never stored."""
    rows = store.private.query(
        "SELECT text FROM texts WHERE document_id = ? AND version = ?", [document_id, version]
    )
    return next((row["text"] for row in rows), "")


def newest_texts(store: Store, document_id: str, most: int) -> list[str]:
    """The texts of a document's newest versions, the newest first."""
    rows = store.private.query(
        "SELECT text FROM texts WHERE document_id = ? ORDER BY version DESC LIMIT ?",
        [document_id, most],
    )
    return [row["text"] for row in rows]


def versions(store: Store, document_id: str) -> Iterator[dict[str, Any]]:
    """The kept versions of a document, oldest first."""
    return store.public.query(
        "SELECT * FROM document_versions WHERE document_id = ? ORDER BY version", [document_id]
    )
