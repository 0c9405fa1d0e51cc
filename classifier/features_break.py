"""Features of a change of subject: what was named before it says little of what comes behind."""

from __future__ import annotations

import re
from collections.abc import Iterator

from classifier.candidates import Route
from classifier.place import Place
from classifier.survey import Survey

TURNS = re.compile(
    r"[○◯◎●▼▽◆◇■□【]|次(?:に|の(?:質問|項目|議題)|は)|つぎに|続い?て|続きまして|最後に|第[一二三四五六七八九十0-9]+に|[一二三四五六七八九十]つ目"
    r"|[一二三四五六七八九十0-9]+(?:点|番|件)目|議案第|報告第|話は変わ|ところで|さて|別件"
)
"""How a sentence begins that turns to another subject, or is another speaker's."""
ADDS = re.compile(r"・|また、|なお、|一方|このほか|そのほか|ほかに")
"""How one begins that may."""


def breaks(place: Place) -> Iterator[str]:
    """Whether the subject changed between the candidate and the sentence that gives identifier or sector."""
    c, read = place.candidate, place.read
    for name, route, distance in (
        ("identifier", c.identifier_route, c.identifier_distance),
        ("sector", c.sector_route, c.sector_distance),
    ):
        change = _change(read, c.sentence, route, distance)
        if change:
            yield f"break:{name}/{change}"
            yield f"break:{name}/{change}+{read.genre}"


def _change(read: Survey, k: int, route: Route, distance: int) -> str:
    if route != "before":
        return ""
    behind = [read.sentences[other].text for other in range(k - distance + 1, k + 1)]
    if any(TURNS.match(text) for text in behind):
        return "turns"
    return "adds" if any(ADDS.match(text) for text in behind) else "none"
