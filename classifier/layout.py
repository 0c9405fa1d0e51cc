"""Lay a text out as a page for the networks: which tokens, their marks, and the stretches of each candidate."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache, lru_cache

import numpy as np
from spacy.tokens import Doc, Token
from spacy.vocab import Vocab

from classifier.candidates import Candidate
from classifier.dates import dated
from classifier.focus import focus
from classifier.genre import GENRES
from classifier.lexicon import families, load_lexicon
from classifier.page import (
    BORDER,
    GIVEN,
    IDENTIFIERS,
    NO_VECTOR,
    PARTS,
    ROLES,
    ROUTES,
    SECTORS,
    SYSTEM,
    TELLING,
    TENSES,
    TOLD,
    Page,
)
from classifier.survey import Survey

ROOM = {
    "own": 160, "title": 48, "before": 40, "after": 32, "heading": 24, "reply": 40, "next": 32, "last": 32,
}  # fmt: skip
"""Tokens of each part at most: the last ones of its own sentence and of the one before, as the predicate stands there."""

NEAR = 8
"""Sentences behind a candidate's within which the last one of the text is taken to speak of the same."""


def lay_out(
    read: Survey,
    candidates: Sequence[Candidate],
    tokens: Mapping[int, Doc],
    vocab: Vocab,
    published: date | None,
) -> Page:
    """The page of some candidates; `tokens[k]` must hold sentence k of each of them and of their parts."""
    stretches = [_stretches(read, c, tokens) for c in candidates]
    hulls: dict[int, tuple[int, int]] = {}
    for k, first, behind in (one for own in stretches for one in own.values()):
        low, high = hulls.get(k, (first, behind))
        hulls[k] = min(low, first), max(high, behind)
    words: list[int] = []
    rows: list[int] = []
    marks: list[int] = []
    heads: list[int] = []
    shift: dict[int, int] = {}
    for k, (low, high) in sorted(hulls.items()):
        laid = list(tokens[k])[low:high]
        at = len(words)
        words += [*(token.norm for token in laid), BORDER]
        found = vocab.vectors.find(keys=[token.orth for token in laid]) if laid else ()
        rows += [*map(int, found), NO_VECTOR]
        marks += [*_marks(read, k, laid, published), 0]
        heads += [*(at + head for head in _heads(laid)), at + len(laid)]
        shift[k] = at - low
    spans = [[_place(own.get(part), shift) for part in PARTS] for own in stretches]
    return Page(
        np.array(words, np.uint64),
        np.array(rows, np.int32),
        np.array(marks, np.int64),
        np.array(heads, np.int32),
        np.array(spans, np.int32).reshape(len(candidates), len(PARTS), 2),
        np.array(
            [(SECTORS.index(c.sector), IDENTIFIERS.index(c.identifier)) for c in candidates],
            np.int32,
        ).reshape(len(candidates), 2),
        np.array([_given(read, c) for c in candidates], np.float32).reshape(len(candidates), GIVEN),
    )


def parts_of(read: Survey, candidate: Candidate) -> dict[str, int]:
    """The sentences by which a candidate is told, by the name of the part."""
    k = candidate.sentence
    titled = read.sentences[0].kind == "title"
    heading = read.sentences[k].heading
    parts = {"own": k}
    if k and titled:
        parts["title"] = 0
    if k > titled:
        parts["before"] = k - 1
    if k + 1 < len(read.sentences):
        parts["after"] = k + 1
    if heading is not None and heading not in (k, k - 1):
        parts["heading"] = heading
    reply = _reply(read, k)
    if reply is not None and reply not in (k - 1, k, k + 1):
        parts["reply"] = reply
    last = len(read.sentences) - 1
    if k + 2 <= last:
        parts["next"] = k + 2
    if k + 2 < last <= k + NEAR and last not in parts.values():
        parts["last"] = last
    return parts


def _reply(read: Survey, k: int) -> int | None:
    """For a sentence of a question that which begins the answer, for one of an answer that which asked."""
    exchange = read.exchanges.get(k)
    if exchange is None:
        return None
    if k not in exchange.question.sentences:
        return exchange.question.last
    return next(iter(exchange.begins(read.sentences)), None)


