"""The search page: documents by title, quoted sentence and excerpt, the found words highlighted."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass

from data.browse import hits
from data.browse.context import Part
from data.browse.rows import Row, rows
from data.browse.visit import Page, Visit
from data.search import (
    LONGEST_QUESTION,
    literal_matches,
    match_expression,
    matches,
    question_phrases,
)

SHOWN = 20
RANKED = 200


@dataclass(frozen=True, slots=True)
class Hit:
    """A document with the found words marked; `quotations` are its findings' sentences."""

    document: Row
    title: tuple[Part, ...]
    excerpt: tuple[Part, ...]
    quotations: tuple[tuple[Row, tuple[Part, ...]], ...]


def search(connection: sqlite3.Connection, visit: Visit) -> Page:
    """The best documents for `?q=`."""
    question = visit.query.get("q", "")[:LONGEST_QUESTION].strip()
    expression = match_expression(question)
    entries = latest(connection, expression) if question else []
    found = ranked(connection, expression, entries[: hits.NEWEST])
    quoted = _findings_by_document(connection, [each["id"] for each in found])
    return Page(
        template="search.html",
        context={
            "question": question,
            "hits": [_hit(each, quoted.get(each["id"], []), question) for each in found],
            "more": len(found) == SHOWN,
            "newest": hits.NEWEST if len(entries) > hits.NEWEST else 0,
        },
    )


_LATEST = """
    SELECT x.rowid AS entry FROM documents_search x CROSS JOIN documents d ON d.search_id = x.rowid
    WHERE documents_search MATCH ? ORDER BY x.rowid DESC LIMIT ?
"""
"""Entries of documents only: one that changed left an entry behind."""
_WITHIN = (
    "SELECT rowid AS entry FROM documents_search WHERE documents_search MATCH ? AND rowid >= ?"
)
"""In the index's own order, which ends with the last entry; backwards FTS5 would read on for a hit before the first."""
_DOCUMENTS = """
    SELECT d.id, d.title, d.url, d.excerpt, d.published_at, d.fetched_at, d.source_id,
           s.publisher_ja, s.publisher_en
    FROM documents d JOIN sources s ON s.id = d.source_id
    WHERE d.search_id IN (SELECT value FROM json_each(?))
    ORDER BY d.published_at IS NULL, coalesce(d.published_at, d.fetched_at) DESC LIMIT ?
"""


def latest(connection: sqlite3.Connection, expression: str) -> list[int]:
    """The entries of the matching documents that were written last, `hits.NEWEST` and one more at most."""
    return [each["entry"] for each in rows(connection, _LATEST, [expression, hits.NEWEST + 1])]


def ranked(connection: sqlite3.Connection, expression: str, entries: list[int]) -> list[Row]:
    """Documents whose title has all the words first, then those quoted with them, then the others.

    Chosen from `entries`, the last written first; within a rank the latest come first, among the 200 last written.
    FTS5's bm25 would have to visit every match, a third of a million for 銀行 in twenty years, and so would
    two words that seldom meet in a title; this goes no further back than the entries.
    """

    def among(column: str) -> list[int]:
        asked = [f"{column} : ({expression})", entries[-1]]
        having = {each["entry"] for each in rows(connection, _WITHIN, asked)}
        return [entry for entry in entries if entry in having]

    told = among("{title quotation}") if entries else []
    found: dict[str, Row] = {}
    for rank in ("{title}", "{quotation}", "") if told else ("",):
        if len(found) < SHOWN:
            best = json.dumps((among(rank) if rank else entries)[:RANKED])
            for each in rows(connection, _DOCUMENTS, [best, SHOWN]):
                found.setdefault(each["id"], each)
    return list(found.values())[:SHOWN]


def _findings_by_document(
    connection: sqlite3.Connection, identities: list[str]
) -> dict[str, list[Row]]:
    by_document: dict[str, list[Row]] = {}
    marks = ",".join("?" * len(identities))
    for each in rows(
        connection,
        "SELECT id, document_id, evidence, stage, use_case_id FROM findings "  # noqa: S608  # only question marks
        f"WHERE document_id IN ({marks}) AND state = 'kept' ORDER BY start",
        identities,
    ):
        by_document.setdefault(each["document_id"], []).append(each)
    return by_document


def _hit(document: Row, findings: Iterable[Row], question: str) -> Hit:
    quotations = tuple((finding, marked(finding["evidence"], question)) for finding in findings)
    excerpt = document["excerpt"]
    return Hit(
        document,
        marked(document["title"], question),
        (Part(excerpt),) if quotations else marked(excerpt, question),
        quotations,
    )


def marked(text: str, question: str) -> tuple[Part, ...]:
    """`text` as it was written, in parts; those that answer the question are marked.

    Words are looked for as they are spelled; only where none stands so, Sudachi says which form does.
    """
    spans = literal_matches(text, question) or matches(text, question_phrases(question))
    parts: list[Part] = []
    done = 0
    for start, end in spans:
        parts += [Part(text[done:start]), Part(text[start:end], marked=True)]
        done = end
    return (*parts, Part(text[done:]))
