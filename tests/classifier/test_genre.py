import pytest

from classifier.genre import law_form


@pytest.mark.parametrize(
    ("title", "form"),
    [
        ("住民給付の円滑な実施に関する法律", "standing"),
        ("潮見市印鑑条例（抄）", "standing"),
        ("潮見市印鑑条例の一部を改正する条例", "amending"),
        ("潮見市個人番号の利用に関する条例案の概要", "draft"),
        ("本人確認情報提供差止請求事件", "court"),
        ("改製原戸籍の取扱いについて", "about"),
    ],
)
def test_a_statute_is_known_by_its_title(title, form):
    assert law_form(title) == form