def _stretches(
    read: Survey, candidate: Candidate, tokens: Mapping[int, Doc]
) -> dict[str, tuple[int, int, int]]:
    """By the name of the part: its sentence, the first token and the one behind the last."""
    stretches = {}
    for part, k in parts_of(read, candidate).items():
        length, room = len(tokens[k]), ROOM[part]
        first, behind = _focused(read, candidate, tokens[k]) if part == "own" else (0, length)
        if part in ("own", "before"):
            first = max(first, behind - room)
        stretches[part] = (k, first, min(behind, first + room))
    return stretches


def _heads(tokens: Sequence[Token]) -> list[int]:
    """The place of the token that each one depends on; its own where it has none among these, or is not parsed."""
    if not tokens or not tokens[0].doc.has_annotation("DEP"):
        return list(range(len(tokens)))
    first, behind = tokens[0].i, tokens[-1].i
    return [
        token.head.i - first if first <= token.head.i <= behind else token.i - first
        for token in tokens
    ]


def _place(stretch: tuple[int, int, int] | None, shift: Mapping[int, int]) -> tuple[int, int]:
    if stretch is None:
        return 0, 0
    k, first, behind = stretch
    return shift[k] + first, shift[k] + behind


def _focused(read: Survey, candidate: Candidate, doc: Doc) -> tuple[int, int]:
    """The tokens of the part of a long sentence that speaks of the candidate (focus.py); never none."""
    part = focus(read, candidate)
    if part.start == 0 and part.end >= len(read.sentences[candidate.sentence].text) and len(doc):
        return 0, len(doc)
    held = [t.i for t in doc if part.holds(t.idx, t.idx + len(t))]
    return (held[0], held[-1] + 1) if held else (0, len(doc))


def _marks(read: Survey, k: int, tokens: Sequence[Token], published: date | None) -> list[int]:
    count = len(IDENTIFIERS)
    marked = [
        (m.start, m.end, 1 << (IDENTIFIERS.index(m.identifier) + count * (m.strength == "weak")))
        for m in read.mentions[k]
    ]
    for cue in read.cues[k]:
        system = (1 << SYSTEM) if cue.system else 0
        marked.append((cue.start, cue.end, system | 1 << (2 * count + SECTORS.index(cue.sector))))
    for one in dated(read.sentences[k].text, published):
        tense = TENSES.index(one.tense.removeprefix("word_"))
        marked.append((one.start, one.end, 1 << (SYSTEM + 1 + tense)))
    marked += _telling(read.sentences[k].text)
    bits = [0] * len(tokens)
    starts = [token.idx for token in tokens]
    ends = [token.idx + len(token) for token in tokens]
    for start, end, mark in marked:
        for at in range(bisect_right(ends, start), bisect_left(starts, end)):
            bits[at] |= mark
    return bits


@lru_cache(maxsize=2048)
def _telling(text: str) -> tuple[tuple[int, int, int], ...]:
    """Start, end and mark of each word of `text` that tells of the stage."""
    return tuple(
        (start, end, 1 << (TOLD + TELLING.index(name.partition(".")[0])))
        for name, start, end in families(_telling_families(), text)
    )


@cache
def _telling_families() -> dict[str, re.Pattern[str]]:
    lexicon = load_lexicon()
    return lexicon.stages | {n: p for n, p in lexicon.contexts.items() if n in TELLING}


def _given(read: Survey, candidate: Candidate) -> list[float]:
    values = [float(candidate.sector == sector) for sector in SECTORS]
    values += [float(candidate.identifier == identifier) for identifier in IDENTIFIERS]
    values += [float(candidate.identifier_route == route) for route in ROUTES]
    values += [float(candidate.sector_route == route) for route in ROUTES]
    values.append(float(read.sentences[candidate.sentence].kind == "title"))
    values += [float(read.genre == genre) for genre in GENRES]
    speaker = read.sentences[candidate.sentence].speaker or ""
    held = load_lexicon().roles_of(speaker)
    return [*values, *(float(role in held) for role in ROLES)]
