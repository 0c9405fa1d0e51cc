import json
import subprocess
import sys

import numpy as np

from classifier.model import FOLDER, Head, load_model, write_json

HEAD = Head(
    ("a", "b"),
    {"x": 0, "y": 1, "z": 2},
    np.array([[1.0, -1.0], [0.5, 0.0], [0.00001, 0.0]]),
    np.array([0.1, 0.2]),
)


def test_unknown_features_say_nothing():
    assert np.allclose(HEAD.scores(["nothing"]), [0.1, 0.2])


def test_the_score_does_not_grow_with_the_number_of_features():
    assert np.allclose(HEAD.scores(["x", "y"]), np.array([1.5, -1.0]) * 5 / np.sqrt(2) + [0.1, 0.2])


def test_values_are_weighed_and_unknown_ones_say_nothing():
    assert np.allclose(HEAD.weigh({"x": 2.0, "y": -1.0, "nothing": 9.0}), [1.6, -1.8])
    assert np.allclose(HEAD.weigh({}), [0.1, 0.2])


def test_a_head_survives_its_json(tmp_path):
    write_json(tmp_path / "h.json", HEAD.to_json())
    again = Head.from_json(json.loads((tmp_path / "h.json").read_text("utf-8")))
    assert set(again.index) == {"x", "y", "z"}, (
        "a weight that rounds to nothing still counts as known"
    )
    for names in (["x", "y"], ["x", "z"]):
        assert np.allclose(again.scores(names), HEAD.scores(names), atol=1e-3)


def test_reasons_are_the_strongest_features():
    assert [name for name, _ in HEAD.reasons(["y", "x"], 0, 1)] == ["x"]


def test_the_shipped_weights_are_small_and_readable():
    assert sum(p.stat().st_size for p in FOLDER.iterdir()) < 20_000_000
    model = load_model()
    assert 0 < model.threshold < 1
    assert any(name.startswith("use:") for name in model.detect.index)
    assert not any("source_kind" in name or "length" in name for name in model.detect.index)


def test_classifying_imports_no_scikit_learn():
    code = "import sys, classifier.commands; sys.exit('sklearn' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
