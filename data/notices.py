"""Notices: documents that scopewatch writes itself about a dated step on record, of a bill or of a law."""

from __future__ import annotations

from datetime import date, datetime, time

from data.clock import TOKYO
from data.fingerprint import sha256_text, simhash64
from data.models import Document, Moment


def notice(
    name: str,
    source_id: str,
    *,
    url: str,
    title: str,
    text: str,
    day: date | None,
    read_at: datetime,
) -> Document:
    """The document of a step; `name` says which step, so that it is the same one however often it is made.

    It is dated by the `day` of the step in Tokyo, and undated where the record names none.
    """
    digest = sha256_text(text)
    return Document(
        id=sha256_text(name)[:20],
        source_id=source_id,
        url=url,
        title=title,
        text=text,
        published=_moment(day) if day else None,
        fetched_at=read_at,
        encoding="utf-8",
        kind="json",
        status="ok",
        body_sha256=digest,
        text_sha256=digest,
        simhash=simhash64(f"{title}\n{text}"),
    )


def _moment(day: date) -> Moment:
    return Moment(at=datetime.combine(day, time(), TOKYO), precision="day", raw=day.isoformat())
