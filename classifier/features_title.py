"""Features of a title that lists topics: what stands in different items has nothing to do with each other."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from classifier.place import Place

BREAK = re.compile(r"[、,\u3000 ・▽／;]+")
FEWEST = 2
MANY = 3
SAYS = re.compile("(?:[はがをにでへもと]|から|まで|ため|ない|[るたうすくむぬぶつ]|ます|です|だ)$")
"""How an item ends that is part of a sentence, as headlines have it, and no topic."""


def titles(place: Place) -> Iterator[str]:
    """Whether identifier and sector of a title stand in one item of a list of topics, or in two."""
    if place.read.sentences[place.candidate.sentence].kind != "title":
        return
    items = list(_items(place.text))
    if len(items) < FEWEST or not place.mentions or not place.cues:
        return
    if any(SAYS.search(place.text[start:end]) for start, end in items):
        return
    named = {_item(items, mention.start) for mention in place.mentions}
    meant = {_item(items, cue.start) for cue in place.cues}
    where = "same" if named & meant else "apart"
    yield f"title_items:{where}/{min(len(items), MANY)}"
    yield f"title_items:{where}+{place.read.genre}"


def _items(text: str) -> Iterator[tuple[int, int]]:
    edges = [(0, 0), *((m.start(), m.end()) for m in BREAK.finditer(text)), (len(text), len(text))]
    return ((end, start) for (_, end), (start, _) in pairwise(edges) if start > end)


def _item(items: list[tuple[int, int]], at: int) -> int:
    """The last item that begins no later than `at`."""
    return max((n for n, (start, _) in enumerate(items) if start <= at), default=0)
