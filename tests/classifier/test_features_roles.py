"""Settled cases 27 and 39: the sector that asks is labelled, not the one whose records are read."""

from __future__ import annotations

import pytest
from spacy.language import Language

from classifier.lexicon import load_lexicon
from classifier.read import Readable, scan_many
from classifier.survey import survey


def places(line: str, above: str = "") -> dict[str, str]:
    """The sector words of the last sentence, each with its place."""
    read = survey("", f"{above}\n{line}" if above else line)
    text = read.sentences[-1].text
    return {
        text[cue.start : cue.end]: place
        for cue, place in zip(read.cues[-1], read.stands[-1], strict=True)
    }


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("入管庁が個人番号で税務署に照会する。", {"入管": "querier", "税務署": "supplier"}),
        ("労災の認定において、年金事務所から支給額の情報を受ける。", {"労災": "querier"}),
        ("奨学金の審査のため、番号で課税証明書の提出を省く。", {"奨学金": "querier"}),
        ("番号により、課税証明書の添付は不要です。", {"課税証明": "paper"}),
        ("番号により、年金の情報を役場が取得する。", {"年金": "record"}),
        ("番号により、ハローワークが保有する記録を見る。", {"ハローワーク": "supplier"}),
        ("年金では、番号により現況届の提出が不要です。", {"現況届": "plain"}),
        ("年金の請求に番号を書く。", {"年金": "plain"}),
        ("銀行の2階でマイナンバーカードを受け取れます。", {"銀行": "place"}),
        ("病院前にカードの申請の車が来ます。", {"病院": "place"}),
        ("病院の前日までに番号を届ける。", {"病院": "plain"}),
        ("児童手当の認定請求書を提出する際に個人番号を書く。", {"児童手当": "plain"}),
        ("確定申告の提出期限までに番号を書く。", {"確定申告": "plain"}),
        ("住民税課の主任が住基ネットの端末で友人の住所を見た。", {"住民税": "desk"}),
        ("国民年金係の職員が住基ネットの端末を私用で使った。", {"国民年金": "desk"}),
        ("住民税課税のために番号を使う。", {"住民税": "plain"}),
    ],
)
def test_a_words_place_is_told_by_what_follows_it(line: str, expected: dict[str, str]):
    found = places(line)
    assert {word: found[word] for word in expected} == expected


def test_the_columns_of_a_table_tell_who_asks():
    row = "照会者 日本年金機構/事務 障害年金の裁定/提供者 市町村長/情報 住民税の額"
    found = places(f"番号法による命令の表 {row}")
    assert found["住民税"] == "supplier"
    assert found["障害年金"] == "querier"
    below = places("・地方税関係の一覧", "情報提供者:特定個人情報を持つ市町村長")
    assert set(below.values()) == {"supplier"}
    unnamed = places(
        "九|健保組合|被扶養者の認定に関する事務|市町村長|地方税の額", "項|情報照会者|事務|提供者"
    )
    assert unnamed["地方税"] == "supplier"
    assert unnamed["健保組合"] != "supplier"


def names(nlp: Language, body: str, sector: str) -> set[str]:
    [scan] = scan_many(nlp, [Readable("", body)])
    return {n for i in scan.instances if i.candidate.sector == sector for n in i.names}


def test_a_sector_that_only_supplies_is_told_from_one_that_acts(nlp: Language):
    body = "就学援助の認定のため、教育委員会は番号で税務署に照会する。"
    asked, asking = names(nlp, body, "tax"), names(nlp, body, "other")
    assert {"role_text:gives", "role:gives/here", "role_beside:gives<querier"} <= asked
    assert {"role_text:acts", "role:querier/here", "role_beside:acts<gives"} <= asking
    assert "role_text:acts" in names(nlp, "税務署は番号で申告書を名寄せする。", "tax")


def test_every_word_of_a_text_has_a_place():
    read = survey("題", "年金の請求に番号を書く。\n銀行は番号を聞かない。")
    assert [len(found) for found in read.stands] == [len(found) for found in read.cues]
    assert load_lexicon().cues("年金")
