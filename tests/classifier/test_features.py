from datetime import date

import pytest
from spacy.language import Language

from classifier.read import Readable
from classifier.survey import survey
from tests.classifier.named import names_of_pair


@pytest.mark.parametrize(
    ("title", "body", "expected"),
    [
        ("「iPhoneのマイナンバーカード」の提供を始めます", "", "title"),
        ("参議院厚生労働委員会", "マイナ保険証の利用を進めております。", "minutes"),
        ("議事録", "○国務大臣(山田太郎) 個人番号を使うことは考えておりません。", "minutes"),
        (
            "個人番号の利用に関する条例",
            "第一条 この条例は、個人番号の利用に関し必要な事項を定める。\n第二条 市長は、別表の事務に個人番号を利用する。",
            "statute",
        ),
        ("口座開設のご案内", "マイナンバーカードで本人確認をします。お持ちください。", "polite"),
        (
            "旅券と番号",
            "外務省は旅券の申請に番号を使う方針を固めた。来年度に始める。",
            "plain",
        ),
    ],
)
def test_the_form_of_a_text_is_told_by_its_words(title: str, body: str, expected: str):
    assert survey(title, body).genre == expected


def names(
    nlp: Language, title: str, body: str, sector: str, identifier: str, day: date | None = None
) -> set[str]:
    """Features of all candidates of one pair."""
    return names_of_pair(nlp, Readable(title, body, published=day), sector, identifier)


def test_an_identifier_in_a_laws_name_is_not_one_that_is_used(nlp: Language):
    cited = (
        "預金保険機構は、個人番号の利用による預貯金口座の管理に関する法律による通知の事務を行う。"
    )
    used = "預金保険機構は、個人番号により預貯金口座を照会し、その結果を通知する。"
    found = names(nlp, "別表", cited, "bank", "number")
    assert {"named:law", "named:law+plain"} <= found
    assert "named:law" not in names(nlp, "別表", used, "bank", "number")


def test_a_title_that_names_another_identifier_is_noticed(nlp: Language):
    row = (
        "ただし、個人番号については、番号利用法による。\n外務省　旅券法による旅券の発給に関する事務"
    )
    found = names(nlp, "住民基本台帳法　別表", row, "passport", "number")
    assert any(name.startswith("title_names:other") for name in found)
    found = names(nlp, "番号法　個人番号の別表", row, "passport", "number")
    assert not any(name.startswith("title_names:other") for name in found)


def test_a_number_made_of_the_code_is_noticed(nlp: Language):
    """Settled cases 15 and 28: whatever it is to be called."""
    tied = "政府は、年金と医療に共通の社会保障番号を、住民票コードを基に作る案を示した。"
    apart = "政府は、年金と医療に共通の社会保障番号を新たに設け、住民票コードは含めない。"
    assert "tied_to_code:number" in names(nlp, "", tied, "welfare", "number")
    assert "tied_to_code:juki" in names(nlp, "", tied, "welfare", "juki")
    assert "tied_to_code:number" not in names(nlp, "", apart, "welfare", "number")


def test_the_code_that_the_personal_number_is_made_of_is_told_from_a_code_in_use(nlp: Language):
    body = "住民票コードを変換した番号を個人番号と定める。\n年金の支給の事務に番号を使う。"
    found = names(nlp, "番号法案の骨子", body, "welfare", "number")
    assert "made_of_code:number" in found
    assert not any(name.startswith("tied_to_code") for name in found)


def test_a_day_in_the_sentence_before_is_set_against_the_text(nlp: Language):
    body = "講習の試行を二月一日から始めます。受講にはマイナンバーカードと免許証が必要です。"
    said = names(nlp, "講習のお知らせ", body, "police", "card", date(2022, 1, 31))
    assert "time_before:ahead" in said, "tomorrow is ahead"
    later = names(nlp, "講習のお知らせ", body, "police", "card", date(2022, 3, 1))
    assert "time_before:behind" in later
    assert "time_before:behind" not in said


def test_a_sectors_own_words_are_told_apart(nlp: Language):
    body = "課税証明書に個人番号を書く。"
    assert "called:課税証明>tax" in names(nlp, "", body, "tax", "number")
    assert "called:課税証明>tax" not in names(nlp, "", body, "other", "number")


def test_who_speaks_for_an_agency_does_not_name_its_use(nlp: Language):
    said = "○政府参考人（警察庁交通局長）　遊技場で番号を使うことは、店の判断でございます。"
    assert "cue:floor" in names(nlp, "委員会", said, "police", "number")
    own = said.replace("遊技場", "運転免許の更新")
    assert "cue:floor" not in names(nlp, "委員会", own, "police", "number")


def test_a_swindlers_words_are_told_from_the_banks(nlp: Language):
    bait = (
        "当行をかたる「マイナンバーカードの再認証が必須となりました」というメールにご注意ください。"
    )
    assert "quotation:bait" in names(nlp, "", bait, "bank", "card")
    told = "頭取は「口座開設にはマイナンバーカードが必須となりました」と述べた。"
    assert "quotation:bait" not in names(nlp, "", told, "bank", "card")
