"""Tenders in the shape that clients of the KKJ search describe, and searches with more hits than a reply holds."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from crawler.registries import procurement
from data.errors import Blocked, LayoutChanged, Malformed, SourceError
from tests.crawler.registries.registry_pages import SORRY
from tests.crawler.web import Answer, Place, Web, serving

URL = "https://kkj.example.jp/api/?Query=x"


def hit(name: str, **more: str) -> str:
    fields = {"ProjectName": name, "OrganizationName": "青葉市", **more}
    return f"<SearchResult>{''.join(f'<{k}>{v}</{k}>' for k, v in fields.items())}</SearchResult>"


def reply(
    *hits: str, count: str | None = None, root: str = "<Results>", encoding: str = "UTF-8"
) -> bytes:
    total = len(hits) if count is None else count
    return (
        f'<?xml version="1.0" encoding="{encoding}"?>{root}<SearchResults><SearchHits>{total}</SearchHits>'
        f"{''.join(hits)}</SearchResults></Results>"
    ).encode("cp932" if encoding == "Shift_JIS" else encoding)


@pytest.mark.parametrize(
    ("issued", "day"),
    [
        ("2026-08-17T00:00:00+09:00", date(2026, 8, 17)),
        ("2026-08-16T15:00:00Z", date(2026, 8, 17)),
        ("2026-08-17", date(2026, 8, 17)),
        ("2026/8/17", date(2026, 8, 17)),
        ("令和8年8月17日", date(2026, 8, 17)),
        ("未定", None),
        ("", None),
    ],
)
def test_days_in_any_plausible_writing(issued: str, day: date | None) -> None:
    (found,) = procurement.read_tenders(reply(hit("改修", CftIssueDate=issued)), URL)
    assert found.issued == day


@pytest.mark.parametrize(
    "body",
    [
        reply(hit("番号連携")),
        reply(hit("番号連携"), root='<Results xmlns="https://www.kkj.go.jp/ns">'),
        reply(hit("番号連携"), encoding="Shift_JIS"),
        reply(hit("番号連携", ProjectDescription="長" * 60_000)),
        reply(hit("番号連携", Attachments="<Attachment><Name>仕様書</Name></Attachment>")),
        reply(hit("番号連携"), count="１"),
    ],
    ids=["plain", "namespace", "Shift_JIS", "60,000 signs", "attachments", "wide digit"],
)
def test_replies_in_any_plausible_shape(body: bytes) -> None:
    (found,) = procurement.read_tenders(body, URL)
    assert (found.title, found.organisation) == ("番号連携", "青葉市")
    assert len(found.description) <= procurement.MAX_DESCRIPTION


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (SORRY, Blocked),
        (b"", Malformed),
        (reply(hit("a"))[:-40], Malformed),
        (b"<Results><Error>internal error</Error></Results>", Malformed),
        (b"<Error>no searchword</Error>", Malformed),
        (b"<Results><SearchResults/></Results>", LayoutChanged),
        (reply(count="12"), LayoutChanged),
        (b'<!DOCTYPE x [<!ENTITY a "b">]><Results>&a;</Results>', Malformed),
    ],
)
def test_what_is_no_reply_is_a_typed_error(body: bytes, error: type[SourceError]) -> None:
    with pytest.raises(error):
        procurement.read_tenders(body, URL)


def test_a_search_of_one_day_that_lists_too_few_is_said() -> None:
    one_day = "https://kkj.example.jp/api/?Query=x&CFT_Issue_Date=2026-08-17/2026-08-17&Count=1"
    with pytest.raises(LayoutChanged, match="cannot be cut"):
        procurement.day_by_day(one_day, date(2026, 8, 20))


@pytest.fixture
def web() -> Iterator[Web]:
    found = Web()
    with serving(found) as found.host:
        yield found


def test_more_hits_than_a_reply_holds_are_asked_for_day_by_day(web: Web, tmp_path: Path) -> None:
    def xml(*hits: str, count: str | None = None) -> Answer:
        return Answer(reply(*hits, count=count), content_type="text/xml", etag=False)

    place = Place(tmp_path)
    search = "/api/?Query=number&CFT_Issue_Date=2026-08-15/&Count=1"
    web.pages[search] = xml(hit("一日目の改修", CftIssueDate="2026-08-15"), count="3")
    for day, names in (("15", ["一日目の改修"]), ("16", []), ("17", ["三日目の改修"])):
        path = search.replace("2026-08-15/", f"2026-08-{day}/2026-08-{day}")
        found = [hit(name, CftIssueDate=f"2026-08-{day}") for name in names]
        web.pages[path] = xml(*found)
    more = "registry: tenders\nidentity: link_title\nfetch: title_only\nexpect: {items_min: 0}"
    place.source("kkj", web.host, search, "registry", more)
    place.configure()
    done = place.crawl("kkj", SCOPEWATCH_NOW="2026-08-17T12:00+09:00")
    assert (done["exit"], done["new"]) == (0, 2), done
    assert {row["title"] for row in place.documents()} == {
        "青葉市 一日目の改修",
        "青葉市 三日目の改修",
    }
