"""Normalise Japanese text for matching while keeping the way back to the verbatim characters."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

CLUSTER = re.compile(
    r"[^\u0000-\u007f\u3001-\u3098\u30a1-\u30fe\u4e00-\u9fff][\uff9e\uff9f\u3099\u309a]?|[\u3041-\u30ff][\u3099\u309a\uff9e\uff9f]"
)
"""What NFKC may change: everything but ASCII, plain kana and plain kanji; voiced marks go with their kana."""

TIED = re.compile(r"(?:紐|ひも|ヒモ)(?:付|づ|着)け?")
TIE = "ひも付け"
SPACES = {
    "\u00a0": " ",
    "\u200b": " ",
    "\ufeff": " ",
    "\r": "\n",
    "\x0b": "\n",
    "\x0c": "\n",
    "\u2028": "\n",
    "\u2029": "\n",
    "\x85": "\n",
}
DASHES = {"−": "-", "〜": "~", "～": "~", "―": "-", "—": "-", "–": "-"}


@dataclass(frozen=True, slots=True)
class Normalised:
    """NFKC text with one spelling for ひも付け; `origins[i]` is the verbatim offset of character i.

    `origins` has one entry more than `text`, the length of the verbatim text.
    """

    text: str
    origins: tuple[int, ...] | range

    def verbatim_span(self, start: int, end: int) -> tuple[int, int]:
        """Offsets in the verbatim text of the normalised span [start, end)."""
        if end <= start:
            return self.origins[start], self.origins[start]
        return self.origins[start], self.origins[end]


def normalise(verbatim: str) -> Normalised:
    """NFKC, one kind of space, dash and line end, one spelling of ひも付け; every offset maps back."""
    pieces: list[str] = []
    origins: list[int] = []
    at = 0
    for match in CLUSTER.finditer(verbatim):
        if match.start() > at:
            pieces.append(verbatim[at : match.start()])
            origins.extend(range(at, match.start()))
        plain = _plain(match.group())
        pieces.append(plain)
        origins.extend([match.start()] * len(plain))
        at = match.end()
    pieces.append(verbatim[at:])
    origins.extend(range(at, len(verbatim) + 1))
    text = "".join(pieces).replace("\r\n", " \n").replace("\r", "\n").replace("\t", " ")
    text = text.replace("\x0b", "\n").replace("\x0c", "\n")
    return _unify_tie(text, origins)


def _plain(cluster: str) -> str:
    if cluster in SPACES:
        return SPACES[cluster]
    if cluster in DASHES:
        return DASHES[cluster]
    return unicodedata.normalize("NFKC", cluster).replace("～", "~") or cluster


def _unify_tie(text: str, origins: list[int]) -> Normalised:
    """Write 紐付, 紐づけ, ひもづけ, 紐付け as ひも付け, so that the lexicon knows one spelling."""
    matches = [m for m in TIED.finditer(text) if m.group() != TIE]
    if not matches:
        return Normalised(text, tuple(origins))
    pieces: list[str] = []
    mapped: list[int] = []
    at = 0
    for match in matches:
        word = TIE if match.group().endswith("け") else TIE[:-1]
        pieces.extend((text[at : match.start()], word))
        mapped.extend(origins[at : match.start()])
        inside = origins[match.start() : match.end()]
        mapped.extend(inside[min(i, len(inside) - 1)] for i in range(len(word)))
        at = match.end()
    pieces.append(text[at:])
    mapped.extend(origins[at:])
    return Normalised("".join(pieces), tuple(mapped))
