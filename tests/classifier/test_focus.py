from hypothesis import given
from hypothesis import strategies as st

from classifier.candidates import Candidate, propose
from classifier.focus import SHORT, focus
from classifier.survey import survey
from data.vocabulary import Identifier, Sector

SPEECH = (
    "医療の提供体制については地域の実情を踏まえて丁寧に議論を重ねているところでありまして、"
    "物価の高騰に苦しむ家計を支えるための対策を速やかに講じることが何よりも大切であると考え、"
    "奨学金の手続ではマイナンバーを用いて書類の提出を省いてまいりましたが、"
    "あわせて中小企業の賃上げを後押しする税制の見直しにも党派を超えて取り組んでまいります。"
)


def candidates(text: str, sector: Sector) -> list[Candidate]:
    return [c for c in propose(survey("予算委員会", text), 3) if c.sector == sector]


def test_a_short_sentence_is_read_whole():
    read = survey("お知らせ", "銀行は口座の開設にマイナンバーカードを使う。")
    part = focus(read, next(c for c in propose(read, 3) if c.sector == Sector.BANK))
    assert (part.start, part.end) == (0, len(read.sentences[1].text))
    assert part.gap == len("に") or part.gap < 12


def test_a_long_sentence_is_read_where_identifier_and_sector_stand():
    read = survey("予算委員会", SPEECH)
    assert len(read.sentences[1].text) > SHORT
    own = next(
        c
        for c in propose(read, 3)
        if (c.sector, c.identifier, c.sentence) == (Sector.OTHER, Identifier.NUMBER, 1)
    )
    part = focus(read, own)
    spoken = read.sentences[1].text[part.start : part.end]
    assert "奨学金" in spoken
    assert "省いてまいりました" in spoken
    assert "医療" not in spoken


def test_what_stands_far_apart_is_told_so():
    read = survey("予算委員会", SPEECH)
    health = next(c for c in propose(read, 3) if c.sector == Sector.HEALTH and c.sentence == 1)
    part = focus(read, health)
    assert part.commas >= 2
    assert part.gap is not None
    assert part.gap > 40


@given(st.text("銀行税務署、。マイナンバー医療はがをでabc", max_size=400))
def test_the_part_always_lies_in_its_sentence(body: str):
    read = survey("マイナンバーと銀行", body)
    for candidate in propose(read, 3):
        part = focus(read, candidate)
        assert 0 <= part.start <= part.end <= len(read.sentences[candidate.sentence].text)
