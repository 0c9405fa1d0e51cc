"""The two networks that ship, each taught by one half of the authors: what both say of a page is heard.

A labelled text is heard by the one that never saw its author, any other text by both; so the last heads
weigh nothing that was learned by heart.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classifier.model import FOLDER
from classifier.network import OUTPUTS, Layer, Network, Words
from classifier.ops import Floats
from classifier.page import Page, divided
from data.errors import ConfigError

FILE = "networks.npz"
KNOWN, VERSION = "known", "version"
REMEDY = "install the package again, or run `scopewatch train`"
Packed = NDArray[Any]
AT_ONCE = 64
"""Candidates that are looked at at once: memory follows them and the tokens around them."""


def hear(networks: Sequence[Network], page: Page) -> Floats:
    """What the networks say together: one row of OUTPUTS logits per candidate of the page."""
    heard: Floats = np.zeros((len(page.spans), OUTPUTS), np.float32)
    for rows, part in divided(page, AT_ONCE):
        for network in networks:
            heard[rows] += network.predict(part) / len(networks)
    return heard


def save_networks(networks: Sequence[Network], version: str, folder: Path = FOLDER) -> None:
    """Write all weights under `folder`; the same weights give the same bytes. `version` names the training."""
    folder.mkdir(parents=True, exist_ok=True)
    packed = [pack(network) for network in networks]
    arrays: Any = {f"{at} {name}": a for at, one in enumerate(packed) for name, a in one.items()}
    arrays[VERSION] = np.array(version)
    np.savez_compressed(folder / FILE, **arrays)


def load_networks(vectors: Floats, version: str, folder: Path = FOLDER) -> tuple[Network, ...]:
    """The networks that were saved, over the word vectors of the pipeline that laid out their pages.

    Raises ConfigError when they are of another training than the heads, or of another shape than the code.
    """
    packed: dict[str, dict[str, Packed]] = {}
    with np.load(folder / FILE, allow_pickle=False) as arrays:
        if str(arrays[VERSION]) != version:
            raise ConfigError(
                f"{folder / FILE} and the heads beside it are of two trainings: {REMEDY}"
            )
        for key in (name for name in arrays.files if name != VERSION):
            at, _, name = key.partition(" ")
            packed.setdefault(at, {})[name] = arrays[key]
    return tuple(unpack(one, vectors) for _, one in sorted(packed.items()))


def pack(network: Network) -> dict[str, Packed]:
    """The learned words and all weights, in half precision: as they are shipped."""
    weights = {
        name: np.asarray(node.get_param(parameter), np.float16)
        for name, node, parameter in _weights(network)
    }
    assert all(np.isfinite(one).all() for one in weights.values()), (
        "a weight is out of half precision"
    )
    return {KNOWN: network.words.known, **weights}


def unpack(packed: Mapping[str, Packed], vectors: Floats) -> Network:
    """The network that was packed."""
    network = Network(Words.of(vectors, packed[KNOWN]))
    for name, node, parameter in _weights(network):
        weights: Any = packed[name].astype(np.float32)
        if weights.shape != node.get_param(parameter).shape:
            raise ConfigError(
                f"the networks' weights do not fit the code or ja_ginza's vectors: {REMEDY}"
            )
        node.set_param(parameter, weights)
    return network


def _weights(network: Network) -> Iterator[tuple[str, Layer, str]]:
    """(name, layer, parameter) of all weights, in a fixed order."""
    for at, layer in enumerate(network.layers):
        for below, node in enumerate(layer.walk()):
            for parameter in node.param_names:
                yield f"{at}.{below}.{parameter}", node, parameter
