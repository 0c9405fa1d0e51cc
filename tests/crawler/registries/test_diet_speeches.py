"""The speeches of the Diet: which answer stands under which question, in either format and on the recordings."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from crawler.registries import diet_speeches
from crawler.spiders.registry import is_further
from data.errors import Blocked, LayoutChanged, Malformed, SourceError
from tests.crawler.registries import registry_pages as pages

URL = "https://registry.example.jp/list"


def test_an_answer_stands_under_the_question_that_names_its_subject() -> None:
    page = diet_speeches.read_speeches(pages.meeting_reply(pages.MEETING), URL)
    assert [one.order for one in page.speeches] == [1, 2, 3, 4, 5, 6]
    first, second = diet_speeches.exchanges(page.speeches)
    made = diet_speeches.entry_of(first, ["マイナンバー"])
    assert made is not None
    entry, text = made
    assert text == (
        "〔青葉花子 花火の会〕\n○青葉委員　マイナンバーを図書館の貸出に使う考えはありますか。\n\n"
        "〔鍵屋二郎 花火大臣〕\n○鍵屋国務大臣　そのような考えはございません。"
    )
    assert entry.title == "衆議院 花火特別委員会 第1号 青葉花子 → 鍵屋二郎（花火大臣）"
    assert entry.url == "https://kokkai.ndl.go.jp/txt/129904601X00120260805/4"
    assert entry.id == "129904601X00120260805_002"
    assert entry.published is not None
    assert entry.published.precision == "day"
    assert diet_speeches.entry_of(second, ["マイナンバー"]) is None


def test_a_minister_with_a_chairs_title_answers_and_a_witness_too() -> None:
    """The 国家公安委員会委員長 is a minister; a committee's chair only gives the floor."""
    meeting = [
        pages.speech(1, "玉屋一郎", "○委員長（玉屋一郎君）\u3000青葉花子君。", "委員長"),
        pages.speech(2, "青葉花子", "○青葉花子君\u3000マイナンバーを捜査に使いますか。"),
        pages.speech(3, "鍵屋二郎", "○国務大臣（鍵屋二郎君）\u3000否。", "国家公安委員会委員長"),
        pages.speech(4, "若葉三郎", "○若葉三郎君\u3000続けて伺います。"),
        pages.speech(5, "松葉四郎", "○参考人（松葉四郎君）\u3000はい。", "花火師会会長"),
    ]
    page = diet_speeches.read_speeches(pages.meeting_reply(meeting), URL)
    joined = [[one.order for one in each.turns] for each in diet_speeches.exchanges(page.speeches)]
    assert joined == [[2, 3], [4, 5]]


def test_xml_and_json_give_the_same_speeches_and_pages() -> None:
    reply = pages.speech_reply(pages.MEETING[1:3], following=101)
    page = diet_speeches.read_speeches(reply, URL)
    assert (page.total, page.next) == (2, "101")
    fields = "".join(f"<{key}>{value or ''}</{key}>" for key, value in pages.MEETING[2].items())
    xml = (
        "<data><numberOfRecords>1</numberOfRecords><nextRecordPosition>101</nextRecordPosition>"
        f"<records><record><recordData><speechRecord>{fields}</speechRecord></recordData></record></records></data>"
    ).encode()
    assert diet_speeches.read_speeches(xml, URL).speeches == page.speeches[1:]
    assert diet_speeches.read_speeches(b'{"numberOfRecords": 0}', URL) == diet_speeches.Page(
        (), 0, None
    )


def test_a_speech_with_other_spacing_is_one_speech() -> None:
    one = pages.MEETING[4]
    spaced = {
        **one,
        "speechID": "129904601X00120260805_0004",
        "speech": "○鍵屋国務大臣　\r\n　そのような考えは\u3000ございません。",
    }
    page = diet_speeches.read_speeches(pages.speech_reply([one, spaced, one]), URL)
    assert [speech.id for speech in page.speeches] == [one["speechID"]]


@pytest.mark.parametrize(
    ("body", "error", "words"),
    [
        (b'{"message":"(19007)\xe6\xa4\x9c\xe7\xb4\xa2"}', Malformed, "19007"),
        (b'{"message":"(19011)","details":["any"]}', Malformed, "any"),
        (b'{"message":"(19011)","details":5}', Malformed, "19011"),
        (b'{"numberOfRecords": 1e999}', LayoutChanged, "does not say"),
        (b'{"numberOfRecords": 3}', LayoutChanged, "3 records"),
        (b'{"numberOfRecords": 1, "speechRecord": [{"speechID": "x"}]}', LayoutChanged, "lacks"),
        (b"[]", Malformed, "no object"),
        (b"<data><message>(19011)</message></data>", Malformed, "19011"),
        (pages.speech_reply(pages.MEETING)[:300], Malformed, "cut off"),
        (b"<html><body>hello</body></html>", Blocked, "page"),
    ],
)
def test_the_diet_says_what_is_wrong(body: bytes, error: type[SourceError], words: str) -> None:
    with pytest.raises(error, match=words):
        diet_speeches.read_speeches(body, URL)


def test_a_position_that_leads_back_is_not_followed() -> None:
    at = f"{URL}?any=x&startRecord=31"
    assert [is_further(at, one) for one in ("61", "31", "1", "", "x", "9" * 5000)] == [
        True,
        *[False] * 5,
    ]
    assert is_further(URL, "2")


def test_the_recorded_meetings_are_read_whole(shared_data: Path) -> None:
    counted = {}
    for path in (shared_data / "diet" / "kokkai_api_xml").glob("*.xml"):
        page = diet_speeches.read_speeches(path.read_bytes(), path.name)
        joined = diet_speeches.exchanges(page.speeches)
        counted[path.name] = (
            len(page.speeches),
            len(joined),
            sum(len(one.turns) > 1 for one in joined),
        )
    # speeches without the agenda, exchanges, exchanges with an answer; 7 agenda headers are dropped.
    assert counted == {
        "1-end.xml": (67, 31, 24),
        "212-end.xml": (293, 134, 113),
        "212-plane.xml": (61, 18, 5),
    }


def test_the_recorded_speeches_hold_their_duplicates_once(shared_data: Path) -> None:
    rows = json.loads(
        (shared_data / "diet" / "speeches_mynumber_2024-10_2025-05.json").read_bytes()
    )
    speeches = [
        diet_speeches.Speech(
            id=row["id"],
            order=int(row["id"][-3:]),
            speaker=row["speaker"],
            position=row["position"] or "",
            group=row["party"] or "",
            text=row["text"],
            date=row["date"],
            house=row["house"],
            meeting=row["committee"],
            issue="",
            url=row["url"],
        )
        for row in rows
    ]
    assert (len(speeches), len(diet_speeches.folded(speeches))) == (46, 43)
    answered = [
        one for one in diet_speeches.exchanges(diet_speeches.folded(speeches)) if len(one.turns) > 1
    ]
    assert {one.turns[-1].speaker for one in answered} >= {
        "新田一郎",
        "村上敬亮",
        "望月禎",
        "石破茂",
    }
