"""A bare word for a full name said before it."""

import pytest

from classifier.survey import survey
from data.vocabulary import Sector


def sectors(body: str, word: str) -> set[Sector]:
    """The sectors of the last place of `word` in a text without a title."""
    read = survey("", body)
    places = [
        (k, cue)
        for k, (sentence, cues) in enumerate(zip(read.sentences, read.cues, strict=True))
        for cue in cues
        if sentence.text[cue.start : cue.end] == word
    ]
    last = max((k, cue.start) for k, cue in places)
    return {cue.sector for k, cue in places if (k, cue.start) == last}


@pytest.mark.parametrize(
    ("full", "word", "sector"),
    [
        ("犯罪被害者等給付金の申請を受け付ける。", "給付金", Sector.POLICE),
        ("高校の就学支援金の手続きを改める。", "支援金", Sector.OTHER),
        ("入院給付金の請求を受け付ける。", "給付金", Sector.BANK),
        ("看護師免許証の書き換えを受け付ける。", "免許証", Sector.OTHER),
    ],
)
def test_a_bare_word_takes_the_sector_of_the_full_name_before_it(full, word, sector):
    assert sectors(f"{full}{word}の届け出に個人番号を書く。", word) == {sector}
    assert sectors(f"{full}同{word}の届け出に個人番号を書く。", word) == {sector}


def test_without_a_full_name_the_word_is_its_own():
    assert sectors("給付金の届け出に個人番号を書く。", "給付金") == {Sector.WELFARE}
    later = "給付金の届け出に個人番号を書く。入院給付金には書かない。"
    assert Sector.WELFARE in {c.sector for c in survey("", later).cues[0]}


def test_a_compound_of_its_own_and_a_later_full_name_end_it():
    full = "犯罪被害者等給付金の申請を受け付ける。"
    assert sectors(f"{full}特別給付金の届け出に個人番号を書く。", "給付金") == {Sector.WELFARE}
    pension = "個人年金の支払いに要る。国民年金とは異なる。年金の届け出に個人番号を書く。"
    assert sectors(pension, "年金") == {Sector.WELFARE}
