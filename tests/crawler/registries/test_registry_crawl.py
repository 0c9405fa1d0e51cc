"""Registries read as a user reads them: over HTTP, page after page, with sorry pages and refusals."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.crawler.registries import registry_pages as pages
from tests.crawler.web import Answer, Place, Web, serving

QUERY = "query: {words: [マイナンバー]}\nidentity: guid\nfetch: title_only\nexpect: {items_min: 0}\nregistry: diet_speeches"
MEETING = "/api/meeting?issueID=129904601X00120260805&recordPacking=json"
SEARCH = "/api/speech?any=%E3%83%9E%E3%82%A4%E3%83%8A%E3%83%B3%E3%83%90%E3%83%BC"


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


@pytest.fixture
def web() -> Web:
    return Web()


@pytest.fixture
def host(web: Web) -> Iterator[str]:
    with serving(web) as address:
        yield address


def _json(body: bytes) -> Answer:
    return Answer(body, content_type="application/json; charset=utf-8", etag=False)


def test_a_hit_brings_its_meeting_once_and_the_answer_with_its_question(
    place: Place, web: Web, host: str
) -> None:
    web.pages[SEARCH] = _json(pages.speech_reply([pages.MEETING[2]]))
    web.pages[MEETING] = _json(pages.meeting_reply(pages.MEETING))
    place.source("diet", host, "/api/speech?any={WORD}", "registry", QUERY)
    place.configure()
    done = place.crawl()
    assert (done["exit"], done["new"]) == (0, 1), done
    (document,) = place.documents()
    assert document["title"].endswith("青葉花子 → 鍵屋二郎（花火大臣）")
    assert "そのような考えはございません" in place.texts()[document["id"]]
    again = place.crawl("--all")
    assert (again["exit"], again["new"], again["changed"]) == (0, 0, 0)
    assert web.paths().count(MEETING) == 1


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        (Answer(pages.SORRY), "blocked"),
        (_json(b'{"message":"(19011)"}'), "malformed"),
        (_json(pages.speech_reply(pages.MEETING)[:200]), "malformed"),
        (_json(b""), "malformed"),
        (Answer(b"slow down", status=429, etag=False), "unreachable"),
    ],
    ids=["sorry", "error", "truncated", "empty", "rate limit"],
)
def test_a_wrong_answer_is_a_state_and_loses_nothing(
    place: Place, web: Web, host: str, answer: Answer, state: str
) -> None:
    web.pages[SEARCH] = _json(pages.speech_reply([pages.MEETING[2]]))
    web.pages[MEETING] = _json(pages.meeting_reply(pages.MEETING))
    place.source("diet", host, "/api/speech?any={WORD}", "registry", QUERY)
    place.configure()
    place.crawl()
    stored = place.documents()
    web.pages[SEARCH] = answer
    place.crawl("--all")
    assert place.health("diet")["state"] == state
    assert place.documents() == stored


def test_bills_of_a_list_are_read_with_their_pages(place: Place, web: Web, host: str) -> None:
    web.put("/gian/kaiji299.htm", pages.SHUGIIN_LIST, content_type="text/html")
    web.put("/gian/keika/1DDA01.htm", pages.SHUGIIN_PAGE, content_type="text/html")
    place.source(
        "bills",
        host,
        "/gian/kaiji{session}.htm",
        "registry",
        "vars: {session: '299'}\nregistry: bills_representatives\nhints: {encoding: cp932}",
    )
    place.configure()
    place.crawl()
    rows = {row["title"]: row for row in place.documents()}
    assert len(rows) == 3
    read = rows["第299回国会 閣法第7号 花火番号法の一部を改正する法律案 成立"]
    assert read["status"] == "ok"
    assert "2025-05-23 公布 令和7年法律第38号" in place.texts()[read["id"]]
    assert {row["status"] for title, row in rows.items() if "第7号" not in title} == {"title_only"}
