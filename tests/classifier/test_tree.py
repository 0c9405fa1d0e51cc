"""Each token hears its neighbours, the word above it and those below, and the gradient goes the same way back."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from classifier.ops import MatmulOps
from classifier.tree import HEARD, Tree


def test_a_token_hears_the_word_above_it_and_the_mean_of_those_below():
    tree = Tree(np.array([2, 2, 2, 3], np.int32), MatmulOps())
    heard = tree.around(np.array([[1.0], [3.0], [5.0], [7.0]], np.float32))
    assert heard.tolist() == [
        [0, 1, 3, 5, 0],
        [1, 3, 5, 5, 0],
        [3, 5, 7, 0, 2],
        [5, 7, 0, 0, 0],
    ]


@given(st.lists(st.integers(0, 6), min_size=1, max_size=7), st.integers(0, 99))
def test_the_gradient_is_the_transpose_of_what_is_heard(above: list[int], seed: int):
    heads = np.array([min(head, len(above) - 1) for head in above], np.int32)
    chance = np.random.default_rng(seed)
    tokens = chance.normal(size=(len(heads), 3)).astype(np.float32)
    d_heard = chance.normal(size=(len(heads), 3 * HEARD)).astype(np.float32)
    tree = Tree(heads, MatmulOps())
    forth = (tree.around(tokens) * d_heard).sum()
    back = (tokens * tree.back(d_heard)).sum()
    assert abs(forth - back) < 1e-3


def test_a_page_without_tokens_is_no_error():
    tree = Tree(np.zeros(0, np.int32), MatmulOps())
    assert tree.around(np.zeros((0, 2), np.float32)).shape == (0, 2 * HEARD)
