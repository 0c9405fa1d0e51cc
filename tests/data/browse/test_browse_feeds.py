"""Feeds and exports: well formed, stable, filtered, inert."""

from __future__ import annotations

import csv
import io
import json

import pytest
from icalendar import Calendar
from lxml import etree
from public_library import fill
from visiting import Pages

from data.store.connection import Store
from data.subscribers import Filter

ATOM = "{http://www.w3.org/2005/Atom}"


def entries(text: str) -> list[etree._Element]:
    return list(etree.fromstring(text.encode()).iter(f"{ATOM}entry"))


def test_the_atom_feed_has_ids_dates_and_the_sentence(pages: Pages) -> None:
    answer = pages.get("/-/feed/all.atom?lang=ja")
    assert answer.headers["content-type"].startswith("application/atom+xml")
    items = entries(answer.text)
    assert len(items) == 9
    ids = [item.findtext(f"{ATOM}id") for item in items]
    assert len(set(ids)) == 9
    assert all(str(name).startswith("urn:uuid:") for name in ids)
    police = next(i for i in items if "警察×番号: 否定" in str(i.findtext(f"{ATOM}title")))
    content = str(police.findtext(f"{ATOM}content"))
    assert content.index("利用しないと国会で述べた") < content.index("計画をまとめた")


@pytest.mark.parametrize(
    ("path", "count"),
    [
        ("/-/feed/sector/passport.atom", 2),
        ("/-/feed/identifier/juki.atom", 3),
        ("/-/feed/stage/adopted.atom", 2),
        ("/-/feed/all.atom?sector=bank&identifier=juki", 2),
        ("/-/use-case/police:number.atom", 2),
        ("/-/feed/sector/welfare.atom", 0),
    ],
)
def test_feeds_of_a_filter(pages: Pages, path: str, count: int) -> None:
    assert len(entries(pages.get(path).text)) == count


@pytest.mark.parametrize(
    ("chosen", "count"),
    [
        ({"sectors": ("police", "bank")}, 5),
        ({"sectors": ("police",), "stages": ("planned",)}, 1),
        ({"systems": ("fixed_asset_tax",)}, 1),
        ({"sources": ("naisei_press",), "identifiers": ("card",)}, 1),
        ({"words": ("ひも付け",)}, 1),
        ({"words": ("紐付け",), "without_words": ("金融監理庁",)}, 0),
        ({"words": ("ﾏｲﾅﾝﾊﾞｰｶｰﾄﾞ",)}, 2),
        ({}, 9),
    ],
)
def test_a_saved_filter_has_a_feed(
    pages: Pages, chosen: dict[str, tuple[str, ...]], count: int
) -> None:
    pages.datasette.scopewatch_filters = {"mine": Filter(**chosen)}
    answer = pages.get("/-/feed/filter/mine.atom")
    assert len(entries(answer.text)) == count
    assert len(json.loads(pages.get("/-/feed/filter/mine.json").text)["items"]) == count
    assert pages.get("/-/feed/filter/mine.atom", if_none_match=answer.headers["etag"]).status_code == 304  # fmt: skip
    assert "/-/feed/filter/mine.atom" in pages.get("/").text
    assert pages.get("/-/feed/filter/other.atom").status_code == 404


def test_a_feed_stays_byte_for_byte_until_something_happens(pages: Pages, library: Store) -> None:
    first = pages.get("/-/feed/all.atom")
    fill_again = pages.get("/-/feed/all.atom", if_none_match=first.headers["etag"])
    assert fill_again.status_code == 304
    with library.writing_public() as db:
        db.execute("UPDATE events SET state = 'withdrawn' WHERE seq = 1")
    changed = pages.get("/-/feed/all.atom", if_none_match=first.headers["etag"])
    assert changed.status_code == 200
    assert len(entries(changed.text)) == 8


def test_a_word_outside_the_vocabulary_has_no_feed(pages: Pages) -> None:
    assert pages.get("/-/feed/sector/nonsense.atom").status_code == 404
    assert pages.get("/-/use-case/nope:card.csv").status_code == 404


def test_the_json_feed_carries_the_same_events(pages: Pages) -> None:
    feed = json.loads(pages.get("/-/feed/all.json?lang=en").text)
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert len(feed["items"]) == 9
    evil = next(item for item in feed["items"] if "health" in item["tags"])
    assert "external_url" not in evil


def test_a_use_case_as_json_csv_and_calendar(pages: Pages) -> None:
    value = json.loads(pages.get("/-/use-case/police:number.json").text)
    assert value["schema"] == "scopewatch-use-case-1"
    assert [event["kind"] for event in value["events"]] == ["reversal", "denial"]
    assert value["promises"][0]["speaker"] == "架空太郎"
    text = pages.get("/-/use-case/police:number.csv").text
    table = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
    assert table[0]["evidence"].startswith("警保庁は照会システムで")
    calendar = Calendar.from_ical(pages.get("/-/use-case/police:number.ics?lang=en").text)
    days = [event.decoded("dtstart").isoformat() for event in calendar.walk("VEVENT")]
    assert days == ["2026-11-17", "2026-05-04"]


def test_fetched_text_cannot_break_a_feed_or_run_in_a_spreadsheet(
    pages: Pages, library: Store
) -> None:
    with library.writing_public() as db:
        db.execute("UPDATE findings SET evidence = ? WHERE document_id = 'shi-2'",
                   ["=HYPERLINK(\"https://evil.example\")\x01\x0b]]><x/>"])  # fmt: skip
        db.execute("UPDATE documents SET title = '@SUM(1)' WHERE id = 'shi-2'")
    assert len(entries(pages.get("/-/feed/all.atom").text)) == 9
    text = pages.get("/-/use-case/passport:card.csv").text
    assert "'=HYPERLINK" in text
    assert ",'@SUM(1)," in text
    Calendar.from_ical(pages.get("/-/use-case/passport:card.ics").text)


def test_filling_twice_changes_no_id(store: Store) -> None:
    fill(store)
    before = {row["id"] for row in store.public.query("SELECT id FROM events")}
    fill(store)
    assert {row["id"] for row in store.public.query("SELECT id FROM events")} == before
