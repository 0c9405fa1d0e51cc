"""Each labelled text is heard by the network that never saw its author."""

import numpy as np
import pytest

from classifier import teach as teach_module
from classifier.assess import Instance
from classifier.candidates import Candidate
from classifier.gold import GoldText, Label
from classifier.halves import lessons_of, teach_halves
from classifier.layers import authors_apart
from classifier.model import STAGES
from classifier.networks import hear
from classifier.read import Scan
from classifier.survey import survey
from classifier.table import Example, Table, tabulate
from data.vocabulary import Identifier, Sector, Stage
from tests.classifier.pages import page_of

PAIR = (Sector.BANK, Identifier.CARD)
BODY = "銀行はマイナンバーカードを使う。"
OWN_WORD = {"p": 31, "q": 32, "r": 33, "s": 34}
"""Each author has a word that no other one uses."""


def example(author: str, number: int, *, used: bool, opening: bool = False) -> Example:
    label = Label(*PAIR, Stage.PLANNED, False, None, None, BODY, 1, 1 + len(BODY))
    labels = (label,) if used else ()
    text = GoldText(f"{author}{number}", "", "news", "", "", BODY, labels, "", author)
    instance = Instance(Candidate(*PAIR, 0, "here", "here", 0, 0), (), 1, 1 + len(BODY))
    page = page_of([[21, 22 + used, OWN_WORD[author]]], [0])
    return Example(text, Scan(survey("", BODY), [instance], page, {}, truncated=False), opening)


@pytest.fixture(scope="module")
def table() -> Table:
    rows = [example(a, n, used=n % 2 == 0) for a in "pqrs" for n in range(24)]
    return tabulate([*rows, example("p", 99, used=True, opening=True)])


def test_lessons_say_what_the_labels_say_and_openings_teach_no_stage(table: Table):
    lessons = lessons_of(table)
    assert [float(lesson.evidence[0]) for lesson in lessons[:4]] == [1, 0, 1, 0]
    assert STAGES[int(lessons[0].stage[0])] == "planned"
    assert (lessons[0].stage_weight[0], lessons[1].stage_weight[0]) == (1, 0)
    assert (lessons[-1].evidence[0], lessons[-1].stage_weight[0]) == (1, 0)


def test_nobody_is_heard_by_the_network_that_learned_from_him(
    table: Table, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(teach_module, "ROUNDS", 8)
    taught = teach_halves(table, np.eye(4, dtype=np.float32))
    halves = authors_apart(table.examples, range(len(table.examples)), 2)
    owners = [{table.examples[n].text.batch for n in half} for half in halves]
    assert not owners[0] & owners[1]
    for half, network in zip(halves, taught.networks, strict=True):
        unknown = {OWN_WORD[table.examples[n].text.batch] for n in half}
        assert set(OWN_WORD.values()) - set(network.words.known.tolist()) == unknown
        for n in half[:5]:
            said = hear([network], table.examples[n].scan.page)
            assert np.allclose(taught.heard[table.own(n)], said)
    used = table.evidence
    assert taught.heard[used, 0].min() > taught.heard[~used, 0].max(), "both halves learned it"
