"""Laws: their revisions, and the rows and sentences of each state."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from sqlite_utils import Database

from data.clock import now, to_text
from data.statute_sectors import placement
from data.statutes import UNCONFIRMED, UNENFORCED, LawRevision, LawSentence, LawText, TableRow
from data.store.connection import Store
from data.store.rows import stored_json

REVISION_FIELDS = (
    "revision_id, law_id, law_num, title, enforced_on, promulgated_on, amending_law_id, "
    "amending_law_num, amending_law_title, status, comment"
)


def save_revisions(store: Store, revisions: Iterable[LawRevision]) -> int:
    """Keep revisions, their texts untouched; what is known is not blanked. Says how many were new."""
    with store.writing_public() as db:
        return sum(_put_revision(db, revision) for revision in revisions)


def drop_unlisted(store: Store, law_id: str, listed: Iterable[LawRevision]) -> int:
    """Set aside the scheduled revisions of a law that its full list lacks now; says how many.

    A revision scheduled for "at the latest" a day gets another id once a cabinet order fixes the day. Kept,
    the old one would come into force a second time and undo what was amended in between.
    """
    with store.writing_public() as db:
        gone = db.execute(
            "SELECT revision_id FROM law_revisions WHERE law_id = ? AND status = ? "
            "AND revision_id NOT IN (SELECT value FROM json_each(?))",
            [law_id, UNENFORCED, stored_json([one.revision_id for one in listed])],
        ).fetchall()
        for (revision_id,) in gone:
            db.execute(
                "INSERT OR REPLACE INTO law_revisions_gone SELECT revision_id, law_id, enforced_on, "
                "amending_law_id, comment, state_id, ? FROM law_revisions WHERE revision_id = ?",
                [to_text(now()), revision_id],
            )
            db.execute(
                "DELETE FROM law_changes WHERE ? IN (from_revision, to_revision)", [revision_id]
            )
            db.execute("DELETE FROM law_revisions WHERE revision_id = ?", [revision_id])
            db.execute("DELETE FROM deadlines WHERE id = ?", [f"law:{revision_id}"])
    return len(gone)


def save_texts(store: Store, texts: Iterable[LawText]) -> int:
    """Keep revisions with their rows and sentences, in one transaction; says how many were new or changed."""
    changed = 0
    with store.writing_public() as db:
        for text in texts:
            _put_revision(db, text.revision)
            state = _put_state(db, text)
            done = db.execute(
                "UPDATE law_revisions SET state_id = ? WHERE revision_id = ? AND state_id IS NOT ?",
                [state, text.revision.revision_id, state],
            )
            if done.rowcount:
                changed += 1
                # Differences from or to a text that changed are stale.
                db.execute(
                    "DELETE FROM law_changes WHERE ? IN (from_revision, to_revision)",
                    [text.revision.revision_id],
                )
    return changed


def _put_revision(db: Database, revision: LawRevision) -> int:
    known = next(
        iter(
            db.query(
                f"SELECT {REVISION_FIELDS} FROM law_revisions WHERE revision_id = ?",  # noqa: S608
                [revision.revision_id],
            )
        ),
        None,
    )
    row = {
        "revision_id": revision.revision_id,
        "law_id": revision.law_id,
        "law_num": revision.law_num,
        "title": revision.title,
        "enforced_on": revision.enforced_on.isoformat(),
        "promulgated_on": revision.promulgated_on.isoformat() if revision.promulgated_on else None,
        "amending_law_id": revision.amending_law_id,
        "amending_law_num": revision.amending_law_num,
        "amending_law_title": revision.amending_law_title,
        "status": revision.status,
        "comment": revision.comment,
    }
    if known is None:
        row |= {"url": revision.url, "first_seen_at": to_text(now())}
        db.table("law_revisions").insert(row)
        return 1
    if row["status"] == UNCONFIRMED:
        row["status"] = known["status"]  # What the API once listed stays confirmed.
    news = {key: value for key, value in row.items() if value and value != known[key]}
    if news:
        db.table("law_revisions").update(revision.revision_id, news)
    return 0


def _put_state(db: Database, text: LawText) -> str:
    rows = [(_digest(_row_content(row)), row) for row in text.rows]
    sentences = [(_digest(_sentence_content(s)), s) for s in text.sentences]
    state = _digest([[key for key, _ in rows], [key for key, _ in sentences]])
    if next(iter(db.query("SELECT 1 FROM law_states WHERE id = ?", [state])), None):
        return state
    db.table("law_states").insert({"id": state, "rows": len(rows), "sentences": len(sentences)})
    connection = db.conn
    connection.executemany(
        "INSERT OR IGNORE INTO law_rows VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [(key, *_row_values(row)) for key, row in rows],
    )
    connection.executemany(
        "INSERT INTO law_state_rows VALUES (?, ?, ?)",
        [(state, position, key) for position, (key, _) in enumerate(rows)],
    )
    connection.executemany(
        "INSERT OR IGNORE INTO law_sentences VALUES (?, ?, ?, ?, ?)",
        [(key, *_sentence_content(sentence)) for key, sentence in sentences],
    )
    connection.executemany(
        "INSERT INTO law_state_sentences VALUES (?, ?, ?)",
        [(state, position, key) for position, (key, _) in enumerate(sentences)],
    )
    return state


def _digest(content: Any) -> str:
    return hashlib.sha256(stored_json(content).encode()).hexdigest()[:20]


def _row_content(row: TableRow) -> list[Any]:
    return [row.table, row.number, row.body, row.task, row.lines, row.statutes]


def _sentence_content(sentence: LawSentence) -> list[str]:
    return [sentence.article, sentence.paragraph, sentence.item, sentence.text]


def _row_values(row: TableRow) -> list[Any]:
    place = None if row.deleted or row.exchange else placement(row)
    return [
        row.table,
        row.number,
        row.body,
        row.task,
        stored_json(row.lines),
        stored_json(row.statutes),
        row.deleted,
        place.sector.value if place else None,
        place.system if place else None,
        place.domain if place else None,
    ]


def stored_laws(db: Database) -> list[dict[str, Any]]:
    """Each law with its title and numbers of revisions: listed, and with text."""
    return list(
        db.query(
            "SELECT law_id, max(title) AS title, count(*) AS revisions, count(state_id) AS texts, "
            "min(enforced_on) AS first, max(enforced_on) AS last "
            "FROM law_revisions GROUP BY law_id ORDER BY law_id"
        )
    )


def revisions_of(db: Database, law_id: str, *, with_text: bool = False) -> list[LawRevision]:
    """The revisions of a law in the order in which they take effect."""
    only = "AND state_id IS NOT NULL" if with_text else ""
    rows = db.query(
        f"SELECT {REVISION_FIELDS} FROM law_revisions WHERE law_id = ? {only}",  # noqa: S608
        [law_id],
    )
    return sorted((_revision(row) for row in rows), key=lambda revision: revision.order)


def _revision(row: dict[str, Any]) -> LawRevision:
    promulgated = row["promulgated_on"]
    return LawRevision(
        **{
            **row,
            "enforced_on": date.fromisoformat(row["enforced_on"]),
            "promulgated_on": date.fromisoformat(promulgated) if promulgated else None,
        }
    )


def text_of(db: Database, revision: LawRevision) -> LawText | None:
    """The kept rows and sentences of a revision; None when only its existence is known."""
    found = next(
        iter(
            db.query(
                "SELECT state_id FROM law_revisions WHERE revision_id = ?", [revision.revision_id]
            )
        ),
        None,
    )
    if found is None or found["state_id"] is None:
        return None
    rows = db.query(
        "SELECT r.* FROM law_state_rows s JOIN law_rows r ON r.id = s.row_id "
        "WHERE s.state_id = ? ORDER BY s.position",
        [found["state_id"]],
    )
    sentences = db.query(
        "SELECT t.* FROM law_state_sentences s JOIN law_sentences t ON t.id = s.sentence_id "
        "WHERE s.state_id = ? ORDER BY s.position",
        [found["state_id"]],
    )
    return LawText(
        revision=revision,
        rows=tuple(_table_row(row) for row in rows),
        sentences=tuple(
            LawSentence(
                article=row["article"],
                paragraph=row["paragraph"],
                item=row["item"],
                text=row["text"],
            )
            for row in sentences
        ),
    )


def _table_row(row: dict[str, Any]) -> TableRow:
    return TableRow(
        table=row["table_name"],
        number=row["number"],
        body=row["body"],
        task=row["task"],
        lines=tuple(tuple(line) for line in json.loads(row["lines"])),
        statutes=tuple(json.loads(row["statutes"])),
    )


def uses_of(db: Database, law_id: str) -> Iterator[dict[str, Any]]:
    """Permitted uses (live rows that say who may use the identifier) per effective state and sector."""
    return db.query(
        "SELECT enforced_on, revision_id, sector, uses FROM law_uses WHERE law_id = ? "
        "ORDER BY enforced_on, sector",
        [law_id],
    )
