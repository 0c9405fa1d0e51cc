import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifier.normalise import normalise

WILD = st.text(
    st.one_of(
        st.characters(codec="utf-8"),
        st.sampled_from("ﾏｲﾅﾝﾊﾞｰ０９％（）　〜－㈱①ﬁ紐付けひもづ\r\n\tがが"),
    ),
    max_size=200,
)


@pytest.mark.parametrize(
    "written", ["ひも付け", "紐付け", "紐づけ", "ひもづけ", "ヒモ付け", "ひも付"]
)
def test_one_spelling_of_tie(written):
    assert "ひも付" in normalise(f"口座との{written}を求める").text


def test_widths_and_kana():
    assert normalise("ﾏｲﾅﾝﾊﾞｰｶｰﾄﾞ　１２桁").text == "マイナンバーカード 12桁"


def test_a_span_leads_back_to_the_verbatim_text():
    verbatim = "本人のﾏｲﾅﾝﾊﾞｰを紐づける。"
    found = normalise(verbatim)
    start = found.text.index("マイナンバー")
    first, last = found.verbatim_span(start, start + len("マイナンバー"))
    assert verbatim[first:last] == "ﾏｲﾅﾝﾊﾞｰ"


@given(WILD)
def test_origins_cover_the_text_in_order(verbatim):
    found = normalise(verbatim)
    assert len(found.origins) == len(found.text) + 1
    assert list(found.origins) == sorted(found.origins)
    assert found.origins[-1] == len(verbatim)


@given(st.text("ｱｲｳﾏｶﾞﾊﾟ０１２ＡＢ漢字かなカナ", max_size=60))
def test_agrees_with_nfkc_where_nothing_is_unified(verbatim):
    assert normalise(verbatim).text == unicodedata.normalize("NFKC", verbatim)
