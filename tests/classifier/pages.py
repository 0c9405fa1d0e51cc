"""Pages for tests: blank ones, and small ones of invented words."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from classifier.page import BORDER, GIVEN, NO_VECTOR, PARTS, Page


def page_of(
    sentences: Sequence[Sequence[int]],
    own: Sequence[int] = (),
    marks: dict[int, int] | None = None,
    beside: int | None = None,
) -> Page:
    """Sentences of word numbers; a candidate (bank, juki) per number of a sentence in `own`, told by it alone.

    Each word depends on the next one, the last one of a sentence on none.

    With `beside` the last candidate has that sentence behind its own, and each word a vector.
    """
    words: list[int] = []
    stretches = []
    for sentence in sentences:
        stretches.append((len(words), len(words) + len(sentence)))
        words += [*sentence, int(BORDER)]
    spans = np.zeros((len(own), len(PARTS), 2), np.int32)
    for row, sentence in enumerate(own):
        spans[row, 0] = stretches[sentence]
    vectors = [NO_VECTOR] * len(words)
    if beside is not None:
        spans[-1, PARTS.index("after")] = stretches[beside]
        vectors = [word % 4 if word else NO_VECTOR for word in words]
    return Page(
        np.array([*words, BORDER], np.uint64),
        np.array([*vectors, NO_VECTOR], np.int32),
        np.array([(marks or {}).get(word, 0) for word in [*words, 0]], np.int64),
        np.array(_heads(stretches), np.int32),
        spans,
        np.zeros((len(own), 2), np.int32),
        np.zeros((len(own), GIVEN), np.float32),
    )


def _heads(stretches: Sequence[tuple[int, int]]) -> list[int]:
    heads: list[int] = []
    for first, behind in stretches:
        heads += [min(at + 1, behind - 1) for at in range(first, behind)] + [behind]
    return [*heads, len(heads)]
