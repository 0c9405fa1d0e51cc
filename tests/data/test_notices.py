"""A notice of a step: one identity by its name, dated by the day in Tokyo or not at all."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

from data.models import Document
from data.notices import notice
from data.store.connection import Store
from data.store.documents import save_document
from data.vocabulary import SourceClass
from tests.data.record import add_sources

READ_AT = datetime(2026, 11, 24, 3, tzinfo=UTC)


def made(
    name: str = "221-閣法-7|submitted", day: date | None = date(2026, 3, 4), text: str = "潮見省"
) -> Document:
    return notice(
        name,
        SourceClass.DIET.value,
        url="https://www.shiomi.example.go.jp/7",
        title="潮見の法律案 提出",
        text=text,
        day=day,
        read_at=READ_AT,
    )


def test_a_step_is_one_document_however_often_it_is_made(store: Store) -> None:
    add_sources(store)
    assert save_document(store, made()) == "new"
    assert save_document(store, replace(made(), fetched_at=datetime.now(UTC))) == "seen"
    assert save_document(store, made(text="潮見省、再提出")) == "changed"
    assert save_document(store, made(name="221-閣法-7|promulgated")) == "new"


def test_it_is_dated_by_the_day_in_tokyo() -> None:
    published = made().published
    assert published is not None
    assert published.at.astimezone(UTC) == datetime(2026, 3, 3, 15, tzinfo=UTC)
    assert (published.precision, published.raw) == ("day", "2026-03-04")
    assert made(day=None).published is None
