"""Settled case 17: a body that does not take the number may use the card all the same."""

from __future__ import annotations

import numpy as np
import pytest
from spacy.language import Language

from classifier.assess import gather
from classifier.network import OUTPUTS
from classifier.read import Readable, scan
from classifier.refusal import refuses_number_only


@pytest.mark.parametrize(
    ("body", "identifier", "expected"),
    [
        (
            "旅券の申請はマイナンバーカードで確かめますが、個人番号を取得することはありません。",
            "card",
            True,
        ),
        (
            "旅券の申請はマイナンバーカードで確かめますが、個人番号を取得することはありません。",
            "number",
            False,
        ),
        ("旅券の申請でマイナンバーカードや個人番号を求めることはありません。", "card", False),
        (
            "旅券の申請でマイナンバーカードを使い、暗証番号を記録することはありません。",
            "card",
            False,
        ),
        ("旅券の申請でマイナンバーカードを読み取る。", "card", False),
        (
            "旅券の申請でマイナンバーカードを使うことは認められない。個人番号を取得することもありません。",
            "card",
            False,
        ),
    ],
)
def test_a_refusal_of_the_number_denies_no_card(
    body: str, identifier: str, expected: bool, nlp: Language
):
    found = scan(nlp, Readable("お知らせ", body))
    nothing = np.zeros((len(found.instances), OUTPUTS), np.float32)
    pairs = gather(found.instances, [0.0] * len(found.instances), nothing)
    own = [p for p in pairs if (p.sector, p.identifier) == ("passport", identifier)]
    assert {refuses_number_only(found.read, pair) for pair in own} == {expected}
