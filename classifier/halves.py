"""Teach two networks, each on one half of the authors, and hear every labelled text by the other one."""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context

import numpy as np
from threadpoolctl import threadpool_limits

from classifier.fitting import evidence_weights, stage_weights
from classifier.layers import authors_apart
from classifier.model import STAGES
from classifier.network import OUTPUTS, Network
from classifier.networks import AT_ONCE, Packed, hear, pack, unpack
from classifier.ops import Floats
from classifier.page import divided, join
from classifier.table import Table
from classifier.teach import Lesson, teach
from data.interrupts import ours_to_end


@dataclass(frozen=True, slots=True)
class Halves:
    """The two networks, and what was heard: one row of OUTPUTS logits per row of the table."""

    networks: tuple[Network, ...]
    heard: Floats


class _Shared:
    """What the teaching processes inherit: the pages are hundreds of megabytes, and nobody writes to them."""

    table: Table
    lessons: Sequence[Lesson]
    vectors: Floats


def teach_halves(table: Table, vectors: Floats) -> Halves:
    """Both networks; each of them hears the examples of the authors whom it never saw."""
    halves = authors_apart(table.examples, range(len(table.examples)), 2)
    _Shared.table, _Shared.lessons, _Shared.vectors = table, lessons_of(table), vectors
    heard: Floats = np.zeros((len(table.text), OUTPUTS), np.float32)
    networks = []
    with ProcessPoolExecutor(os.cpu_count() or 1, get_context("fork")) as pool:
        with ours_to_end():
            taught = pool.map(_teach_without, halves)
        for half, (packed, said) in zip(halves, taught, strict=True):
            networks.append(unpack(packed, vectors))
            heard[table.rows_of(half)] = said
    return Halves(tuple(networks), heard)


def lessons_of(table: Table) -> list[Lesson]:
    """One lesson per example of the table. An opening teaches no stage, as in `fit_stage`."""
    evidence = table.evidence.astype(np.float32)
    weight = evidence_weights(table).astype(np.float32)
    staged = table.labelled & table.whole
    stage_weight = np.where(staged, stage_weights(table), 0).astype(np.float32)
    stage = np.array(
        [0 if label is None else STAGES.index(label.stage.value) for label in table.labels]
    )
    lessons = []
    for n, example in enumerate(table.examples):
        own = table.own(n)
        page = join(part for _, part in divided(example.scan.page, AT_ONCE))  # as it is heard
        lessons.append(Lesson(page, evidence[own], weight[own], stage[own], stage_weight[own]))
    return lessons


def _teach_without(half: Sequence[int]) -> tuple[dict[str, Packed], Floats]:
    """A network that never saw a half of the examples, and what it says of them in the order of their rows."""
    threadpool_limits(limits=1, user_api="blas")  # the number of cores changes no digit
    outside = sorted(set(range(len(_Shared.lessons))) - set(half))
    packed = pack(teach([_Shared.lessons[n] for n in outside], _Shared.vectors))
    network = unpack(packed, _Shared.vectors)
    pages = [_Shared.table.examples[n].scan.page for n in sorted(half)]
    return packed, np.concatenate([hear([network], page) for page in pages])
