"""What the network reads: marks where the survey saw them, and the stretches of each candidate."""

from datetime import date

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from spacy.language import Language

from classifier.layout import ROOM
from classifier.lexicon import load_lexicon
from classifier.page import (
    BORDER,
    IDENTIFIERS,
    PARTS,
    SECTORS,
    SYSTEM,
    TELLING,
    TENSES,
    TOLD,
    Page,
    divided,
    join,
)
from classifier.read import Readable, scan
from data.vocabulary import Identifier, Sector
from tests.classifier.pages import page_of

TITLE = "口座の確認に番号"
BODY = "市は新しい橋を開通させた。\n銀行は口座の確認にマイナンバーカードを使い始めた。\n橋の長さは百メートル。"


def told(page: Page, nlp: Language, row: int, part: str) -> list[str]:
    first, behind = page.spans[row, PARTS.index(part)]
    return [nlp.vocab.strings[int(word)] for word in page.words[first:behind]]


def test_each_candidate_points_at_its_sentence_and_at_its_neighbours(nlp: Language):
    scanned = scan(nlp, Readable(TITLE, BODY))
    page = scanned.page
    assert len(page.spans) == len(scanned.instances) == len(page.targets) == len(page.given)
    row = next(
        at
        for at, one in enumerate(scanned.instances)
        if (one.candidate.sector, one.candidate.identifier) == (Sector.BANK, Identifier.CARD)
        and one.candidate.sentence == 2
    )
    assert "銀行" in told(page, nlp, row, "own")
    assert "番号" in told(page, nlp, row, "title")
    assert "橋" in told(page, nlp, row, "before")
    assert "メートル" in told(page, nlp, row, "after")
    assert told(page, nlp, row, "heading") == []
    assert (page.targets[row] == (SECTORS.index("bank"), IDENTIFIERS.index("card"))).all()


def test_tokens_bear_the_marks_of_what_they_name(nlp: Language):
    page = scan(nlp, Readable("", "銀行は口座の確認にマイナンバーカードを使う。")).page
    marks = {
        nlp.vocab.strings[int(word)]: int(mark)
        for word, mark in zip(page.words, page.marks, strict=True)
        if word != BORDER
    }
    assert marks["マイナンバーカード"] & 1 << IDENTIFIERS.index(Identifier.CARD)
    bank = 1 << (2 * len(IDENTIFIERS) + SECTORS.index(Sector.BANK))
    assert marks["銀行"] & bank
    assert marks["の"] == 0


def test_systems_bare_words_and_days_are_marked_too(nlp: Language):
    text = Readable(
        "マイナンバーカードと年末調整",
        "カードで来年から年末調整を行う。",
        published=date(2024, 5, 1),
    )
    page = scan(nlp, text).page
    count = len(IDENTIFIERS)
    weak = 1 << (count + IDENTIFIERS.index(Identifier.CARD))
    strings = [nlp.vocab.strings[int(w)] if w else "" for w in page.words]
    bare = [int(m) for word, m in zip(strings, page.marks, strict=True) if word == "カード"]
    assert any(mark & weak for mark in bare)
    assert (page.marks & 1 << SYSTEM).any()
    ahead = 1 << (SYSTEM + 1 + TENSES.index("ahead"))
    dated = [word for word, m in zip(strings, page.marks, strict=True) if int(m) & ahead]
    assert "来年" in dated


def test_words_that_tell_of_the_stage_are_marked_also_beside_the_sentence(nlp: Language):
    text = Readable("", "銀行は口座の確認にマイナンバーカードを使う。\nこの取り扱いは中止した。")
    page = scan(nlp, text).page
    halted = 1 << (TOLD + TELLING.index("halted"))
    words = zip(page.words, page.marks, strict=True)
    stopping = [nlp.vocab.strings[int(word)] for word, mark in words if int(mark) & halted]
    assert stopping[0] == "中止"
    first, behind = page.spans[0, PARTS.index("after")]
    assert (page.marks[first:behind] & halted).any()


def test_every_block_of_stage_words_has_a_mark():
    lexicon = load_lexicon()
    blocks = {name.partition(".")[0] for name in lexicon.stages}
    assert blocks == set(TELLING) - set(lexicon.contexts)
    assert set(TELLING) - blocks <= set(lexicon.contexts)


