"""What a token hears of the words around it: its neighbours, the word it depends on, and those that depend on it."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from classifier.ops import Floats

HEARD = 5
"""The token before, the token, the one behind, the one above it in the parse, and the mean of those below."""


class Tree:
    """The parse of a page: `around` sets what each token hears side by side, `back` takes the gradient of that back.

    A token that depends on none hears nothing from above, one without dependants nothing from below (zeros).
    """

    def __init__(self, heads: NDArray[np.int32], ops: Any) -> None:
        self._ops = ops
        self._below = np.flatnonzero(heads != np.arange(len(heads)))
        self._above = heads[self._below]
        dependants = np.bincount(self._above, minlength=len(heads))
        self._share = (1 / np.maximum(dependants, 1)).astype(np.float32)[:, None]

    def around(self, tokens: Floats) -> Floats:
        """HEARD vectors of each token as one row."""
        width = tokens.shape[1]
        heard = np.zeros((len(tokens), HEARD * width), np.float32)
        heard[:, : 3 * width] = self._ops.seq2col(tokens, 1)
        heard[self._below, 3 * width : 4 * width] = tokens[self._above]
        below = np.zeros_like(tokens)
        self._ops.scatter_add(below, self._above, tokens[self._below])
        heard[:, 4 * width :] = below * self._share
        return heard

    def back(self, d_heard: Floats) -> Floats:
        """The gradient of the tokens, given that of what they heard."""
        width = d_heard.shape[1] // HEARD
        near, above, below = np.split(d_heard, (3 * width, 4 * width), axis=1)
        d_tokens: Floats = self._ops.backprop_seq2col(np.ascontiguousarray(near), 1)
        self._ops.scatter_add(d_tokens, self._above, above[self._below])
        d_tokens[self._below] += (below * self._share)[self._above]
        return d_tokens
