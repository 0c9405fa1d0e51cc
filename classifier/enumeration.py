"""Which sectors a sentence names in one list: 「税や年金、健康保険に使う」 says the same of each of them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from classifier.lexicon import Cue
from data.vocabulary import Sector

JOINT = re.compile(
    r"[^、。はがをにでへ]{0,12}?(?:、|や|と|及び|並びに|または|又は|・|／|/|,)[^、。はがをにでへ]{0,10}"
)
"""What stands between two items: the rest of one, the joint, the beginning of the next, and no particle of a case."""

Lists = Mapping[Sector, frozenset[Sector]]


def listed(text: str, cues: Sequence[Cue]) -> Lists:
    """Per sector that `text` names the others that stand in a list with it; sectors without company are left out."""
    named = [cue for cue in cues if cue.system is not None or cue.sector is not Sector.OTHER]
    found: dict[Sector, set[Sector]] = {}
    group: set[Sector] = set()
    end = 0
    for cue in sorted(named, key=lambda cue: (cue.start, cue.end)):
        if cue.start >= end and not JOINT.fullmatch(text, end, cue.start):
            group = set()
        group.add(cue.sector)
        end = max(end, cue.end)
        for sector in group:
            found.setdefault(sector, set()).update(group)
    return {
        sector: frozenset(beside - {sector}) for sector, beside in found.items() if len(beside) > 1
    }