def test_a_long_sentence_is_looked_at_where_it_speaks_of_the_candidate(nlp: Language):
    far = "、".join(f"第{n}の議題として道路の補修について伺い" for n in range(40))
    page = scan(
        nlp, Readable("", f"{far}、銀行は口座の確認にマイナンバーカードを使っている。")
    ).page
    row = next(n for n, target in enumerate(page.targets) if target[0] == SECTORS.index("bank"))
    own = told(page, nlp, row, "own")
    assert "銀行" in own
    assert len(own) <= ROOM["own"]


def test_what_stands_two_behind_and_at_the_end_is_read_too(nlp: Language):
    body = "銀行は口座の確認にマイナンバーカードを使った。\n客は列を作った。\n雨が降った。\n川が光った。\n橋は片付けた。"
    page = scan(nlp, Readable("", body)).page
    assert "客" in told(page, nlp, 0, "after")
    assert "雨" in told(page, nlp, 0, "next")
    assert "橋" in told(page, nlp, 0, "last")
    near = scan(nlp, Readable("", "\n".join(body.split("\n")[:3]))).page
    assert "雨" in told(near, nlp, 0, "next")
    assert told(near, nlp, 0, "last") == [], "it stands there already"


def test_a_parsed_token_points_at_what_it_depends_on(nlp: Language):
    page = scan(nlp, Readable("", "銀行は口座を開いた。\n学校はマイナンバーカードを使う。")).page
    words = [nlp.vocab.strings[int(word)] if word else "" for word in page.words]
    above = {words[at]: words[head] for at, head in enumerate(page.heads) if words[at]}
    assert above["学校"] == above["マイナンバーカード"] == "使う"
    assert above["使う"] == "使う", "it depends on nothing"
    assert page.heads[words.index("")] == words.index("")


def test_the_dependencies_of_a_divided_page_stay_inside_its_sentences(nlp: Language):
    body = "市は道を直した。\n銀行は口座の確認にマイナンバーカードを使う。\n薬局もカードを使う。"
    page = scan(nlp, Readable("", body)).page
    for _, part in divided(page, 1):
        sentence = np.cumsum(part.words == BORDER)
        words = part.words != BORDER
        assert (sentence[part.heads[words]] == sentence[words]).all()
        assert (part.heads[~words] == np.flatnonzero(~words)).all()


def test_a_text_without_a_candidate_is_an_empty_page(nlp: Language):
    page = scan(nlp, Readable("", "")).page
    assert page.spans.shape == (0, len(PARTS), 2)
    assert list(divided(page, 8)) == []


@given(
    st.lists(st.lists(st.integers(1, 9), min_size=1, max_size=6), min_size=1, max_size=9),
    st.data(),
    st.integers(1, 4),
)
def test_a_divided_page_says_the_same(sentences: list[list[int]], data: st.DataObject, most: int):
    numbers = st.integers(0, len(sentences) - 1)
    own = data.draw(st.lists(numbers, max_size=12))
    page = page_of(sentences, own)
    seen = 0
    for rows, part in divided(page, most):
        for row, number in zip(part.spans, own[rows], strict=True):
            first, behind = row[0]
            assert list(part.words[first:behind]) == sentences[number]
            assert part.words[behind] == BORDER
            assert list(part.heads[first:behind]) == [*range(first + 1, behind), behind - 1]
            assert first == 0 or part.words[first - 1] == BORDER
            seen += 1
    assert seen == len(own)


def test_no_pages_join_to_a_blank_one():
    assert len(join([]).words) == 0 == len(join([]).spans)


def test_joined_pages_keep_their_candidates():
    both = join([page_of([[1, 2], [3]], [1]), page_of([[4, 5]], [0])])
    words = [list(both.words[first:behind]) for first, behind in both.spans[:, 0]]
    assert words == [[3], [4, 5]]
    assert [list(both.words[both.heads[f:b]]) for f, b in both.spans[:, 0]] == [[3], [5, 5]]
    assert np.array_equal(both.targets, np.zeros((2, 2)))
