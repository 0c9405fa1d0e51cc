"""What stands around a use, told by words of its own: drafts, what is in force, what is still to come."""

from __future__ import annotations

from datetime import date

import pytest

from classifier.dates import tenses
from classifier.survey import survey


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("事務局案では番号を使う。", {"draft"}),
        ("論点整理に加えた。", {"draft"}),
        ("仕様書への意見招請を行う。", {"draft"}),
        ("令和8年度に結論を得る。", {"draft"}),
        ("図書館法の一部改正(参第12号)", {"draft"}),
        ("衆法として出された。", {"draft"}),
        ("衆法院の掲示板", set()),
        ("ご意見は郵便かメールでお寄せください。", {"draft"}),
        ("ご意見は窓口の職員も伺っております。", set()),
        ("省令案への意見の募集について", {"draft"}),
        ("利用の指針(案)", {"draft"}),
        ("政府は法律案を今国会に提出した。", {"bill"}),
        ("附則 この規則は、市長が別に定める日から施行する。", {"begins", "unenforced"}),
        ("市長が別に定める日まで、貸出を休止する。", set()),
        ("原案のとおり可決した。", set()),
        ("原案を示した。", {"draft"}),
        ("この条例は、公布の日から施行する。", {"begins", "in_force"}),
        ("本日公布し、施行した。", {"begins", "in_force"}),
        ("政令で定める日から施行する。", {"begins", "unenforced"}),
        ("公布の日から起算して一年を超えない範囲", {"unenforced"}),
        ("再開後の図書館のご案内", {"begins", "to_come"}),
        ("新しいアプリを開発中", {"to_come"}),
        ("契約期間は一年とする。", {"term"}),
        ("応募の受付は窓口で。", {"deadline"}),
        ("駅前の再開発とスタートアップ", set()),
        ("募集期間:一か月", {"deadline"}),
    ],
)
def test_the_words_around_a_use(text: str, expected: set[str]):
    asked = {
        "begins", "deadline", "term", "draft", "in_force", "unenforced", "to_come", "goes_on", "bill"
    }  # fmt: skip
    assert survey("", text).contexts[0] & asked == expected


def test_the_turn_of_the_year_lies_ahead():
    assert "word_ahead" in tenses("年明けから使う。", date(2025, 10, 1))


@pytest.mark.parametrize(
    ("text", "family"),
    [
        ("番号法で定められた範囲を超えて取得いたしません。", "policy"),
        ("契約者が保存した個人番号の内容は関知しません。", "policy"),
        ("登記での扱いについてはお答えできません。", "policy"),
        ("健康保険証でもマイナンバーカードでも、何か一つお持ちください。", "papers"),
        ("住基ネットの障害とは別件という。", "exclude_card"),
        ("期限切れのカードが増えた。", "issuing"),
        ("病院さま向けカードリーダー、新価格のご案内", "product"),
        ("主人公は額のチップで年金を受け取る。", "fiction"),
        ("診察券のつもりでカードを置いた。", "mistaken"),
        ("マイナ保険証または資格確認書をお持ちください。", "papers"),
        ("住基ネットの機器のリース料を支払った。", "cost"),
        ("登録を解除した人は12万人に上る。", "uptake"),
    ],
)
def test_words_that_speak_against_a_use(text: str, family: str):
    assert family in survey("", text).contexts[0]
