"""Stories in the store: pair what is new with its neighbours, and join what pairs connect."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from sqlite_utils import Database

from data.clock import from_text, to_text
from data.corrections import notice_of, title_of_corrected
from data.models import UseCaseKey
from data.store.connection import Store
from data.store.rows import stored_json
from data.store.settled import resettle
from data.stories import (
    WINDOW,
    Kind,
    Report,
    components,
    copy_candidates,
    head_of,
    pair_kind,
    title_likeness,
)
from data.vocabulary import OFFICIAL, SourceClass

BATCH = 1000
TAKEN_BACK_WITHIN = timedelta(days=30)
TAKEN_BACK_TITLES = 0.6


def update_stories(store: Store) -> int:
    """Join documents that are new, changed or newly read to their stories; says how many were looked at.

    Killed anywhere, the next call goes on. The result is the same in whatever order documents came,
    because a story is what pairs connect and a pair depends on its two documents only.
    """
    looked_at = 0
    while True:
        with store.writing_public() as db:
            new = _unpaired(db)
            if not new:
                return looked_at
            _take_back(db, new)
            _pair(store, db, new)
            looked_at += len(new)


def _unpaired(db: Database) -> list[str]:
    rows = db.execute(
        "SELECT d.id FROM documents d LEFT JOIN story_done s ON s.document_id = d.id "
        "WHERE s.version IS NOT d.version OR s.read_model IS NOT d.read_model "
        "ORDER BY coalesce(d.published_at, d.fetched_at), d.id LIMIT ?",
        [BATCH],
    )
    return [row[0] for row in rows.fetchall()]


def _pair(store: Store, db: Database, new: list[str]) -> None:
    """Pair `new` with each other and with what was there within three days; then join."""
    mine = _reports(db, "d.id IN (SELECT value FROM json_each(?))", [stored_json(new)])
    times = [report.at for report in mine.values()]
    around = _reports(
        db,
        "coalesce(d.published_at, d.fetched_at) BETWEEN ? AND ?",
        [to_text(min(times) - WINDOW), to_text(max(times) + WINDOW)],
    )
    old = _neighbours(db, new)
    db.conn.executemany(
        "DELETE FROM story_pairs WHERE one = ?1 OR other = ?1", [(name,) for name in new]
    )
    pairs: dict[tuple[str, str], Kind] = {}
    for one, other in _candidates(store, mine, around):
        kind = pair_kind(one, other)
        if kind:
            names = sorted((one.id, other.id))
            pairs[names[0], names[1]] = kind
    db.conn.executemany(
        "INSERT OR REPLACE INTO story_pairs (one, other, kind) VALUES (?, ?, ?)",
        [(*names, kind) for names, kind in pairs.items()],
    )
    touched = {*new, *old, *(name for names in pairs for name in names)}
    _join(db, touched)
    db.conn.executemany(
        "INSERT OR REPLACE INTO story_done (document_id, version, read_model) "
        "SELECT id, version, read_model FROM documents WHERE id = ?",
        [(name,) for name in new],
    )


def _candidates(
    store: Store, mine: dict[str, Report], around: dict[str, Report]
) -> Iterable[tuple[Report, Report]]:
    """Pairs worth judging: near by simhash (then with the lengths of their texts), or of one use."""
    everyone = list(around.values())
    own = list(mine.values())
    near = copy_candidates(
        np.array([report.simhash for report in own], dtype=np.uint64),
        np.array([report.simhash for report in everyone], dtype=np.uint64),
    )
    copies = {(own[i].id, everyone[j].id) for i, j in near if own[i].id != everyone[j].id}
    for one, other in copies:
        yield _measured(store, mine[one]), _measured(store, around[other])
    by_use: dict[tuple[str, str], list[Report]] = {}
    for report in everyone:
        for use in report.uses:
            by_use.setdefault(use, []).append(report)
    for report in own:
        for use in report.uses:
            for other_report in by_use.get(use, ()):
                if (report.id, other_report.id) not in copies:
                    yield report, other_report


def _reports(db: Database, condition: str, values: list[Any]) -> dict[str, Report]:
    """Documents as reports, by id; the length of a text is asked for only where it matters."""
    uses: dict[str, set[tuple[str, str]]] = {}
    actors: dict[str, set[str]] = {}
    for row in db.query(
        "SELECT f.document_id, f.use_case_id, f.stage, f.actor FROM findings f "  # noqa: S608
        f"JOIN documents d ON d.id = f.document_id WHERE f.state = 'kept' AND {condition}",
        values,
    ):
        uses.setdefault(row["document_id"], set()).add((row["use_case_id"], row["stage"]))
        if row["actor"]:
            actors.setdefault(row["document_id"], set()).add(row["actor"])
    rows = db.query(
        "SELECT d.id, d.source_id, s.source_class, d.title, d.simhash, "  # noqa: S608
        "coalesce(d.published_at, d.fetched_at) AS at FROM documents d "
        f"JOIN sources s ON s.id = d.source_id WHERE {condition}",
        values,
    )
    return {
        row["id"]: Report(
            id=row["id"],
            source_id=row["source_id"],
            source_class=SourceClass(row["source_class"]),
            title=row["title"],
            at=from_text(row["at"]),
            simhash=int(row["simhash"], 16),
            characters=-1,
            uses=frozenset(uses.get(row["id"], ())),
            actors=frozenset(actors.get(row["id"], ())),
        )
        for row in rows
    }


def _measured(store: Store, report: Report) -> Report:
    """`report` with the length of its newest private text."""
    row = store.private.execute(
        "SELECT length(text) FROM texts WHERE document_id = ? ORDER BY version DESC LIMIT 1",
        [report.id],
    ).fetchone()
    return replace(report, characters=row[0] if row else 0)


def _neighbours(db: Database, names: Iterable[str]) -> set[str]:
    listed = stored_json(sorted(names))
    rows = db.execute(
        "SELECT other FROM story_pairs WHERE one IN (SELECT value FROM json_each(:names)) UNION "
        "SELECT one FROM story_pairs WHERE other IN (SELECT value FROM json_each(:names))",
        {"names": listed},
    )
    return {row[0] for row in rows.fetchall()}


def _join(db: Database, touched: set[str]) -> None:
    """Write the stories of everything that is connected with `touched`."""
    members, edge = set(touched), set(touched)
    while edge:
        edge = _neighbours(db, edge) - members
        members |= edge
    listed = stored_json(sorted(members))
    pairs = db.execute(
        "SELECT one, other FROM story_pairs WHERE one IN (SELECT value FROM json_each(?))", [listed]
    ).fetchall()
    reports = _reports(db, "d.id IN (SELECT value FROM json_each(?))", [listed])
    db.execute("DELETE FROM stories WHERE id IN (SELECT value FROM json_each(?))", [listed])
    for group in components(reports, pairs):
        _put_story(db, [reports[name] for name in group])


def _put_story(db: Database, reports: list[Report]) -> None:
    """A story is named after its earliest document, so that it keeps its name while it grows."""
    first = min(reports, key=lambda report: (report.at, report.id))
    db.conn.executemany(
        "UPDATE documents SET story_id = ? WHERE id = ? AND story_id != ?1",
        [(first.id, report.id) for report in reports],
    )
    official = [report.at for report in reports if report.source_class in OFFICIAL]
    db.execute(
        "INSERT OR REPLACE INTO stories (id, head_document_id, documents, outlets, first_at, "
        "official_at) VALUES (?, ?, ?, ?, ?, ?)",
        [
            first.id,
            head_of(reports).id,
            len(reports),
            len({report.source_id for report in reports}),
            to_text(first.at),
            to_text(min(official)) if official else None,
        ],
    )


def _take_back(db: Database, new: list[str]) -> None:
    """Set aside the findings of articles that a notice among `new` corrects or takes back.

    Their events are withdrawn with the next update of the ledger; what the corrected wording says is
    told by the notice's own findings. A person who has judged a finding is not overruled.
    """
    rows = list(
        db.query(
            "SELECT id, source_id, title, url, coalesce(published_at, fetched_at) AS at "
            "FROM documents WHERE id IN (SELECT value FROM json_each(?))",
            [stored_json(new)],
        )
    )
    for notice in rows:
        if notice_of(notice["title"]) is not None:
            for identity in _spoken_of(db, notice):
                _set_aside(db, identity, notice["url"])


def _spoken_of(db: Database, notice: dict[str, Any]) -> list[str]:
    at: datetime = from_text(notice["at"])
    wanted = title_of_corrected(notice["title"])
    earlier = db.execute(
        "SELECT id, title FROM documents WHERE source_id = ? AND id != ? AND "
        "coalesce(published_at, fetched_at) BETWEEN ? AND ?",
        [notice["source_id"], notice["id"], to_text(at - TAKEN_BACK_WITHIN), notice["at"]],
    ).fetchall()
    return [
        identity
        for identity, title in earlier
        if notice_of(title) is None and title_likeness(title, wanted) >= TAKEN_BACK_TITLES
    ]


def _set_aside(db: Database, document_id: str, url: str) -> None:
    for row in list(
        db.query(
            "SELECT id, machine FROM findings WHERE document_id = ? "
            "AND state IN ('kept', 'also_seen')",
            [document_id],
        )
    ):
        resettle(db, row["id"], {**json.loads(row["machine"]), "taken_back": url})


def story(store: Store, story_id: str) -> list[dict[str, Any]]:
    """The documents of a story with their outlets: the one that stands first, then by date."""
    return list(
        store.public.query(
            "SELECT d.id, d.title, d.url, d.outlet, s.id AS source_id, s.source_class, "
            "s.publisher_ja, s.publisher_en, coalesce(d.published_at, d.fetched_at) AS at, "
            "d.id = t.head_document_id AS head FROM documents d JOIN sources s ON s.id = d.source_id "
            "LEFT JOIN stories t ON t.id = d.story_id WHERE d.story_id = ? "
            "ORDER BY head DESC, at, d.id",
            [story_id],
        )
    )


def new_in_story(store: Store, story_id: str, since: datetime) -> dict[str, Any]:
    """What a story got since a moment: its first official source, and stages that it had not had.

    `official` is the document id of the first official source if it came since, else None; `stages`
    maps (use case, stage) words seen since for the first time to the earliest date.
    """
    rows = list(
        store.public.query(
            "SELECT d.id, s.source_class, f.use_case_id, f.stage, "
            "coalesce(d.published_at, d.fetched_at) AS at FROM documents d "
            "JOIN sources s ON s.id = d.source_id "
            "LEFT JOIN findings f ON f.document_id = d.id AND f.state = 'kept' "
            "WHERE d.story_id = ? ORDER BY at, d.id",
            [story_id],
        )
    )
    start = to_text(since)
    official = [row for row in rows if SourceClass(row["source_class"]) in OFFICIAL]
    first: dict[str, str] = {}
    for row in rows:
        if row["stage"]:
            first.setdefault(f"{UseCaseKey.parse(row['use_case_id'])} {row['stage']}", row["at"])
    return {
        "official": official[0]["id"] if official and official[0]["at"] >= start else None,
        "stages": {name: at for name, at in first.items() if at >= start},
    }
