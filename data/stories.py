"""Stories: which documents report one thing. Pure: pairs are judged here, the store keeps them.

Three kinds of pair, each within three days:

- `copy`: wire copies; long texts whose simhashes differ in at most three bits, and from one source
  only under titles that say the same;
- `rewrite`: other words on one thing: same use case, same stage, no other actor, and titles alike;
- `release`: the publication behind the reports: as a rewrite, but a ministry's formal title needs to
  share less with theirs, and an actor's own word on what is reported of it, or the Diet's minutes,
  within a day and a half nothing at all (「お知らせ」 says little, minutes are titled by speakers).

A story is what pairs connect. The numbers are measured on tests/data/stories (docs/ledger.md).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Literal

import numpy as np
from rapidfuzz import fuzz

from data.authority import decides_for_system
from data.fingerprint import hamming, nfkc
from data.vocabulary import OFFICIAL, SourceClass

Kind = Literal["copy", "rewrite", "release"]
WINDOW = timedelta(days=3)
COPY_BITS = 3
COPY_CHARACTERS = 150
"""A shorter text has too few 4-grams for its simhash to tell a copy from a form letter."""
REWRITE_TITLES = 0.36
RELEASE_TITLES = 0.15
SAME_SOURCE_TITLES = 0.9
OWN_WORD_WITHIN = timedelta(hours=36)
SPEAKS_FOR_ITSELF = frozenset({SourceClass.MINISTRY, SourceClass.LOCALGOV, SourceClass.COMPANY})
PRESS = frozenset({SourceClass.NEWS, SourceClass.TRADE, SourceClass.BLOG})

_OUTLET = re.compile(r"\s*[|｜]\s*[^|｜]{2,20}$|\s+-\s+[^-]{2,20}$|[(（](共同|時事|ロイター)[)）]$")
_LABEL = re.compile(r"^(?:[【\[<＜〈《][^】\]>＞〉》]{1,10}[】\]>＞〉》]\s*)+")
_NOISE = re.compile(r"[\s、。,.「」『』()（）・:：!！?？…―—\-/／]+")
_COMMON = re.compile(
    r"マイナンバーカード|マイナカード|個人番号カード|マイナンバー|個人番号|マイナ|住基ネット|住民票コード|について|に関する"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A document as stories see it."""

    id: str
    source_id: str
    source_class: SourceClass
    title: str
    at: datetime
    simhash: int
    characters: int
    uses: frozenset[tuple[str, str]] = field(default_factory=frozenset)
    """(use case, stage) of each of its findings."""
    actors: frozenset[str] = field(default_factory=frozenset)


def pair_kind(one: Report, other: Report) -> Kind | None:
    """How two documents belong together; None when they do not."""
    if one.id == other.id or abs(one.at - other.at) > WINDOW:
        return None
    if _is_copy(one, other):
        return "copy"
    if one.source_id == other.source_id or not one.uses & other.uses:
        return None
    if _own_word(one, other) or _own_word(other, one):
        return "release"
    if not _same_actor(one, other):
        return None
    alike = title_likeness(one.title, other.title)
    if (one.source_class in OFFICIAL) != (other.source_class in OFFICIAL):
        return "release" if alike >= RELEASE_TITLES else None
    return "rewrite" if alike >= REWRITE_TITLES else None


def _own_word(said: Report, report: Report) -> bool:
    """True when `said` is the actor's own publication on what `report` reports, near in time."""
    if report.source_class not in PRESS or abs(said.at - report.at) > OWN_WORD_WITHIN:
        return False
    if said.source_class is SourceClass.DIET:
        return not report.actors or any(map(_national, report.actors))
    return said.source_class in SPEAKS_FOR_ITSELF and _shares_actor(said, report)


def _is_copy(one: Report, other: Report) -> bool:
    if min(one.characters, other.characters) < COPY_CHARACTERS:
        return False
    if hamming(one.simhash, other.simhash) > COPY_BITS or not _same_actor(one, other):
        return False
    if one.source_id != other.source_id:
        return True
    return title_likeness(one.title, other.title) >= SAME_SOURCE_TITLES


def _same_actor(one: Report, other: Report) -> bool:
    """True unless both name actors and none of one is, or is part of, one of the other.

    Ministers stand for their ministries in the press, so two bodies that speak for the whole country
    are not held against each other; two towns or firms are.
    """
    if not one.actors or not other.actors or _shares_actor(one, other):
        return True
    return all(_national(actor) for actor in (*one.actors, *other.actors))


def _shares_actor(one: Report, other: Report) -> bool:
    mine, theirs = list(map(nfkc, one.actors)), list(map(nfkc, other.actors))
    return any(a in b or b in a for a in mine for b in theirs)


@lru_cache(maxsize=4096)
def _national(actor: str) -> bool:
    return decides_for_system(actor, SourceClass.LOCALGOV)


def title_likeness(one: str, other: str) -> float:
    """0 to 1: how much two titles share, without outlets' names, labels and the identifiers' own names."""
    a, b = _core(one), _core(other)
    if not a or not b:
        return 0.0
    if a == b:
        return 1.0
    grams = _dice(a, b)
    return max(grams, (grams + fuzz.ratio(a, b) / 100) / 2)


@lru_cache(maxsize=8192)
def _core(title: str) -> str:
    text = nfkc(title).strip()
    text = _LABEL.sub("", _OUTLET.sub("", text))
    return _NOISE.sub("", _COMMON.sub("", text)).casefold()


def _dice(a: str, b: str) -> float:
    """The share of common character bigrams, of the shorter title's: headlines differ in length."""
    mine = {a[i : i + 2] for i in range(len(a) - 1)} or {a}
    theirs = {b[i : i + 2] for i in range(len(b) - 1)} or {b}
    return len(mine & theirs) / min(len(mine), len(theirs))


def copy_candidates(
    hashes: np.ndarray[tuple[int], np.dtype[np.uint64]],
    among: np.ndarray[tuple[int], np.dtype[np.uint64]],
) -> list[tuple[int, int]]:
    """(i, j) where `hashes[i]` and `among[j]` differ in at most `COPY_BITS` bits."""
    found = []
    for i, value in enumerate(hashes):
        near = np.flatnonzero(np.bitwise_count(among ^ value) <= COPY_BITS)
        found += [(i, int(j)) for j in near]
    return found


def components(members: Iterable[str], pairs: Iterable[tuple[str, str]]) -> list[list[str]]:
    """The groups into which pairs connect members (union-find); the same for any order of either."""
    parent = {member: member for member in sorted(members)}

    def root(member: str) -> str:
        while parent[member] != member:
            parent[member] = parent[parent[member]]
            member = parent[member]
        return member

    for one, other in pairs:
        if one in parent and other in parent:
            a, b = sorted((root(one), root(other)))
            parent[b] = a
    groups: dict[str, list[str]] = {}
    for member in parent:
        groups.setdefault(root(member), []).append(member)
    return list(groups.values())


def head_of(reports: Iterable[Report]) -> Report:
    """The document that stands first: the strongest official source behind the story, else the earliest."""
    strength = list(SourceClass)
    return min(
        reports,
        key=lambda r: (
            strength.index(r.source_class) if r.source_class in OFFICIAL else len(strength),
            r.at,
            r.id,
        ),
    )
