"""The learned layer: linear heads over named features, read from JSON that a person can open."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from data.vocabulary import Stage

FOLDER = Path(__file__).with_name("model")
SCALE = 5.0
"""A feature vector of n names has length SCALE, so that long sentences do not shout."""

DECIMALS = 3
STAGES = tuple(stage.value for stage in Stage)
"""The classes of the heads that tell a stage."""


@dataclass(frozen=True, slots=True)
class Head:
    """One linear model: `weights[i, k]` is what feature i says for class k."""

    classes: tuple[str, ...]
    index: Mapping[str, int]
    weights: NDArray[np.float64]
    bias: NDArray[np.float64]

    def scores(self, names: Iterable[str]) -> NDArray[np.float64]:
        """One logit per class for a set of feature names; unknown names say nothing."""
        known = [at for at in map(self.index.get, names) if at is not None]
        if not known:
            return self.bias.copy()
        share = SCALE / np.sqrt(len(known))
        scored: NDArray[np.float64] = self.weights[known].sum(axis=0) * share + self.bias
        return scored

    def weigh(self, values: Mapping[str, float]) -> NDArray[np.float64]:
        """One logit per class for numeric features; unknown names say nothing."""
        known = [name for name in values if name in self.index]
        shares = np.array([values[name] for name in known])
        weighed: NDArray[np.float64] = self.bias + shares @ self.weights[
            [self.index[name] for name in known]
        ].reshape(len(known), len(self.bias))
        return weighed

    def reasons(self, names: Sequence[str], of: int, top: int) -> list[tuple[str, float]]:
        """The `top` features that pushed class `of` up or down most, with their share."""
        known = [name for name in names if name in self.index]
        share = SCALE / np.sqrt(max(1, len(known)))
        said = [(name, float(self.weights[self.index[name], of] * share)) for name in known]
        return sorted(said, key=lambda pair: (-abs(pair[1]), pair[0]))[:top]

    def to_json(self) -> dict[str, Any]:
        """Rounded weights by feature name. Those that round to nothing stay: they count as known."""
        rounded = np.round(self.weights, DECIMALS)
        return {
            "classes": list(self.classes),
            "bias": [round(float(b), DECIMALS) for b in self.bias],
            "weights": {
                name: [float(w) for w in rounded[i]] for name, i in sorted(self.index.items())
            },
        }

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> Head:
        names = list(content["weights"])
        width = len(content["bias"])
        return cls(
            classes=tuple(content["classes"]),
            index={name: i for i, name in enumerate(names)},
            weights=np.array(list(content["weights"].values()), float).reshape(len(names), width),
            bias=np.array(content["bias"], float),
        )


@dataclass(frozen=True, slots=True)
class Model:
    """The heads that ship. `sentence`, `pair` and `pair_stage` weigh what the others and the networks said."""

    detect: Head
    """Is a sentence the evidence of a finding of its pair?"""
    sentence: Head
    """The same, by what `detect` and the networks say."""
    text: Head
    """Does a text with this gist hold any finding?"""
    wording: Head
    """Is a pair a finding whose best sentence and title are worded like this?"""
    pair: Head
    """Is a pair a finding? Its logistic is the score."""
    stage: Head
    """How far has the use gone, by one sentence?"""
    worded_stage: Head
    """How far, by the wording?"""
    pair_stage: Head
    """How far?"""
    unlawful: Head
    threshold: float
    """Probability from which a pair is a finding; below it the pair is only `also_seen`."""

    version: str


HEADS = (
    "detect",
    "sentence",
    "text",
    "wording",
    "pair",
    "stage",
    "worded_stage",
    "pair_stage",
    "unlawful",
)


def write_json(path: Path, content: object) -> None:
    """JSON with one key per line and sorted, so that two trainings compare byte for byte."""
    text = json.dumps(content, ensure_ascii=False, indent=0, sort_keys=True, separators=(",", ":"))
    path.write_text(
        text.replace("[\n", "[").replace("\n]", "]").replace(",\n-", ",-") + "\n", "utf-8"
    )


def save_model(model: Model, folder: Path = FOLDER) -> None:
    """Write the heads and the threshold under `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in HEADS:
        write_json(folder / f"{name}.json", getattr(model, name).to_json())
    write_json(folder / "settings.json", {"threshold": model.threshold, "version": model.version})


@cache
def load_model(folder: Path = FOLDER) -> Model:
    """The shipped model (once per process)."""
    heads = {
        name: Head.from_json(json.loads((folder / f"{name}.json").read_text("utf-8")))
        for name in HEADS
    }
    settings = json.loads((folder / "settings.json").read_text("utf-8"))
    return Model(**heads, threshold=settings["threshold"], version=settings["version"])


def probability(logit: float) -> float:
    """The logistic function."""
    return float(1.0 / (1.0 + np.exp(-np.clip(logit, -30.0, 30.0))))
