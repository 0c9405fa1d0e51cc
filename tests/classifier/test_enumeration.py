"""Sectors that stand in one list."""

import pytest

from classifier.survey import survey
from data.vocabulary import Sector

TAX, WELFARE, HEALTH, BANK = Sector.TAX, Sector.WELFARE, Sector.HEALTH, Sector.BANK


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("税や年金、健康保険などの情報を番号に結び付ける。", {TAX, WELFARE, HEALTH}),
        ("年金の受け取り、所得税の還付に口座を使う。", {WELFARE, TAX}),
        ("銀行口座及び年金に付番する。", {BANK, WELFARE}),
        ("年金は番号で、健康保険はカードで確かめる。", set()),
        ("銀行が年金の手続きに使う。", set()),
        ("年金に使う。", set()),
    ],
)
def test_what_stands_in_a_list_is_listed_together(text: str, expected: set[Sector]):
    found = survey("", text).lists[0]
    assert set(found) == expected
    assert all(found[sector] == expected - {sector} for sector in expected)
