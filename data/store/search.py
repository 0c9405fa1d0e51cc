"""Keep the full-text index beside what it finds: an entry per document and per finding."""

from __future__ import annotations

from sqlite_utils import Database

from data.search import index_text, lone_kanji
from data.store.connection import Store

BATCH = 200
"""Documents indexed in one transaction when older ones are caught up with: about 0.2 s of writing."""


def index_document(db: Database, document_id: str) -> None:
    """Give a document a new entry over its title, its kept sentences and its excerpt.

    Called within the transaction that changes any of the three.
    """
    row = db.execute(
        "SELECT d.title, d.excerpt, (SELECT group_concat(f.evidence, ' ') FROM findings f "
        "WHERE f.document_id = d.id AND f.state = 'kept') FROM documents d WHERE d.id = ?",
        [document_id],
    ).fetchone()
    title, excerpt, quotation = (index_text(text or "") for text in row)
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
    """Index the documents that were stored before there was an index; says how many those were.

    Killed anywhere, the next call goes on.
    """
    done = 0
    while True:
        with store.writing_public() as db:
            waiting = [
                row[0]
                for row in db.execute(
                    "SELECT id FROM documents WHERE search_id IS NULL LIMIT ?", [BATCH]
                )
            ]
            for identity in waiting:
                index_document(db, identity)
                index_findings(db, identity)
        done += len(waiting)
        if not waiting:
            return done
