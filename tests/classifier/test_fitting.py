import numpy as np
import pytest

from classifier.assess import Instance
from classifier.candidates import Candidate
from classifier.fitting import (
    fit_detect,
    fit_pair_stage,
    fit_stage,
    fit_text,
    fit_worded_stage,
    fit_wording,
    score_rows,
)
from classifier.gists import tabulate_gists
from classifier.gold import GoldText, Label
from classifier.model import STAGES
from classifier.read import Scan
from classifier.survey import survey
from classifier.table import Example, Table, tabulate
from data.vocabulary import Identifier, Sector, Stage
from tests.classifier.pages import page_of

CANDIDATE = Candidate(Sector.BANK, Identifier.CARD, 1, "here", "here", 0, 0)


def example(number: int, names: tuple[str, ...], stage: Stage | None) -> Example:
    body = "銀行はマイナンバーカードを使う。"
    label = Label(Sector.BANK, Identifier.CARD, stage, False, None, None, body, 3, 3 + len(body))
    text = GoldText(
        f"t{number}", "", "news", "", "題", body, (label,) if stage else (), "", "ab"[number % 2]
    )
    instance = Instance(CANDIDATE, names, 3, 3 + len(body))
    return Example(
        text, Scan(survey("題", body), [instance], page_of([[1]], [0]), {}, truncated=False)
    )


@pytest.fixture(scope="module")
def table() -> Table:
    rows = []
    for n in range(30):
        rows.append(example(n, ("use:use", "end:した", f"w:{n % 5}"), Stage.ADOPTED))
        rows.append(example(n, ("use:use", "end:へ", f"w:{n % 5}"), Stage.PLANNED))
        rows.append(example(n, ("here:crime", f"w:{n % 5}"), None))
    return tabulate(rows)


def test_the_table_has_a_row_a_candidate_and_knows_its_label(table: Table):
    assert table.matrix.shape == (90, len(table.names))
    assert table.evidence.sum() == 60
    assert list(table.rows_of([0, 2])) == [0, 2]


def test_the_heads_learn_what_separates(table: Table):
    rows = table.rows_of(range(90))
    detect = fit_detect(table, rows)
    assert detect.scores(["use:use", "w:1"])[0] > 0 > detect.scores(["here:crime", "w:1"])[0]
    stage = fit_stage(table, rows)
    assert STAGES[int(stage.scores(["use:use", "end:へ"]).argmax())] == "planned"
    assert STAGES[int(stage.scores(["use:use", "end:した"]).argmax())] == "adopted"


def test_a_row_scores_in_the_table_as_it_does_alone(table: Table):
    head = fit_detect(table, table.rows_of(range(60)))
    scored = score_rows(table, head)
    for number in (0, 1, 2, 61, 89):
        names = table.examples[number].scan.instances[0].names
        assert np.allclose(scored[number], head.scores(names))
    some = np.array([89, 2])
    assert np.allclose(score_rows(table, head, some), scored[some])


def test_a_gist_without_a_known_word_is_no_error():
    gists = tabulate_gists(enumerate([["a", "b"], ["a", "c"], ["a", "b"], ["z"]] * 8))
    head = fit_text(gists, range(32), [True, False, True, False] * 8)
    assert head.scores(["a", "b"])[0] > head.scores(["a", "c"])[0]


def test_gists_score_in_their_table_as_they_do_alone():
    given = [["a", "b"], ["a", "c"], ["b", "d"], ["z"]] * 8
    gists = tabulate_gists((number + 100, names) for number, names in enumerate(given))
    head = fit_text(gists, range(100, 130), [True, False, True, False] * 7 + [True, False])
    scored = gists.scores(range(100, 132), head)
    for names, score in zip([*given[:31], ["unknown"]], [*scored[:31], head.bias[0]], strict=True):
        assert np.allclose(score, head.scores(names))


def test_the_wording_of_a_sector_tells_a_finding_and_no_stage():
    given = [["c:した", "of bank:した"], ["c:予定", "of bank:予定"], ["c:無", "of bank:無"]] * 16
    worded = tabulate_gists(enumerate(given))
    finding = fit_wording(worded, range(48), [True, True, False] * 16)
    assert finding.scores(given[0])[0] > 0 > finding.scores(given[2])[0]
    stages = ["adopted", "planned", "adopted"] * 16
    stage = fit_worded_stage(worded, range(48), stages)
    assert not any(name.startswith("of ") for name in stage.index)
    assert STAGES[int(stage.scores(["c:予定"]).argmax())] == "planned"


@pytest.mark.parametrize("stages", [["adopted"], ["adopted", "planned"], list(STAGES)])
def test_the_last_stage_head_tells_the_stages_that_it_saw(stages: list[str]):
    values = [{f"said {stage}": 3.0} for stage in stages] * 40
    head = fit_pair_stage(values, stages * 40)
    for stage in stages:
        assert STAGES[int(head.weigh({f"said {stage}": 3.0}).argmax())] == stage
    assert head.weigh({"unknown": 1.0}).shape == (len(STAGES),)
