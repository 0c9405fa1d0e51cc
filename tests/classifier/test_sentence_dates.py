from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifier.dates import dated, number, tenses


@pytest.mark.parametrize(
    ("text", "published", "expected"),
    [
        ("令和7年3月24日から始める", date(2024, 9, 1), "ahead"),
        ("令和7年3月24日から始めた", date(2025, 9, 1), "behind"),
        ("本日3月24日から", date(2025, 3, 24), "now"),
        ("平成28年1月から利用する", date(2015, 10, 1), "ahead"),
        ("2025年度に導入する", date(2022, 11, 8), "ahead"),
        ("二〇〇四年春に始めた", date(2006, 7, 5), "behind"),
        ("来年4月から", date(2024, 6, 18), "ahead"),
        ("18年めどに", date(2014, 4, 9), "ahead"),
        ("2月1日から試行します", date(2022, 1, 31), "ahead"),
        ("1月30日に始めた", date(2022, 1, 31), "now"),
    ],
)
def test_against_the_texts_own_date(text, published, expected):
    assert expected in set(tenses(text, published))


@pytest.mark.parametrize(
    ("text", "value"),
    [("12", 12), ("元", 1), ("十二", 12), ("二十", 20), ("二〇〇四", 2004), ("x", 0)],
)
def test_numerals(text, value):
    assert number(text) == value


@given(st.text("令和平成元年月日0123456789一二三十〇来今度", max_size=40))
def test_never_fails(text):
    assert set(tenses(text, date(2020, 2, 29))) <= {
        "ahead",
        "behind",
        "now",
        "word_ahead",
        "word_behind",
        "word_now",
    }


def test_an_expression_of_time_says_where_it_stands():
    text = "昨年度の試行を経て、令和9年4月1日から始める。"
    found = {text[one.start : one.end]: one.tense for one in dated(text, date(2026, 11, 30))}
    assert found["令和9年4月1日"] == "ahead"
    assert found["昨年度"] == "behind"
