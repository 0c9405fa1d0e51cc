"""Searchable units: one folding for index and question, and a way back to the text as written."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.search import (
    fold,
    folded_text,
    index_text,
    lone_kanji,
    match_expression,
    matches,
    question_phrases,
    tokens,
)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ＰＩＡ", "pia"),
        ("ひも付け", "紐付け"),
        ("ヒモ付け", "紐づけ"),
        ("ひもづけ", "紐付け"),
        ("ﾏｲﾅﾝﾊﾞｰｶｰﾄﾞ", "マイナンバーカード"),
        ("手続", "手続き"),
        ("１〜３", "1～3"),
        ("１−３", "1－3"),
        ("申込み", "申し込み"),
    ],
)
def test_spellings_of_one_word_are_one(one: str, other: str) -> None:
    assert fold(one).text == fold(other).text
    assert match_expression(one) == match_expression(other)


def test_a_question_asks_for_all_its_words_each_as_a_phrase() -> None:
    assert match_expression("マイナンバー　銀行") == '"マイナンバー" AND "銀行"'
    assert match_expression("住民票コード") == '"住民 票 コード"'


@pytest.mark.parametrize("nothing", ["", "  ", "・。！", '"', '""', None])
def test_a_question_without_words_matches_nothing(nothing: str | None) -> None:
    assert match_expression(nothing) == '""'


@given(st.text(max_size=300))
def test_no_question_can_speak_fts5(question: str) -> None:
    expression = match_expression(question)
    inner = expression.removeprefix('"').removesuffix('"')
    for phrase in inner.split('" AND "'):
        assert all(character.isalnum() or character == " " for character in phrase)


@given(st.text(max_size=300))
def test_the_text_alone_is_folded_as_with_its_places(text: str) -> None:
    assert folded_text(text) == fold(text).text


@given(st.text(max_size=300))
def test_every_unit_knows_where_it_stands(text: str) -> None:
    last = 0
    for token in tokens(text):
        assert 0 <= token.start < token.end <= len(text)
        assert token.start >= last
        last = token.start


def test_marks_are_placed_on_the_text_as_it_was_written() -> None:
    text = "ﾏｲﾅﾝﾊﾞｰと口座のひも付け（ＰＩＡ未実施）"
    found = [text[s:e] for s, e in matches(text, question_phrases("マイナンバー 紐付け pia"))]
    assert found == ["ﾏｲﾅﾝﾊﾞｰ", "ひも付け", "ＰＩＡ"]


def test_one_kanji_is_found_within_longer_units() -> None:
    indexed = index_text("国税庁と税務署")
    assert "税" not in indexed.split(" ")
    assert "税" in lone_kanji(indexed).split(" ")
    assert matches("国税庁", question_phrases("税")) == [(1, 2)]


def test_threads_do_not_share_a_tokenizer() -> None:
    with ThreadPoolExecutor(8) as pool:
        answers = set(pool.map(lambda _: index_text("旅券の申請と銀行の口座"), range(400)))
    assert len(answers) == 1
