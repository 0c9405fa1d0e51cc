"""Training from texts to weights: the same texts give the same bytes, and what was written can be read with."""

from pathlib import Path
from types import SimpleNamespace

import pytest

from classifier import teach as teach_module
from classifier.classify import Classifier
from classifier.evaluate import answer
from classifier.gold import FOLDER, GoldText, read_gold
from classifier.measures import flag_score
from classifier.model import load_model
from classifier.train import best_threshold, train
from data.vocabulary import Identifier, Sector


@pytest.fixture(scope="module")
def texts() -> list[GoldText]:
    """Some texts of four authors."""
    return [text for name in ("dev", "m_01", "t_01", "x_01") for text in _some(name)]


def _some(name: str) -> list[GoldText]:
    return read_gold(FOLDER / f"{name}.jsonl")[:40]


@pytest.mark.slow
@pytest.mark.timeout(180)
def test_the_same_texts_give_the_same_bytes_and_a_classifier_that_reads(
    texts: list[GoldText], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pending
):
    monkeypatch.setattr(teach_module, "ROUNDS", 2)
    said: list[str] = []
    for folder in ("first", "second"):
        train(texts, tmp_path / folder, said.append)
    written = sorted(path.name for path in (tmp_path / "first").iterdir())
    assert {"networks.npz", "detect.json", "pair.json", "out_of_fold.jsonl"} <= set(written)
    for name in written:
        assert (tmp_path / "first" / name).read_bytes() == (tmp_path / "second" / name).read_bytes()
    assert said[: len(said) // 2] == said[len(said) // 2 :]
    assert any(line.startswith("fold without dev: 40 texts") for line in said)

    answers, validated = answer(texts, tmp_path / "first")
    assert validated == len(texts), "each text is answered by the fold that left its author out"
    assert flag_score(answers).f1 > 0.6, "a hundred and sixty texts teach something already"
    reading = Classifier(tmp_path / "first").read(
        pending("銀行は口座の確認にマイナンバーカードを使い始めた。")
    )
    assert reading.error is None
    assert load_model(tmp_path / "first").version != load_model().version


def test_the_threshold_is_the_lowest_that_is_as_good_as_any():
    """Every true use scores 0.7; one of a hundred texts without any scores 0.25, one of ten thousand 0.45."""

    def judged(score: float, *, true: bool) -> tuple[SimpleNamespace, list[SimpleNamespace]]:
        pair = {"sector": Sector.BANK, "identifier": Identifier.CARD}
        labels = [SimpleNamespace(**pair)] if true else []
        text = SimpleNamespace(text=SimpleNamespace(labels=labels))
        return text, [SimpleNamespace(score=score, **pair)]

    uses = [judged(0.7, true=True) for _ in range(100)]
    assert best_threshold([*uses, judged(0.25, true=False)]) == 0.26
    assert best_threshold([*uses * 100, judged(0.45, true=False)]) == 0.2
