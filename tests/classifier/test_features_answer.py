"""What is asked and answered, as features of a candidate on either side."""

from __future__ import annotations

import pytest

from classifier.candidates import propose
from classifier.features_answer import answers
from classifier.survey import survey
from data.vocabulary import Identifier, Sector


def said(body: str, sentence: int, sector: str = "welfare", identifier: str = "number") -> set[str]:
    """Features of the pair's candidate in one sentence of minutes."""
    read = survey("委員会", body)
    return {
        name
        for c in propose(read, 3)
        if (c.sentence, c.sector, c.identifier)
        == (sentence, Sector(sector), Identifier(identifier))
        for name in answers(read, c)
    }


ASKS = "○青葉委員　児童手当に個人番号を使うのですか。\n"


@pytest.mark.parametrize(
    ("answer", "name"),
    [
        ("来年四月から使う予定でございます。", "planned.future"),
        ("検討しているところでございます。", "is_studying"),
        ("考えておりません。", "is_not_thinking"),
        ("考えておりません。", "shakes"),
        ("御指摘のとおりでございます。", "nods"),
        ("はい、六月から使います。", "nods"),
        ("いいえ、使いません。", "shakes"),
        ("お答えは差し控えます。", "evades"),
        ("所管外でございまして、お答えしかねます。", "evades"),
        ("そのような話は承知しておりません。", "evades"),
        ("担当課に確認させていただきます。", "evades"),
    ],
)
def test_what_is_answered_speaks_of_the_question(answer: str, name: str):
    assert f"stage_answer:{name}" in said(f"{ASKS}○政府参考人　{answer}", 1)


def test_a_polite_ending_is_no_running_use():
    found = said(f"{ASKS}○政府参考人　検討いたしております。", 1)
    assert "stage_answer:adopted.running" not in found


def test_of_a_long_answer_only_what_names_the_candidate_is_heard():
    long = (
        "道路は直します。橋も直します。学校も建てます。病院は検討中です。児童手当では使いません。"
    )
    found = said(f"{ASKS}○町長　{long}", 1)
    assert "stage_answer:is_negative" in found
    assert "stage_answer:considered.study" not in found


def test_an_answer_knows_what_was_asked():
    body = f"{ASKS}○政府参考人　そちらでやらせていただきます。"
    assert {"stage_asked:both", "stage_asked:both+first", "stage_asked:both<will"} <= said(body, 2)


def test_a_question_that_asks_for_a_denial_is_told_from_one_that_does_not():
    asked = "○青葉委員　児童手当に個人番号を使わないと約束できますか。\n"
    assert "stage_asked:not" in said(f"{asked}○政府参考人　はい。使いません。", 2)
    assert "stage_asked:not" not in said(f"{ASKS}○政府参考人　はい。使います。", 2)


def test_hearsay_that_nobody_confirms_is_told():
    heard = "○青葉委員　児童手当に個人番号が要るとのうわさを聞いた。\n"
    unheard = said(f"{heard}○町長　承知しておりません。", 1)
    assert "stage_answer:evades+rumour" in unheard
    assert "stage_answer:nobody+rumour" in said(heard, 1)
    assert not any(n.endswith("+rumour") for n in said(f"{heard}○町長　はい。使います。", 1))


def test_a_sentence_outside_any_exchange_has_no_such_feature():
    assert said("児童手当に個人番号を使う。", 1) == set()
