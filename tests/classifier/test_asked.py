"""An answer speaks of what its question named."""

from __future__ import annotations

import pytest
from spacy.language import Language

from classifier.asked import answer_of, question_of
from classifier.candidates import propose
from classifier.read import Readable, scan_many
from classifier.survey import survey


@pytest.mark.parametrize(
    ("question", "answer", "answers"),
    [
        ("問 調査にカードは必要ですか。", "答 必要ありません。", True),
        ("Q2 番号は聞かれますか。", "A2 いいえ。", True),
        ("番号は店に残りますか。", "いいえ、残りません。", True),
        ("質問 番号をポイントに使えますか。", "回答 使えません。", True),
        ("番号は店に残る。", "いいえ、残りません。", False),
        ("Q2 番号は聞かれますか。", "番号は聞かれる。", False),
    ],
)
def test_an_answer_knows_its_question(question: str, answer: str, answers: bool):
    sentences = survey("", f"{question}\n{answer}").sentences
    assert question_of(sentences, 1) == (0 if answers else None)
    assert question_of(sentences, 0) is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("答 必要ありません。", "not_so"),
        ("A いいえ。", "not_so"),
        ("回答 使えません。", "not_so"),
        ("A はい。", "so"),
        ("答 ご提出いただきます。", "so"),
        ("A 来年からです。", "else"),
    ],
)
def test_what_an_answer_says(text: str, said: str):
    assert answer_of(text) == said


def test_a_bare_answer_is_a_candidate_of_its_question():
    read = survey(
        "国勢調査のご質問", "問 回答にマイナンバーカードは必要ですか。\n答 必要ありません。"
    )
    assert ("other", "card", 2) in {
        (c.sector.value, c.identifier.value, c.sentence) for c in propose(read, 3)
    }


def test_the_answer_tells_whether_its_question_named_both(nlp: Language):
    body = "問 預金口座に番号は要りますか。マイナンバーです。\n問 預金口座に個人番号は必要ですか。\n答 いいえ。"
    [scan] = scan_many(nlp, [Readable("", body)])
    found = {n for i in scan.instances if i.candidate.sector == "bank" for n in i.names}
    assert {"stage_answer:not_so", "answers:not_so+identifier/sector"} <= found
