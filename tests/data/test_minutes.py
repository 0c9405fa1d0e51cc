"""Minutes of the Diet: whose words a sentence is, and whether they bind anybody."""

from __future__ import annotations

import pytest

from data.minutes import Turn, role_of, turn_at
from data.promises import Speaker, speaker_in_minutes

ROLES = {
    ("○玉屋委員長\u3000青葉花子君。", "玉屋一郎", "委員長"): "chair",
    ("○鍵屋国務大臣\u3000お答えします。", "鍵屋二郎", "国家公安委員会委員長"): "answer",
    ("○大島政府特別補佐人\u3000はい。", "大島周平", "個人情報保護委員会委員長"): "answer",
    ("○国務大臣（鍵屋二郎君）\u3000はい。", "鍵屋二郎", "花火大臣"): "answer",
    ("○議長（玉屋一郎君）\u3000静粛に。", "玉屋一郎", "議長"): "chair",
    ("○青葉（花）委員\u3000伺います。", "青葉花子", ""): "member",
    ("○青葉花子君\u3000伺います。", "青葉花子", ""): "member",
    ("○青葉花子君花火の会の青葉です", "青葉花子", ""): "member",
    ("○若葉政府参考人お答え申し上げます", "若葉三郎", "花火庁長官"): "answer",
    ("○松葉参考人\u3000会長の松葉です。", "松葉四郎", "花火師会会長"): "witness",
    ("○会田委員\u3000伺います。", "会田太郎", ""): "member",
    ("○鍵屋国務大臣", "", ""): "answer",
    ("○青葉委員", "", ""): "member",
    ("お答えします。", "鍵屋二郎", "花火大臣"): "answer",
    ("令和八年八月五日", "会議録情報", ""): None,
}


@pytest.mark.parametrize("said", ROLES)
def test_the_mark_tells_the_role(said: tuple[str, str, str]) -> None:
    assert role_of(*said) == ROLES[said]


QUESTION = "警察が番号を使うことは考えていないという理解でよいのか。"
ANSWER = "警察が番号を使うことは考えておりません。"
MARKED = f"○青葉委員\u3000{QUESTION}\n○玉屋委員長\u3000鍵屋大臣。\n○鍵屋国務大臣\u3000{ANSWER}"
PAIRED = (
    f"〔青葉花子 花火の会〕\n○青葉委員\u3000{QUESTION}\n\n"
    f"〔鍵屋二郎 国家公安委員会委員長〕\n○鍵屋国務大臣\u3000お答えします。\n○印の点も。{ANSWER}"
)


@pytest.mark.parametrize(
    ("text", "words", "turn"),
    [
        (PAIRED, QUESTION, Turn("青葉花子 花火の会", False)),
        (PAIRED, ANSWER, Turn("鍵屋二郎 国家公安委員会委員長", True)),
        (MARKED, QUESTION, Turn("青葉委員", False)),
        (MARKED, ANSWER, Turn("鍵屋国務大臣", True)),
    ],
)
def test_a_sentence_belongs_to_the_turn_it_ends_in(text: str, words: str, turn: Turn) -> None:
    body = f"衆議院 花火特別委員会 第1号\n{text}"
    assert turn_at("衆議院 花火特別委員会 第1号", body, body.index(words) + len(words) - 1) == turn


def test_a_written_answer_is_the_cabinets_and_the_question_its_askers() -> None:
    asked = "衆議院 第299回国会 質問第12号 番号の利用に関する質問主意書"
    assert turn_at(f"{asked} 内閣の答弁書", ANSWER, 5) == Turn("内閣", True)
    assert turn_at(f"{asked}（青葉\u3000花子）", QUESTION, 5) == Turn("青葉\u3000花子", False)


def test_texts_that_are_no_minutes_have_no_turn() -> None:
    assert turn_at("番号の利用を拡大", "番号の利用を拡大\n○ 警察\n使わない。", 20) is None
    assert turn_at("", "", 0) is None


@pytest.mark.parametrize(
    ("words", "speaker"),
    [
        (
            "鍵屋二郎 国家公安委員会委員長",
            Speaker("鍵屋二郎", "委員長", "国家公安委員会"),
        ),
        (
            "鍵屋二郎 デジタル大臣・内閣府特命担当大臣（規制改革）",
            Speaker("鍵屋二郎", "デジタル大臣", "デジタル庁"),
        ),
        ("若葉三郎 外務省領事局長", Speaker("若葉三郎", "領事局長", "外務省")),
        ("松葉四郎 会計検査院長", Speaker("松葉四郎", "院長", "会計検査院")),
        ("竹葉五郎 内閣総理大臣", Speaker("竹葉五郎", "内閣総理大臣", None)),
        ("鍵屋国務大臣", Speaker("鍵屋", "国務大臣", None)),
        ("内閣", Speaker(body="内閣")),
    ],
)
def test_a_turns_speaker_is_taken_apart(words: str, speaker: Speaker) -> None:
    assert speaker_in_minutes(words) == speaker
