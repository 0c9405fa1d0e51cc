from hypothesis import given
from hypothesis import strategies as st

from classifier.segment import segment


def texts(body, title="題"):
    return [s.text for s in segment(f"{title}\n{body}", len(title))]


def test_sentences_and_quotations():
    found = texts("知事は「使わない。約束する。」と述べた。翌日、市は導入した。")
    assert found == ["題", "知事は「使わない。約束する。」と述べた。", "翌日、市は導入した。"]


def test_list_items_have_their_heading():
    sentences = segment("題\n次の手続で使えます。\n・児童手当\n・年金の請求", 1)
    items = [s for s in sentences if s.kind == "item"]
    assert [sentences[i.heading].text for i in items] == ["次の手続で使えます。"] * 2


def test_speakers_hold_the_floor_until_the_next_turn():
    sentences = segment(
        "会議録\n○平井国務大臣（平井卓也君）　検討してまいります。使いません。\n○山本委員　そうですか。",
        3,
    )
    speakers = [s.speaker for s in sentences[1:]]
    assert speakers[0] == speakers[1]
    assert speakers[0].startswith("平井国務大臣")
    assert speakers[2] == "山本委員"


def test_lines_of_a_narrow_page_are_joined():
    body = (
        "この市では来年度から児童手当の申請に個人番\n号を用いることとし、関係する条例を本年九月\n"
        "の議会に提出する予定であります。次の議会は\n十二月に開かれます。"
    )
    assert any("個人番\n号を用い" in text for text in texts(body))


def test_a_text_without_stops_is_cut():
    assert max(map(len, texts("あ、" * 3000))) <= 1201


@given(st.text("あ。\n・「」（）○1第条 題：マ", max_size=300), st.text("題あ ", max_size=10))
def test_sentences_are_in_order_and_inside(body, title):
    text = f"{title}\n{body}"
    end = 0
    for sentence in segment(text, len(title)):
        assert sentence.start >= end
        assert text[sentence.start : sentence.end] == sentence.text
        end = sentence.end
