"""Keep the full-text index beside what it finds: an entry per document and per finding."""

from __future__ import annotations

from sqlite_utils import Database

from data.search import index_text, lone_kanji
from data.store.connection import Store

BATCH = 200
"""Documents indexed in one transaction when they are caught up with: a few hundredths of a second of writing."""


def index_document(db: Database, document_id: str) -> None:
    """Give a document a new entry over its title, its kept sentences and its excerpt.

    Called within the transaction that changes any of the three.
    """
    _enter(db, document_id, _units(_words(db, document_id)))


def _words(db: Database, document_id: str) -> tuple[str | None, ...]:
    """The title, excerpt and kept sentences of a document as they are now."""
    return tuple(
        db.execute(
            "SELECT d.title, d.excerpt, (SELECT group_concat(f.evidence, ' ') FROM findings f "
            "WHERE f.document_id = d.id AND f.state = 'kept') FROM documents d WHERE d.id = ?",
            [document_id],
        ).fetchone()
    )


def _units(words: tuple[str | None, ...]) -> tuple[str, ...]:
    return tuple(index_text(text or "") for text in words)


def _enter(db: Database, document_id: str, units: tuple[str, ...]) -> None:
    title, excerpt, quotation = units
    entry = db.execute(
        "INSERT INTO documents_search (title, quotation, excerpt, kanji) VALUES (?, ?, ?, ?)",
        [title, quotation, excerpt, lone_kanji(title, quotation, excerpt)],
    ).lastrowid
    db.execute("UPDATE documents SET search_id = ? WHERE id = ?", [entry, document_id])


def index_findings(db: Database, document_id: str) -> None:
    """Give each finding of a document a new entry, and the document too, whose quotations they are.

    Called within the transaction that writes the findings; a document that never had any keeps its entry.
    """
    rows = db.execute(
        "SELECT id, evidence, actor FROM findings WHERE document_id = ?", [document_id]
    ).fetchall()
    for identity, evidence, actor in rows:
        texts = index_text(evidence), index_text(actor or "")
        entry = db.execute(
            "INSERT INTO findings_search (evidence, actor, kanji) VALUES (?, ?, ?)",
            [*texts, lone_kanji(*texts)],
        ).lastrowid
        db.execute("UPDATE findings SET search_id = ? WHERE id = ?", [entry, identity])
    if rows:
        index_document(db, document_id)


def index_missing(store: Store) -> int:
    """Index the documents that were stored or changed without it; says how many those were.

    The units are made before the transaction, which others wait for. Killed anywhere, the next call goes on.
    """
    done = 0
    while waiting := _waiting(store.public):
        made = {identity: _units(words) for identity, words in waiting.items()}
        with store.writing_public() as db:
            for identity, units in made.items():
                if _words(db, identity) != waiting[identity]:
                    continue  # it was changed meanwhile, and still waits
                _enter(db, identity, units)
                if _has_unindexed(db, identity):
                    index_findings(db, identity)
                done += 1
    return done


def _waiting(db: Database) -> dict[str, tuple[str | None, ...]]:
    rows = db.execute("SELECT id FROM documents WHERE search_id IS NULL LIMIT ?", [BATCH])
    return {row[0]: _words(db, row[0]) for row in rows.fetchall()}


def _has_unindexed(db: Database, document_id: str) -> bool:
    rows = db.execute(
        "SELECT 1 FROM findings WHERE document_id = ? AND search_id IS NULL LIMIT 1", [document_id]
    )
    return rows.fetchone() is not None
