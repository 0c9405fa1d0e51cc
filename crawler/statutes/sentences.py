"""Split the words of a paragraph or item into sentences, the same from every format."""

from __future__ import annotations

from collections.abc import Iterator

from data.statutes import LawSentence

OPENING, CLOSING = "（(「『", "）)」』"


def split_sentences(text: str) -> list[str]:
    """`text` cut after each 。 that stands outside brackets; nothing is lost but outer white space."""
    found, depth, start = [], 0, 0
    for position, character in enumerate(text):
        if character in OPENING:
            depth += 1
        elif character in CLOSING:
            depth = max(0, depth - 1)
        elif character == "。" and depth == 0:
            found.append(text[start : position + 1].strip())
            start = position + 1
    found.append(text[start:].strip())
    return [sentence for sentence in found if sentence]


def law_sentences(article: str, paragraph: str, item: str, text: str) -> Iterator[LawSentence]:
    for sentence in split_sentences(text):
        yield LawSentence(article=article, paragraph=paragraph, item=item, text=sentence)
