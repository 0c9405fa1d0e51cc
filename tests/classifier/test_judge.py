"""Rules that hold whatever the heads say."""

import numpy as np
import pytest
from spacy.language import Language

from classifier.asking import likely_sentences, merely_asked, only_asked
from classifier.assess import Pair, gather
from classifier.judge import register_law
from classifier.network import OUTPUTS
from classifier.read import Readable, scan
from classifier.survey import Survey, survey
from data.vocabulary import Identifier

ROW = (
    "十三の三　預金保険機構　個人番号の利用による口座の管理に関する法律による通知に関する事務であつて総務省令で定めるもの\n"
    "十四　国税庁　国税に関する法律による国税の賦課又は徴収に関する事務であつて総務省令で定めるもの"
)


@pytest.mark.parametrize(
    ("title", "identifier", "expected"),
    [
        ("住民基本台帳法", Identifier.NUMBER, True),
        ("住民基本台帳法施行規則", Identifier.NUMBER, True),
        ("住民基本台帳法　別表第一", Identifier.NUMBER, True),
        ("住民基本台帳法等の一部を改正する法律", Identifier.NUMBER, False),
        ("住民基本台帳法", Identifier.JUKI, False),
        ("番号の利用等に関する法律", Identifier.NUMBER, False),
    ],
)
def test_the_register_law_gives_no_use_of_the_number(
    title: str, identifier: Identifier, expected: bool
):
    assert register_law(survey(title, ROW), identifier) is expected


def test_news_of_the_register_law_is_no_statute():
    read = survey("住民基本台帳法の改正案を可決", "個人番号を国外でも使えるようにする。")
    assert not register_law(read, Identifier.NUMBER)


def pairs_of(nlp: Language, body: str) -> tuple[Survey, list[Pair]]:
    """The pairs of welfare in a text, by all sentences that speak of them."""
    found = scan(nlp, Readable("委員会", body))
    nothing = np.zeros((len(found.instances), OUTPUTS), np.float32)
    pairs = gather(found.instances, [0.0] * len(found.instances), nothing)
    return found.read, [pair for pair in pairs if pair.sector == "welfare"]


@pytest.mark.parametrize(
    ("body", "asked", "merely"),
    [
        ("○青葉委員　児童手当の窓口で番号を使うお考えはありますか。", True, True),
        (
            "○青葉委員　児童手当に番号を使うのではないか、という心配の声を聞きます。番号を使うお考えはありますか。",
            True,
            True,
        ),
        ("○青葉委員　児童手当の窓口で番号は使わないと約束できますか。", True, True),
        ("○青葉委員　児童手当にも番号を使えるようにすべきではありませんか。", False, False),
        ("○青葉委員　児童手当に番号を使うと承知しますが、いつからですか。", True, False),
        ("○青葉委員　児童手当での番号の扱いについて、お聞かせいただきたいと思います。", True, True),
        ("○青葉委員　児童手当での番号の現状につきまして、御答弁をお願いいたします。", True, True),
        ("○青葉委員　児童手当に番号を使うよう求め、御見解を伺いたいと思います。", True, False),
        ("児童手当の窓口では、個人番号の分かるものをお示しください。", False, False),
        (
            "○青葉委員　児童手当に番号は使わないと伺った。番号を使うお考えはありますか。",
            False,
            False,
        ),
        ("○青葉委員　児童手当に番号を使うのですか。\n○政府参考人　使いません。", False, False),
        ("市は、児童手当の窓口で番号を使わない。", False, False),
    ],
)
def test_a_question_that_nobody_answers_promises_nothing(
    body: str, asked: bool, merely: bool, nlp: Language
):
    read, pairs = pairs_of(nlp, body)
    assert {only_asked(read, pair) for pair in pairs} == {asked}
    assert {merely_asked(read, pair) for pair in pairs} == {merely}


def test_what_is_told_behind_a_topic_named_in_a_question_is_heard(nlp: Language):
    body = (
        "○青葉委員　次に、児童手当での番号の利用に関して伺います。\n"
        "児童手当の申請に番号を書かせる時期は、四月を堅持すると発言されています。"
    )
    found = scan(nlp, Readable("委員会", body))
    own = [i for i in found.instances if i.candidate.sector == "welfare"]
    nothing = np.zeros((len(own), OUTPUTS), np.float32)
    for lead, heard in ((-0.7, True), (-0.7 + 5, False)):
        [pair] = gather(own, [lead, *[-3.0] * (len(own) - 1)], nothing)
        assert (len(likely_sentences(pair)) > 1) is heard
        assert merely_asked(found.read, pair) is not heard
