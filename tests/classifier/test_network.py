"""The network learns the order of words, its gradients are right, and it is saved as it was."""

from pathlib import Path

import numpy as np
import pytest
from thinc.api import fix_random_seed

from classifier import network as network_module
from classifier.model import STAGES
from classifier.network import Network, Words
from classifier.networks import hear, load_networks, save_networks
from classifier.page import Page
from classifier.teach import LEAST_TOKENS, Lesson, gradient, teach
from data.errors import ConfigError
from tests.classifier.pages import page_of

VECTORS = np.eye(4, dtype=np.float32)
BANK, CARD, USES, DROPS, RAIN = 11, 12, 13, 14, 15
MARKS = {BANK: 1 << 6, CARD: 1 << 0}


def lesson(words: list[int], evidence: int, stage: str = "adopted") -> Lesson:
    page = page_of([words, [RAIN, RAIN]], [0], MARKS, beside=1)
    return Lesson(
        page,
        np.array([evidence], np.float32),
        np.ones(1, np.float32),
        np.array([STAGES.index(stage)]),
        np.array([evidence], np.float32),
    )


@pytest.fixture(scope="module")
def taught() -> Network:
    lessons = []
    for _ in range(60):
        lessons.append(lesson([BANK, USES, CARD], 1))
        lessons.append(lesson([BANK, DROPS, CARD], 1, "halted"))
        lessons.append(lesson([CARD, USES, BANK, RAIN], 0))
    return teach(lessons * 2, VECTORS)


def test_the_order_of_words_is_learned(taught: Network):
    right = taught.predict(page_of([[BANK, USES, CARD]], [0], MARKS))[0]
    wrong = taught.predict(page_of([[CARD, USES, BANK, RAIN]], [0], MARKS))[0]
    assert right[0] > 0 > wrong[0], "the same words with the same marks"
    assert STAGES[int(right[1:].argmax())] == "adopted"
    stopped = taught.predict(page_of([[BANK, DROPS, CARD]], [0], MARKS))[0]
    assert STAGES[int(stopped[1:].argmax())] == "halted"


def test_the_same_lessons_teach_the_same(taught: Network):
    lessons = [lesson([BANK, USES, CARD], 1), lesson([CARD, RAIN], 0)] * LEAST_TOKENS
    page = page_of([[BANK, USES, CARD]], [0], MARKS)
    first, second = (teach(lessons, VECTORS).predict(page) for _ in range(2))
    assert np.array_equal(first, second)


def test_a_saved_network_says_the_same_to_half_precision(taught: Network, tmp_path: Path):
    save_networks([taught, taught], "v1", tmp_path)
    again = load_networks(VECTORS, "v1", tmp_path)
    assert len(again) == 2
    page = page_of([[BANK, USES, CARD], [RAIN]], [0, 1], MARKS)
    assert np.allclose(hear(again, page), taught.predict(page), atol=0.05)
    (tmp_path / "b").mkdir()
    save_networks([taught, taught], "v1", tmp_path / "b")
    assert (tmp_path / "networks.npz").read_bytes() == (tmp_path / "b/networks.npz").read_bytes()


def test_networks_of_another_training_or_shape_are_not_read(taught: Network, tmp_path: Path):
    save_networks([taught], "v1", tmp_path)
    with pytest.raises(ConfigError, match="two trainings"):
        load_networks(VECTORS, "v2", tmp_path)
    with pytest.raises(ConfigError, match="do not fit"):
        load_networks(np.eye(5, dtype=np.float32), "v1", tmp_path)


def test_many_candidates_are_heard_in_parts_as_in_one(taught: Network):
    page = page_of([[BANK, USES, CARD], [CARD, RAIN]] * 90, list(range(180)), MARKS)
    assert np.allclose(hear([taught], page), taught.predict(page), atol=1e-4)


def test_unknown_words_and_no_candidates_are_no_error(taught: Network):
    assert np.isfinite(taught.predict(page_of([[999]], [0]))).all()
    assert hear([taught], page_of([[BANK]], [])).shape == (0, 1 + len(STAGES))
    unread = Network(Words.of(VECTORS, np.zeros(0, np.uint64)))
    assert np.isfinite(unread.predict(page_of([[BANK]], [0]))).all()


@pytest.fixture
def certain(monkeypatch: pytest.MonkeyPatch) -> Network:
    """A network that drops nothing, so that a loss can be measured twice."""
    monkeypatch.setattr(network_module, "DROPPED", 0.0)
    fix_random_seed(7)
    return Network(Words.of(VECTORS, np.array([BANK, CARD, USES, DROPS], np.uint64)))


def loss(network: Network, page: Page, lessons: list[Lesson]) -> float:
    """What `gradient` is the slope of, as the docstring has it."""
    numbers = network.words.numbers(page.words)
    logits = network.begin_update(page, numbers)[0].astype(float)
    evidence = np.array([1.0, 1.0, 0.0])
    first = np.logaddexp(0, logits[:, 0]) - evidence * logits[:, 0]
    shares = logits[:, 1:] - np.logaddexp.reduce(logits[:, 1:], axis=1, keepdims=True)
    stage = [lesson.stage[0] for lesson in lessons]
    second = -(shares[np.arange(3), stage] * evidence).sum() / (evidence.sum() + 1)
    return float(first.mean() + 0.6 * second)


def test_gradients_are_the_slopes_of_the_loss(certain: Network):
    lessons = [
        lesson([BANK, USES, CARD], 1),
        lesson([BANK, DROPS, CARD], 1, "halted"),
        lesson([CARD, RAIN, BANK], 0),
    ]
    sentences = [[BANK, USES, CARD], [BANK, DROPS, CARD], [CARD, RAIN, BANK]]
    page = page_of(sentences, [0, 1, 2], MARKS, beside=1)
    logits, backprop = certain.begin_update(page, certain.words.numbers(page.words))
    backprop(gradient(logits, lessons))
    checked = set()
    nodes = [(at, node) for at, layer in enumerate(certain.layers) for node in layer.walk()]
    for layer, node, parameter in ((at, n, name) for at, n in nodes for name in n.param_names):
        weights, slope = node.get_param(parameter), node.get_grad(parameter)
        at = np.unravel_index(int(np.abs(slope).argmax()), slope.shape)
        middle = float(weights[at])
        sides = []
        for step in (0.002, -0.002):
            weights[at] = middle + step
            sides.append(loss(certain, page, lessons))
        weights[at] = middle
        assert (sides[0] - sides[1]) / 0.004 == pytest.approx(float(slope[at]), rel=0.1, abs=1e-4)
        checked.add(layer)
    assert len(checked) == len(certain.layers) - 1, "all but the one that only drops"
