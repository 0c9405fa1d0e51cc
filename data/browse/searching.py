"""The search page: documents by title, quoted sentence and excerpt, the found words highlighted."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass

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
    found = ranked(connection, expression) if question else []
    quoted = _findings_by_document(connection, [row["id"] for row in found])
    return Page(
        template="search.html",
        context={
            "question": question,
            "hits": [_hit(row, quoted.get(row["id"], []), question) for row in found],
            "more": len(found) == SHOWN,
        },
    )


_FOUND = """
    SELECT d.id, d.title, d.url, d.excerpt, d.published_at, d.fetched_at, d.source_id,
           s.publisher_ja, s.publisher_en
    FROM (SELECT x.rowid AS entry FROM documents_search x CROSS JOIN documents e ON e.search_id = x.rowid
          WHERE documents_search MATCH ? ORDER BY x.rowid DESC LIMIT 200) found
    CROSS JOIN documents d ON d.search_id = found.entry
    JOIN sources s ON s.id = d.source_id
    ORDER BY d.published_at IS NULL, coalesce(d.published_at, d.fetched_at) DESC LIMIT ?
"""
_ANY = "SELECT rowid FROM documents_search WHERE documents_search MATCH ? LIMIT 1"


def ranked(connection: sqlite3.Connection, expression: str) -> list[Row]:
    """Documents whose title has all the words first, then those quoted with them, then the others.

    Within a rank the latest come first, among the 200 documents last written (an entry that a changed
    document left behind is none). FTS5's bm25 would have to visit every match, a third of a million
    for 銀行 in twenty years; this stops early. Two words that never meet in a title nor in a sentence
    would be read to the end for either; that neither has them is found out at once.
    """
    found: dict[str, Row] = {}
    told = rows(connection, _ANY, [f"{{title quotation}} : ({expression})"])
    for column in ("{title} : ", "{quotation} : ", "") if told else ("",):
        if len(found) < SHOWN:
            asked = f"{column}({expression})"
            for row in rows(connection, _FOUND, [asked, SHOWN]):
                found.setdefault(row["id"], row)
    return list(found.values())[:SHOWN]


def _findings_by_document(
    connection: sqlite3.Connection, identities: list[str]
) -> dict[str, list[Row]]:
    by_document: dict[str, list[Row]] = {}
    marks = ",".join("?" * len(identities))
    for row in rows(
        connection,
        "SELECT id, document_id, evidence, stage, use_case_id FROM findings "  # noqa: S608  # only question marks
        f"WHERE document_id IN ({marks}) AND state = 'kept' ORDER BY start",
        identities,
    ):
        by_document.setdefault(row["document_id"], []).append(row)
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
