"""What a feed shows of a labelled text: its headline alone, or the headline and the first sentences.

A search feed gives nothing else, and annotators seldom write so short. A model that learned from whole
texts waits for the body: of an unseen author's 143 uses, most of them told by a headline, it found 44 of
100, and with openings 75. An opening is learned from and never measured.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from zlib import crc32

from classifier.gold import GoldText, Label
from classifier.read import Scan
from classifier.survey import Survey
from data.vocabulary import Identifier, Sector

Pairs = frozenset[tuple[Sector, Identifier]]

SHORT = 120
"""Characters of a body that is an opening already."""

OPENED = 12
"""One text in so many is opened, by its id: twelve held-out authors were read as well with every other one opened as
with all, and since then authors have written hundreds of headlines."""

LEADS = (40, 100)
"""Least characters of a lead; which one is chosen by the text's id, so that both kinds are learned."""


def is_opened(text: GoldText) -> bool:
    """Whether the openings of this labelled text are learned from."""
    return crc32(text.id.encode()) // len(LEADS) % OPENED == 0


def openings(text: GoldText, scan: Scan) -> Iterator[GoldText]:
    """The openings of a labelled text, with the labels that hold in them; offsets stay as they were."""
    read = scan.read
    titled = bool(read.sentences) and read.sentences[0].kind == "title"
    if len(text.body) < SHORT or not titled:
        return
    if text.source_kind != "diet":  # there the headline is the name of the meeting
        yield _cut(text, scan, "", "title")
    lead = _lead(read, text)
    if lead:
        yield _cut(text, scan, lead, "lead")


def tells_too_much(opening: GoldText, scan: Scan, whole: GoldText) -> bool:
    """Whether the opening speaks of a labelled pair without the sentence that carries the label.

    Nobody has said whether it is a finding there, so nothing is learned from it.
    """
    kept = _pairs(opening.labels)
    left = _pairs(whole.labels) - kept
    return any((i.candidate.sector, i.candidate.identifier) in left for i in scan.instances)


def _cut(text: GoldText, scan: Scan, body: str, kind: str) -> GoldText:
    end = len(text.title) + 1 + len(body)
    told = _told_by_title(scan)
    labels = []
    for label in text.labels:
        if label.end <= end:
            labels.append(label)
        elif (label.sector, label.identifier) in told:
            headline = text.title
            labels.append(replace(label, evidence=headline, start=0, end=len(headline)))
    return replace(text, id=f"{text.id}#{kind}", body=body, labels=tuple(labels))


def _lead(read: Survey, text: GoldText) -> str:
    """The first sentences of the body; "" when they are all of it."""
    least = LEADS[crc32(text.id.encode()) % len(LEADS)]
    begin = len(text.title) + 1
    ends = (read.span(sentence)[1] - begin for sentence in read.sentences[1:])
    end = next((end for end in ends if end >= least), len(text.body))
    return text.body[:end] if end < len(text.body.rstrip()) else ""


def _told_by_title(scan: Scan) -> Pairs:
    """Pairs of which the headline names both: where such a pair is labelled, the headline tells it."""
    return frozenset(
        (c.sector, c.identifier)
        for c in (instance.candidate for instance in scan.instances)
        if c.sentence == 0 and c.identifier_route == "here" and c.sector_route == "here"
    )


def _pairs(labels: Sequence[Label]) -> Pairs:
    return frozenset((label.sector, label.identifier) for label in labels)
