import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifier.assess import Instance, Pair, gather
from classifier.blend import (
    FLOOR,
    SENTENCE,
    SENTENCE_KNOTS,
    pair_values,
    sentence_scores,
    stage_values,
    steps,
)
from classifier.candidates import Candidate
from classifier.model import STAGES, Head
from classifier.network import OUTPUTS
from classifier.survey import survey
from data.vocabulary import Identifier, Sector

READ = survey("銀行の題", "銀行はカードを使う。銀行はマイナンバーカードを使う。")


def heard(*logits: float) -> np.ndarray:
    """Networks that say these logits, and of the stage that it is planned."""
    said = np.zeros((len(logits), OUTPUTS), np.float32)
    said[:, 0] = logits
    said[:, 1 + STAGES.index("planned")] = 6.0
    return said


def pair(sector: Sector, *scores: float) -> Pair:
    instances = tuple(
        Instance(Candidate(sector, Identifier.CARD, at, "here", "here", 0, 0), (), at, at + 1)
        for at in range(len(scores))
    )
    return Pair(sector, Identifier.CARD, instances, scores, heard(*scores))


@given(st.floats(-50, 50, allow_nan=False))
def test_steps_sum_to_one_and_draw_the_value(value: float):
    said = steps("best", value, SENTENCE_KNOTS)
    assert np.isclose(sum(said.values()), 1)
    drawn = sum(float(name.split()[1]) * share for name, share in said.items())
    assert np.isclose(drawn, np.clip(value, FLOOR, -FLOOR))


@pytest.mark.parametrize("knot", SENTENCE_KNOTS)
def test_a_value_at_a_knot_is_that_knot(knot: float):
    assert {n: s for n, s in steps("b", knot, SENTENCE_KNOTS).items() if s} == {f"b {knot:g}": 1.0}


def test_a_lone_pair_has_no_rival_and_a_second_one_is_weighed_against_it():
    bank, police = pair(Sector.BANK, 2.0, 1.0), pair(Sector.POLICE, -1.0)
    alone = pair_values(READ, bank, [bank], 0.5, 1.0)
    assert (alone["alone"], alone["rival -5"]) == (1.0, 1.0)
    both = pair_values(READ, bank, [bank, police], 0.5, 1.0)
    assert (both["alone"], both["rival -1"], both["beside -1"]) == (0.0, 1.0, 1.0)
    assert (both["heard 2"], both["heard rival -1"]) == (1.0, 1.0)
    assert (both["second 1"], both["text 0.5"], both["wording 1"]) == (1.0, 1.0, 1.0)


def test_a_pair_of_the_same_list_is_company_and_no_rival_beside():
    read = survey("", "銀行や警察でマイナンバーカードを使う。旅券はまだだ。")
    bank, police = pair(Sector.BANK, 2.0), pair(Sector.POLICE, 1.0)
    values = pair_values(read, bank, [bank, police], 0.5, 1.0)
    assert (values["joined 1"], values["beside -5"], values["rival 1"]) == (1.0, 1.0, 1.0)
    passport = pair(Sector.PASSPORT, 1.0)
    values = pair_values(read, bank, [bank, passport], 0.5, 1.0)
    assert (values["joined -5"], values["beside 1"]) == (1.0, 1.0)


def test_stages_are_told_by_the_best_sentence_the_title_and_the_blend():
    rows = np.zeros((3, len(STAGES)))
    rows[1, STAGES.index("planned")] = 4.0
    rows[0, STAGES.index("adopted")] = 4.0
    said = stage_values(READ, pair(Sector.BANK, 3.0, 1.0, -9.0), rows, np.zeros(len(STAGES)))
    assert said["best adopted"] == 2.0
    assert said["title share adopted"] > 0.9, "sentence 0 is the title"
    assert said["blend adopted"] > said["blend planned"] > 0
    assert said["heard planned"] == 3.0
    assert said["heard share planned"] > 0.9 > said["best adopted"] / 9
    assert said["wording share denied"] == pytest.approx(1 / len(STAGES))
    assert (said["lone"], said["untitled"], said["sector bank"]) == (0.0, 0.0, 1.0)


def test_a_logit_out_of_all_bounds_is_clipped():
    rows = np.full((1, len(STAGES)), 1e300)
    said = stage_values(READ, pair(Sector.BANK, 3.0), rows, -rows[0])
    assert all(np.isfinite(value) for value in said.values())


def test_what_is_heard_stays_with_its_sentence():
    instances = pair(Sector.BANK, 0.0, 0.0, 0.0).instances
    said = heard(5.0, 6.0, 7.0)
    [gathered] = gather(instances, [1.0, 3.0, 2.0], said)
    assert [i.candidate.sentence for i in gathered.instances] == [1, 2, 0]
    assert gathered.heard[:, 0].tolist() == [6.0, 7.0, 5.0]


def test_a_sentence_is_weighed_by_what_is_named_and_what_is_heard():
    index = {name: at for at, name in enumerate(SENTENCE)}
    head = Head(("finding",), index, np.array([[0.5], [1.0]]), np.array([-1.0]))
    scores = sentence_scores(head, np.array([2.0, 0.0]), np.array([1.0, 99.0]))
    assert scores == pytest.approx([1.0, 9.0]), "a logit out of bounds is clipped"
    assert sentence_scores(head, np.zeros(0), np.zeros(0)) == []
