"""A statute diff as the JSON that `statutes diff --json` prints and the store keeps."""

from __future__ import annotations

from datetime import date
from typing import Any

from data.statute_diff import RowChange, SentenceChange, StatuteDiff
from data.statute_sectors import placement
from data.statutes import LawRevision, LawSentence, TableRow

UNKNOWN_TO_API = "e-Gov's bulk download holds it, its law API does not list it: unconfirmed"


def revision_json(revision: LawRevision, today: date) -> dict[str, Any]:
    """One revision; `stage` is `planned` while it is not in force, and `note` says why one is unconfirmed."""
    planned = revision.scheduled(today)
    unconfirmed = {} if revision.confirmed else {"confirmed": False, "note": UNKNOWN_TO_API}
    return {
        "revision_id": revision.revision_id,
        "law": revision.law_id,
        "title": revision.title,
        "law_num": revision.law_num,
        "enforced_on": revision.enforced_on.isoformat(),
        "stage": "planned" if planned else "adopted",
        "when": _when(revision, planned),
        "comment": revision.comment or None,
        "promulgated_on": revision.promulgated_on.isoformat() if revision.promulgated_on else None,
        "amending_law_id": revision.amending_law_id,
        "amending_law_num": revision.amending_law_num or None,
        "amending_law_title": revision.amending_law_title or None,
        "url": revision.url,
        **unconfirmed,
    }


def _when(revision: LawRevision, planned: bool) -> str:
    """How exact the date is: a comment says that a cabinet order will fix a day up to the given one."""
    if planned and revision.comment:
        return f"by {revision.enforced_on.isoformat()} at the latest"
    return f"{'from' if planned else 'since'} {revision.enforced_on.isoformat()}"


def row_json(row: TableRow) -> dict[str, Any]:
    place = placement(row)
    value: dict[str, Any] = {
        "table": row.table,
        "number": row.number,
        "body": row.body,
        "task": row.task,
        "statutes": list(row.statutes),
        "sector": place.sector.value,
        "system": place.system,
        "domain": place.domain,
    }
    if row.lines:
        value["lines"] = [list(line) for line in row.lines]
    return value


def _bare(row: TableRow) -> dict[str, Any]:
    value: dict[str, Any] = {
        "table": row.table,
        "number": row.number,
        "body": row.body,
        "task": row.task,
    }
    if row.lines:
        value["lines"] = [list(line) for line in row.lines]
    return value


def _amended(change: RowChange) -> dict[str, Any]:
    return {
        **row_json(change.after),
        "before": _bare(change.before),
        "after": _bare(change.after),
        "citation_only": change.citation_only,
        "statutes_added": list(change.statutes_added),
        "lines_added": change.lines_added,
        "lines_removed": change.lines_removed,
    }


def _renumbered(change: RowChange) -> dict[str, Any]:
    return {
        **row_json(change.after),
        "from": change.before.number,
        "to": change.after.number,
        "from_table": change.before.table,
        "to_table": change.after.table,
    }


def _sentence(sentence: LawSentence | None) -> dict[str, Any] | None:
    if sentence is None:
        return None
    return {
        "article": sentence.article,
        "paragraph": sentence.paragraph,
        "item": sentence.item,
        "text": sentence.text,
    }


def _sentence_change(change: SentenceChange) -> dict[str, Any]:
    article, paragraph, item = change.place
    kind = "added" if change.before is None else "removed" if change.after is None else "changed"
    return {
        "article": article,
        "paragraph": paragraph,
        "item": item,
        "kind": kind,
        "before": _sentence(change.before),
        "after": _sentence(change.after),
    }


def diff_json(diff: StatuteDiff) -> dict[str, Any]:
    """All of a diff; the lists are in the order of the tables."""
    return {
        "added": [row_json(row) for row in diff.added],
        "removed": [row_json(row) for row in diff.removed],
        "amended": [_amended(change) for change in diff.amended],
        "renumbered": [_renumbered(change) for change in diff.renumbered],
        "moved": [_renumbered(change) for change in diff.moved],
        "changed_sentences": [_sentence_change(change) for change in diff.changed_sentences],
        "moved_sentences": [_sentence_change(change) for change in diff.moved_sentences],
    }


def counts(diff: StatuteDiff) -> dict[str, int]:
    """How much changed; `lines` are printed lines, of which a row of a provider table has several."""
    return {
        "added": len(diff.added),
        "removed": len(diff.removed),
        "amended": len(diff.amended),
        "renumbered": len(diff.renumbered),
        "moved": len(diff.moved),
        "changed_sentences": len(diff.changed_sentences),
        "lines_added": sum(c.lines_added for c in diff.amended)
        + sum(len(row.lines) or 1 for row in diff.added),
        "lines_removed": sum(c.lines_removed for c in diff.amended)
        + sum(len(row.lines) or 1 for row in diff.removed),
        "uses_added": sum(not row.exchange for row in diff.added),
        "uses_removed": sum(not row.exchange for row in diff.removed),
    }
