"""Money into the registered account, against the account's register alone."""

from datetime import date

from spacy.language import Language

from classifier.read import Readable
from tests.classifier.named import names_of_pair


def names(nlp: Language, body: str, sector: str) -> set[str]:
    return names_of_pair(nlp, Readable("お知らせ", body, "", date(2024, 5, 1)), sector, "number")


def test_a_benefit_paid_into_the_account_is_told_from_its_register(nlp: Language):
    paid = names(nlp, "児童手当は、公金受取口座に振り込みます。", "welfare")
    assert {"account:paid/here+welfare", "account:paid+named+welfare"} <= paid
    asked = names(nlp, "児童手当の係です。公金受取口座の登録はお済みですか。", "welfare")
    assert {"account:unpaid/here+welfare", "account:register+welfare"} <= asked
    assert not any(name.startswith("account:paid") for name in asked)


def test_the_account_may_be_named_one_sentence_earlier(nlp: Language):
    body = "公金受取口座を登録した世帯が対象です。年金生活者の給付金を支払います。"
    assert "account:paid/before+welfare" in names(nlp, body, "welfare")
    body = "公金受取口座を登録した世帯が対象です。その口座に給付金を支払います。"
    assert "account:paid/same+welfare" in names(nlp, body, "welfare")


def test_without_the_account_there_is_nothing_to_tell(nlp: Language):
    found = names(nlp, "児童手当の申請書にマイナンバーを書く。手当は振り込みます。", "welfare")
    assert not any(name.startswith("account:") for name in found)
