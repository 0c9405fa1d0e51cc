"""The rows of Datasette's tables in the reader's words: which columns are shown, and how each cell is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from markupsafe import Markup, escape

from data.browse import links, words
from data.names import Language

RECORD_COLUMNS = {
    ("documents", "id"): "document",
    ("findings", "id"): "finding",
    ("use_cases", "id"): "use-case",
    ("sources", "id"): "source",
    ("stories", "id"): "story",
    ("promises", "id"): "promise",
    ("", "document_id"): "document",
    ("", "finding_id"): "finding",
    ("", "against_finding_id"): "finding",
    ("", "use_case_id"): "use-case",
    ("", "story_id"): "story",
    ("", "source_id"): "source",
    ("", "promise_id"): "promise",
}
"""Which columns hold the name of a record that has a page of its own; an empty table means any."""

_OF_THE_ROW = frozenset({
    "outlet", "story_id", "published_precision", "published_raw", "last_seen_at", "encoding", "body_sha256",
    "text_sha256", "simhash", "version", "warc_file", "warc_record_id", "read_version", "read_model",
    "read_error", "read_at", "gated", "truncated", "search_id", "evidence_sha256", "start", "end", "why",
    "machine", "model", "seq", "pid", "host", "extra", "dropped",
})  # fmt: skip
_OF_EVIDENCE = frozenset({"search_id", "score", "document_id"})


def quiet_columns(table: str) -> frozenset[str]:
    """What the list of a table leaves out because only a row's own page needs it; nothing where no list is named."""
    if not table:
        return frozenset()
    return _OF_EVIDENCE if table == "evidence" else _OF_THE_ROW


def linked(value: Any, column: str, table: str | None) -> Markup | None:
    """A link to our page of a record; an original's address becomes a link only when it is safe."""
    if not isinstance(value, str):
        return None
    kind = RECORD_COLUMNS.get((table or "", column)) or RECORD_COLUMNS.get(("", column))
    if kind:
        return _anchor(links.record(kind, value), value)
    if column == "url":
        safe = links.original(value)
        return _anchor(safe, value) if safe else escape(value)
    return None


def said(
    column: str, value: object, language: Language, chosen: Language | None
) -> str | Markup | None:
    """A cell in the reader's words: vocabulary, names of uses, days; None leaves it as it is."""
    if not isinstance(value, str) or not value:
        return None
    if column in {"use_case_id", "into_id"} and ":" in value:
        subject, _, identifier = value.rpartition(":")
        title = words.title_of(subject, identifier, language)
        return _anchor(links.record("use-case", value, chosen), title)
    if column in {"finding_id", "against_finding_id"}:
        return _anchor(links.record("finding", value, chosen), words.say("evidence", language))
    if column == "at" or column.endswith("_at"):
        return words.day(value)
    named = words.cell_name(column, value, language)
    return named if named != value else None


def body(
    rows: Iterable[Sequence[dict[str, Any]]],
    hidden: frozenset[str],
    language: Language,
    chosen: Language | None,
) -> Markup:
    """The rows of a table; in Python, because a template takes three times as long for four hundred cells."""
    labels: dict[str, str] = {}
    made: list[str] = []
    for row in rows:
        made.append("<tr>")
        for cell in row:
            column = cell["column"]
            if column in hidden:
                continue
            if column not in labels:
                name, label = escape(column), escape(words.column_name(column, language))
                labels[column] = f'<td data-field="{name}" data-label="{label}">'
            made += (labels[column], _cell(cell, column, language, chosen), "</td>")
        made.append("</tr>\n")
    return Markup("".join(made))  # noqa: S704  # every part was escaped


def _cell(
    cell: dict[str, Any], column: str, language: Language, chosen: Language | None
) -> Markup | str:
    raw = cell["raw"]
    if raw is None or raw == "":
        return ""
    told = said(column, raw, language, chosen)
    return escape(cell["value"] if told is None else told)


def _anchor(href: str, text: str) -> Markup:
    return Markup(f'<a href="{escape(href)}" rel="noreferrer">{escape(text)}</a>')  # noqa: S704  # both escaped
