import pytest

from classifier.survey import survey


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
