from classifier.candidates import Candidate, propose
from classifier.survey import Survey, survey
from classifier.wording import OWN, RIVAL, SYSTEM, anonymous, wording
from data.vocabulary import Identifier, Sector


def candidate_of(read: Survey, sector: Sector, sentence: int) -> Candidate:
    return next(
        c
        for c in propose(read, 3)
        if (c.sector, c.identifier, c.sentence) == (sector, Identifier.CARD, sentence)
    )


def test_names_are_taken_out_and_one_system_is_worded_like_another():
    bank = survey("", "北浜銀行は口座開設でマイナンバーカードを使い始めた。")
    police = survey("", "警察は運転免許証でマイナンバーカードを使い始めた。")
    said = [
        anonymous(read, 0, candidate_of(read, sector, 0))
        for read, sector in ((bank, Sector.BANK), (police, Sector.POLICE))
    ]
    assert all(f"で{OWN}を使い始めた" in text and SYSTEM in text for text in said)
    assert "銀行" not in said[0]
    assert "警察" not in said[1]


def test_a_word_of_another_sector_stands_as_a_rivals():
    read = survey("", "銀行でも警察でもマイナンバーカードを使う。")
    text = anonymous(read, 0, candidate_of(read, Sector.BANK, 0))
    assert (text.count(SYSTEM), text.count(RIVAL)) == (1, 1)


def test_a_wording_holds_the_sentence_its_ending_the_title_and_the_sector():
    read = survey("銀行でカード", "銀行はマイナンバーカードを使い始めました。")
    names = wording(read, candidate_of(read, Sector.BANK, 1))
    assert {f"c:{OWN}を", f"of bank:{OWN}を", f"t:{SYSTEM}で", "e:使い始めました"} <= names
    assert {"is:bank", "is:card"} <= names


def test_a_title_is_not_told_twice():
    read = survey("銀行でマイナンバーカード", "口座を開く。")
    assert not any(n.startswith("t:") for n in wording(read, candidate_of(read, Sector.BANK, 0)))
