"""Titles that list topics."""

from datetime import date

import pytest
from spacy.language import Language

from classifier.read import Readable
from tests.classifier.named import names_of_pair


def items(nlp: Language, title: str, sector: str = "welfare") -> set[str]:
    found = names_of_pair(nlp, Readable(title, "", "", date(2024, 5, 1)), sector, "card")
    return {name for name in found if name.startswith("title_items:")}


def test_topics_of_a_list_have_nothing_to_do_with_each_other(nlp: Language):
    assert "title_items:apart/3" in items(nlp, "一般質問　生活保護の照会、介護の保険料、住基カード")
    assert "title_items:same/3" in items(
        nlp, "一般質問　生活保護の住基カード、学校の耐震化、町道の舗装"
    )


def test_two_bills_are_a_list_too(nlp: Language):
    assert "title_items:apart/2" in items(nlp, "年金機構法の改正案、個人番号カードの交付特例法案")


@pytest.mark.parametrize(
    "title",
    ["年金の手続き、マイナカードで　来月から、全国の窓口", "児童手当の申請にマイナカード"],
)
def test_a_headline_is_no_list(nlp: Language, title: str):
    assert not items(nlp, title)
