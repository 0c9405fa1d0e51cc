"""The sentence of a finding within what is public of its document: title and excerpt, never the full text."""

from __future__ import annotations

from dataclasses import dataclass

from data.browse.rows import Row


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of public text; `marked` is the evidence."""

    text: str
    marked: bool = False


@dataclass(frozen=True, slots=True)
class InContext:
    """Title and body of a document as parts; the evidence is marked in exactly one of them."""

    title: tuple[Part, ...]
    body: tuple[Part, ...]


def in_context(finding: Row) -> InContext:
    """Mark the evidence in the title or the excerpt, or put it after the excerpt where it stands further on.

    The excerpt is the text's first lines with its white space folded, so the evidence is looked
    for in that form too.
    """
    title, excerpt = finding["title"], finding["excerpt"]
    evidence = finding["evidence"]
    if evidence and evidence in title:
        return InContext(_marked(title, evidence), (Part(excerpt),))
    folded = " ".join(evidence.split())
    if folded and folded in excerpt:
        return InContext((Part(title),), _marked(excerpt, folded))
    overlap = _cut_off(excerpt.removesuffix("…"), folded) if excerpt.endswith("…") else 0
    lead = excerpt.removesuffix("…")
    lead = lead[: len(lead) - overlap]
    gap = "" if overlap else " … "
    return InContext((Part(title),), (Part(lead + gap), Part(evidence, marked=True), Part(" …")))


def _marked(text: str, sentence: str) -> tuple[Part, ...]:
    before, _, after = text.partition(sentence)
    return (Part(before), Part(sentence, marked=True), Part(after))


def _cut_off(excerpt: str, sentence: str) -> int:
    """How many characters at the excerpt's end are the sentence's beginning, when the cut fell into it."""
    for length in range(min(len(excerpt), len(sentence)), 7, -1):
        if excerpt.endswith(sentence[:length]):
            return length
    return 0
