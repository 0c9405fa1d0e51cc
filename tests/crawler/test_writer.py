"""What cannot be written: the fault stays with its document or its batch, and nothing is lost for good."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from crawler.archive import Archive
from crawler.documents import with_text
from crawler.items import Capture, Publication, Tally
from crawler.loader import records
from crawler.source import Source
from crawler.writer import HEAVY_BATCH, Writer
from data.clock import now
from data.config import Config
from data.models import Entry
from data.store.connection import Store, open_store
from data.store.sources import save_sources
from data.store.validators import Validator
from tests.crawler.test_rules import source

NAMES = ("good", "bad", "better", "one", "other")
LIST = "https://www.example.go.jp/feed.xml"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(Config(base=tmp_path)) as opened:
        save_sources(opened, records([_source(name) for name in NAMES]))
        yield opened


def _source(name: str) -> Source:
    return source().model_copy(update={"id": name})


def _publication(number: int, title: str = "見出し") -> Publication:
    url = f"https://www.example.go.jp/{number}"
    return Publication(
        document_id=f"{number:020x}", entry=Entry(title=title, url=url), fetched_at=now(), url=url
    )


def _capture() -> Capture:
    return Capture(
        url=LIST, status=200, method="GET", request_headers=(), response_headers=(),
        body=b"x", fetched_at=now(), ip_address=None, tls="none",
    )  # fmt: skip


def _tally() -> Tally:
    validator = Validator(etag='"1"', last_modified=None, body_sha256="")
    return Tally(started_at=now(), list_validators={LIST: validator})


def _stored(store: Store) -> set[str]:
    return {row["id"] for row in store.public.query("SELECT id FROM documents")}


def _validators(store: Store) -> int:
    return store.private.table("validators").count


def test_a_document_that_cannot_be_written_harms_no_other(store: Store, tmp_path: Path) -> None:
    writer = Writer(store, Archive(tmp_path / "archive"))
    good, bad, better = _tally(), _tally(), _tally()
    writer.add(_publication(1), _source("good"), good)
    writer.add(_publication(2), _source("bad"), bad)
    poison = replace(_publication(3), url="https://www.example.go.jp/\ud800")
    writer.add(poison, _source("bad"), bad)
    writer.add(_publication(4), _source("better"), better)
    for name, tally in (("better", better), ("bad", bad), ("good", good)):
        writer.finish(_source(name), tally)
    assert _stored(store) == {f"{number:020x}" for number in (1, 2, 4)}
    assert (good.new, bad.new, better.new) == (1, 1, 1)
    assert (good.complete, bad.complete, better.complete) == (True, False, True)
    [(url, error)] = bad.failures
    assert (url, error.kind) == ("https://www.example.go.jp/\\ud800", "malformed")
    assert "surrogates not allowed" in str(error)
    assert _validators(store) == 2
    writer.close()


def test_heavy_answers_are_written_and_let_go_before_the_batch_is_full(
    store: Store, tmp_path: Path
) -> None:
    writer, tally = Writer(store, Archive(tmp_path / "archive")), _tally()
    heavy = replace(_capture(), body=b"x" * (HEAVY_BATCH + 1))
    page = replace(_publication(1), extract=with_text(_publication(1).entry, "本文"), capture=heavy)
    writer.add(page, _source("good"), tally)
    assert _stored(store) == {f"{1:020x}"}
    writer.add(_publication(2), _source("good"), tally)
    assert len(_stored(store)) == 1
    writer.close()
    assert len(_stored(store)) == 2


def test_a_locked_database_keeps_no_validator_and_ends_nothing(
    store: Store, tmp_path: Path
) -> None:
    store.public.conn.execute("PRAGMA busy_timeout = 10")
    writer = Writer(store, Archive(tmp_path / "archive"))
    one, other = _tally(), _tally()
    writer.add(_publication(1), _source("one"), one)
    writer.add(_publication(2), _source("other"), other)
    lock = sqlite3.connect(tmp_path / "var" / "watch.db", isolation_level=None)
    lock.execute("BEGIN IMMEDIATE")
    writer.finish(_source("other"), other)
    lock.execute("ROLLBACK")
    lock.close()
    writer.finish(_source("one"), one)
    assert (one.complete, other.complete, one.unwritten, other.unwritten) == (False, False, 1, 1)
    assert "database is locked" in (one.crash or "")
    assert (_stored(store), _validators(store)) == (set(), 0)
    # The next run, which no 304 keeps from reading.
    again = _tally()
    writer.add(_publication(1), _source("one"), again)
    writer.finish(_source("one"), again)
    assert (again.new, again.complete, _validators(store)) == (1, True, 1)
    writer.close()


def test_a_full_disk_keeps_no_validator_and_leaves_no_half_record_in_use(
    store: Store, tmp_path: Path
) -> None:
    folder = tmp_path / "archive"
    folder.write_text("in the way of the directory")
    writer = Writer(store, Archive(folder))
    tally = _tally()
    one = replace(_publication(1), capture=_capture())
    writer.add(one, _source("one"), tally)
    writer.finish(_source("one"), tally)
    assert (tally.complete, _stored(store), _validators(store)) == (False, set(), 0)
    folder.unlink()
    again = _tally()
    writer.add(one, _source("one"), again)
    writer.finish(_source("one"), again)
    assert (again.complete, len(_stored(store)), _validators(store)) == (True, 1, 1)
    writer.close()
