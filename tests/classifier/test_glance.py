"""What a candidate takes from its own sentence: also what its identifier and its sector depend on."""

import numpy as np
from thinc.api import Linear

from classifier.glance import RELATED, Glance
from classifier.ops import MatmulOps
from tests.classifier.pages import page_of

BANK, CARD, USES, RAIN = 11, 12, 13, 14
MARKS = {BANK: 1 << 6, CARD: 1 << 0}


def test_means_are_of_the_own_words_and_of_what_they_depend_on():
    page = page_of([[RAIN, BANK, CARD, USES]], [0], MARKS)
    quiet = Linear(1, RELATED, init_W=lambda ops, shape: np.zeros(shape, np.float32))
    quiet.initialize()
    quiet.ops = MatmulOps()
    tokens = np.array([[1], [2], [4], [8], [0], [0]], np.float32)
    glance = Glance(page, 0, tokens, quiet, train=False)
    top, identifier, sector, every, above_identifier, above_sector, root = glance.told[0].tolist()
    assert (top, identifier, sector, every) == (8, 4, 2, 15 / 4)
    assert above_identifier == 8, "the card depends on its use"
    assert above_sector == (4 + 8) / 2, "the bank depends on the card, and that on its use"
    assert root == 8
