"""The second layer is taught on scores of heads that never saw the author."""

from collections.abc import Sequence

import numpy as np
import pytest

from classifier import layers
from classifier.assess import Instance
from classifier.candidates import Candidate
from classifier.fitting import fit_detect
from classifier.gold import GoldText, Label
from classifier.judge import judge
from classifier.model import Head
from classifier.network import OUTPUTS
from classifier.read import Scan
from classifier.survey import survey
from classifier.table import Example, Table, tabulate
from data.vocabulary import Identifier, Sector, Stage
from tests.classifier.pages import page_of

PAIR = (Sector.BANK, Identifier.CARD)
SAID = {
    Stage.ADOPTED: "銀行はマイナンバーカードを使い始めた。",
    Stage.PLANNED: "銀行はマイナンバーカードを来春から使う予定だ。",
    None: "銀行の窓口でマイナンバーカードを拾った人がいる。",
}


def example(author: str, number: int, stage: Stage | None) -> Example:
    body = SAID[stage]
    read = survey("", f"{body}第{number}報。")
    sentence = next(k for k, found in enumerate(read.mentions) if found)
    start, end = read.span(read.sentences[sentence])
    label = Label(*PAIR, stage, False, None, None, body, start, end) if stage else None
    labels = (label,) if label else ()
    text = GoldText(f"{author}{number}", "", "news", "", "", body, labels, "", author)
    names = (f"end:{body[-3:]}", f"w:{author}", "use:use")
    instance = Instance(Candidate(*PAIR, sentence, "here", "here", 0, 0), names, start, end)
    return Example(
        text, Scan(read, [instance], page_of([[1]], [0]), {sentence: None}, truncated=False)
    )


@pytest.fixture(scope="module")
def table() -> Table:
    stages = list(SAID)
    return tabulate([example(a, n, stages[n % 3]) for a in "pqrstu" for n in range(18)])


def test_authors_stay_together(table: Table):
    folds = layers.authors_apart(table.examples, range(len(table.examples)), 4)
    assert sorted(n for fold in folds for n in fold) == list(range(len(table.examples)))
    owners = [{table.examples[n].text.batch for n in fold} for fold in folds]
    assert sum(map(len, owners)) == 6, "no author is in two folds"


def test_no_row_is_scored_by_a_head_that_saw_its_author(table: Table):
    folds = layers.authors_apart(table.examples, range(len(table.examples)), 3)
    rows = table.rows_of(range(len(table.examples)))
    seen: list[set[str]] = []

    def teach(table: Table, rows: np.ndarray) -> Head:
        seen.append({table.examples[table.text[row]].text.batch for row in rows})
        return fit_detect(table, rows)

    said = layers._rows_held_out(table, rows, folds, teach)
    assert said.shape == (len(rows), 1)
    assert not np.isnan(said).any()
    for inside, outside in zip(folds, seen, strict=True):
        assert not {table.examples[n].text.batch for n in inside} & outside


@pytest.mark.parametrize("authors", [6, 1])
def test_all_heads_are_fitted_and_tell_findings_and_stages(table: Table, authors: int):
    numbers: Sequence[int] = range(authors * 18)
    heard = np.zeros((len(table.text), OUTPUTS), np.float32)
    model = layers.fit(table, heard, numbers, threshold=0.5)
    if authors == 1:
        return
    for n in (0, 1, 2):
        kept, _ = judge(table.examples[n].scan, heard[[n]], model)
        wanted = [label.stage for label in table.examples[n].text.labels]
        assert [finding.stage for finding in kept] == wanted
