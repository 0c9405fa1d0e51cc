"""Who asks and who answers, by whatever mark; and an answer's topic, which stands in the question."""

import pytest

from classifier.candidates import propose
from classifier.survey import survey
from classifier.turns import turns


def told(body: str) -> list[str]:
    return [turn.part for turn in turns(survey("会議録", body).sentences)]


@pytest.mark.parametrize(
    "body",
    [
        "○青葉委員　使うのですか。\n○政府参考人（鍵屋君）　使いません。",
        "◆5番（青葉一郎君）　使うのですか。\n◎町民課長（鍵屋花子君）　使いません。",
        "○青葉君　使うのですか。\n○国務大臣（鍵屋君）　使いません。",
        "○青葉君　使うのですか。\n○国家公安委員長　使いません。",
        "Q1　使うのですか。\nA1　使いません。",
        "問　使うのですか。\n答　使いません。",
        "（問）使うのですか。\n（答）使いません。",
        "【問】使うのですか。\n【答・町長】使いません。",
        "【記者】使うのですか。\n【大臣】使いません。",
        "記者　使うのですか。\n市長　使いません。",
        "委員：使うのですか。\n事務局：使いません。",
        "――使うのですか。\n「使いません」",
        "番号を使うのですか。\nいいえ、使いません。",
        "質問：使うのですか。\n回答：使いません。",
        "Q．使うのですか。\n使いません。",
    ],
)
def test_asking_and_answering_is_told_by_any_mark(body: str):
    assert told(body) == ["ask", "answer"]


def test_a_chair_between_question_and_answer_does_not_count():
    body = "○青葉委員　番号を使うのですか。\n○玉屋委員長　鍵屋大臣。\n○鍵屋国務大臣　使いません。"
    assert told(body) == ["ask", "chair", "answer"]
    read = survey("会議録", body)
    assert read.exchanges[1].answer == (3,)
    assert 2 not in read.exchanges


def test_each_of_two_that_answer_after_the_chair_answers():
    body = (
        "○青葉委員　番号を使うのですか。\n○玉屋委員長　鍵屋課長。\n○鍵屋課長　年金には使いません。\n"
        "○玉屋委員長　錠前課長。\n○錠前課長　税には使います。"
    )
    read = survey("会議録", body)
    assert read.exchanges[1].answer == (3, 5)
    assert read.exchanges[5] is read.exchanges[1]


def test_who_moves_a_bill_answers_for_it():
    body = "○青葉君　使うのですか。\n○衆議院議員（鍵屋一郎君）　使いません。"
    assert told(body) == ["ask", "answer"]
    assert told(body.replace("衆議院議員（鍵屋一郎君）", "鍵屋議員（提出者）")) == ["ask", "answer"]


@pytest.mark.parametrize(
    "body",
    [
        "出席委員：青葉、玉屋\n事務局：鍵屋課長",
        "傍聴者：3名\n担当：市民課",
        "〇番号札の順に承ります",
        "評価書番号：31\n番号を使う。",
        "◆ 概要\n番号を使う。",
        "日時：5月1日\n会場：市役所",
    ],
)
def test_what_only_looks_like_a_speaker_asks_nothing(body: str):
    assert told(body) == []


def test_an_expert_answers_though_he_is_called_by_name():
    assert told("○青葉君　使うのですか。\n○公述人（鍵屋君）　使うべきです。") == ["ask", "answer"]


def asked(body: str) -> set[tuple[str, str, int]]:
    found = propose(survey("委員会", body), 3)
    return {(c.sector.value, c.identifier.value, c.sentence) for c in found}


def test_a_short_answer_is_about_what_was_asked():
    body = "○青葉委員　児童手当の窓口は混む。待つ人が多い。番号を使うのか。何年先か。\n○政府参考人　そちらでやらせていただきます。"
    assert ("welfare", "number", 5) in asked(body)


def test_a_greeting_is_no_beginning_of_an_answer():
    body = (
        "○青葉委員　児童手当の窓口は混む。待つ人が多い。番号を使うのか。何年先か。\n"
        "○政府参考人　お答えいたします。来年でございます。そちらで書いていただきます。"
    )
    found = asked(body)
    assert {("welfare", "number", 6), ("welfare", "number", 7)} <= found
    assert ("welfare", "number", 5) not in found


def test_a_brief_question_goes_on_from_the_one_before():
    body = (
        "○青葉委員　住基ネットを年金の届出に使うのですか。\n○政府参考人　使います。\n"
        "○青葉委員　児童手当は。\n○政府参考人　書いていただきます。"
    )
    assert ("welfare", "juki", 4) in asked(body)


def test_an_answer_that_names_its_own_sector_takes_none_from_the_question():
    body = "○青葉委員　番号を年金に使うのですか。いかがか。何年か。\n○政府参考人　旅券の窓口が先でございます。"
    assert ("welfare", "number", 4) not in asked(body)
