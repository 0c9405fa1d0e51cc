"""What is quoted: the sentence that carries a pair, and the one that denies or stops it."""

import numpy as np
import pytest

from classifier.assess import Instance, Pair
from classifier.candidates import Candidate
from classifier.evidence import LONGEST_RUN, evidence_of
from classifier.network import OUTPUTS
from classifier.survey import survey
from data.vocabulary import Identifier, Sector, Stage

USED = "派遣会社が登録番号に住民票コードを使っていた。"
LAW = "法律はこれを禁じている。"
ORDERED = "県は中止を勧告した。"
STOPPED = "会社は使用を取りやめた。"


def quoted(body: str, stage: Stage, scores: dict[int, float], title: str = "") -> str:
    """The evidence in a text whose sentences carry the pair with these logits."""
    read = survey(title, body)
    instances, logits = [], []
    for k, score in sorted(scores.items(), key=lambda item: -item[1]):
        candidate = Candidate(Sector.OTHER, Identifier.JUKI, k, "here", "here", 0, 0)
        instances.append(Instance(candidate, (), *read.span(read.sentences[k])))
        logits.append(score)
    heard = np.zeros((len(logits), OUTPUTS), np.float32)
    pair = Pair(Sector.OTHER, Identifier.JUKI, tuple(instances), tuple(logits), heard)
    start, end = evidence_of(read, pair, stage)
    return read.verbatim[start:end]


def test_a_use_is_quoted_by_its_sentence_alone():
    assert quoted(USED + LAW + STOPPED, Stage.ADOPTED, {0: 2.0}) == USED


def test_a_stop_is_quoted_with_the_sentence_that_says_so():
    assert quoted(USED + LAW + STOPPED, Stage.HALTED, {0: 2.0}) == USED + LAW + STOPPED


def test_a_denial_in_front_is_found_too():
    assert quoted(ORDERED + USED, Stage.DENIED, {1: 2.0}) == ORDERED + USED


def test_evidence_that_denies_itself_is_left_as_it_is():
    denied = "住民票コードを使うことは認めない。"
    assert quoted(denied + LAW, Stage.DENIED, {0: 2.0}) == denied
    assert quoted(STOPPED + ORDERED, Stage.HALTED, {0: 2.0}) == STOPPED


def test_an_order_is_quoted_with_the_ban_that_it_enforces():
    assert quoted(USED + LAW + ORDERED, Stage.DENIED, {0: 2.0, 1: 1.0}) == USED + LAW + ORDERED


def test_a_verdict_too_far_away_to_run_to_is_quoted_alone():
    filler = "あ" * LONGEST_RUN + "。"
    assert quoted(USED + filler + STOPPED, Stage.HALTED, {0: 2.0}) == STOPPED


def test_where_nobody_denies_or_stops_the_use_is_quoted():
    assert quoted(USED + "あ" * LONGEST_RUN + "。", Stage.HALTED, {0: 2.0}) == USED


@pytest.mark.parametrize(("second", "expected"), [(0.0, USED + LAW), (-9.0, USED)])
def test_a_sentence_that_carries_it_about_as_well_joins(second: float, expected: str):
    assert quoted(USED + LAW, Stage.ADOPTED, {0: 2.0, 1: second}) == expected


def test_a_headline_hardly_better_than_the_body_is_not_quoted():
    said = quoted(USED, Stage.ADOPTED, {0: 2.4, 1: 2.0}, title="登録番号に住民票コード")
    assert said == USED
