"""A body that takes no number, and why it says so."""

from datetime import date

import pytest
from spacy.language import Language

from classifier.read import Readable
from tests.classifier.named import names_of_pair


def unused(nlp: Language, title: str, body: str, identifier: str = "number") -> set[str]:
    text = Readable(title, body, "さざ波通販", date(2024, 5, 1))
    found = names_of_pair(nlp, text, "other", identifier)
    return {name for name in found if name.startswith("unused:")}


def test_an_own_service_that_takes_no_number_promises_something(nlp: Language):
    body = "会員登録の本人確認はマイナンバーカードで行います。当社がマイナンバーを受け取ることはございません。"
    found = unused(nlp, "会員登録の変更", body)
    assert {"unused:plain", "unused:plain+ours", "unused:plain+card"} <= found


@pytest.mark.parametrize(
    ("body", "about"),
    [
        (
            "当社を装う不審な電話にご注意ください。当社がマイナンバーをお聞きすることはありません。",
            "fraud",
        ),
        ("会員情報が流出しました。なお、マイナンバーは取得しておりません。", "loss"),
        (
            "写しは番号を塗りつぶしてお送りください。会員登録にマイナンバーは使用いたしません。",
            "copies",
        ),
    ],
)
def test_a_warning_a_loss_and_a_copy_are_told_apart(nlp: Language, body: str, about: str):
    assert f"unused:{about}" in unused(nlp, "会員登録の方へ", body)


def test_the_card_is_another_matter_and_so_is_a_number_that_is_taken(nlp: Language):
    body = "会員登録にマイナンバーカードは使いません。"
    assert not unused(nlp, "会員登録の変更", body, "card")
    assert not unused(nlp, "会員登録の変更", body + "個人番号は登録に使います。", "number")
    body = "会員登録に個人番号の写しを求めます。"
    assert not unused(nlp, "会員登録の変更", body)
