"""Rules that hold whatever the heads say."""

import pytest

from classifier.judge import register_law
from classifier.survey import survey
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
