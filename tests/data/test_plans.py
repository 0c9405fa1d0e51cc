"""The days that plans name."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.plans import FURTHEST_YEARS, planned_day

SAID_ON = date(2026, 11, 20)

DAYS = {
    "来年4月から本人確認を一本化する": date(2027, 4, 1),
    "令和9年度から導入する": date(2027, 4, 1),
    "令和９年度に導入する方針": date(2028, 3, 31),
    "2027年3月末までに": date(2027, 3, 31),
    "令和九年四月一日から施行する": date(2027, 4, 1),
    "今年度中に": date(2027, 3, 31),
    "来年度の1月から": date(2028, 1, 1),
    "再来年に": date(2028, 12, 31),
    "4月から始める": date(2027, 4, 1),
    "12月2日から": date(2026, 12, 2),
    "2015年に始まり、2027年2月から広げる": date(2027, 2, 1),
    "10月に閣議決定した": None,
    "2025年度に導入した": None,
    "2027年13月から": None,
    "2027年2月30日": None,
    "9999年から": None,
    "番号を使う": None,
}


@pytest.mark.parametrize("words", DAYS)
def test_the_day_of_a_plan(words: str) -> None:
    assert planned_day(words, SAID_ON) == DAYS[words]


@given(st.text(alphabet="令和平成来今再年度月日のから末0123456789元一二十〇 ", max_size=30))
def test_any_words_name_a_day_ahead_or_none(words: str) -> None:
    day = planned_day(words, SAID_ON)
    assert day is None or SAID_ON < day <= date(SAID_ON.year + FURTHEST_YEARS, 12, 31)
