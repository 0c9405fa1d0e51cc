"""Matrix products by numpy's own BLAS: spaCy's bundled BLIS is several times slower on this model.

Measured (traps.md 2.7, and bench/classifier_speed.py on the machine at hand): ja_ginza's time is
nearly all tok2vec, whose products run at 25 GFLOP/s in BLIS and at 125 or more in OpenBLAS. The
parses are identical; tests/classifier/test_ops.py holds that.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from spacy.language import Language
from thinc.backends.numpy_ops import NumpyOps
from threadpoolctl import threadpool_limits

Floats = NDArray[np.float32]
"""What is multiplied: matrices of single precision."""


class MatmulOps(NumpyOps):  # type: ignore[misc]  # thinc's class is untyped Cython
    """NumpyOps whose `gemm` is `numpy.matmul`."""

    name = "numpy_matmul"

    def gemm(
        self,
        x: Any,
        y: Any,
        out: Any = None,
        trans1: bool = False,
        trans2: bool = False,
    ) -> Any:
        """The product of two float matrices, either one transposed, into `out` when given."""
        left = x.T if trans1 else x
        right = y.T if trans2 else y
        return np.matmul(left, right, out=out) if out is not None else np.matmul(left, right)


def use_matmul(nlp: Language) -> None:
    """Give every layer of every trained pipe of `nlp` the fast product, on one thread of this process.

    The matrices are small: a second thread gains nothing on them, and two processes that each start
    two threads on two cores took twice as long as one alone (0.4 of its speed; now 1.6 times it).
    """
    threadpool_limits(limits=1, user_api="blas")
    ops = MatmulOps()
    for _, pipe in nlp.pipeline:
        model = getattr(pipe, "model", None)
        for layer in model.walk() if model is not None and hasattr(model, "walk") else ():
            layer.ops = ops
