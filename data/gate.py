"""The lexical gate: a text that names no identifier is never parsed (>= 30 MB/s of UTF-8 on one core).

The classifier asks it of every document, the backfill of every page of an archive.
"""

from __future__ import annotations

import re
from pathlib import Path

import yaml

_CONTENT = yaml.safe_load(Path(__file__).with_name("gate.yml").read_text(encoding="utf-8"))
PHRASES: tuple[str, ...] = tuple(_CONTENT["gate"])
_STEM = PHRASES[0]
_ANCHORS = ("番号", "カード")
"""Words that most phrases hold: a text without them is not searched for those."""
_ANCHORED = tuple((word, tuple(p for p in PHRASES[1:] if word in p)) for word in _ANCHORS)
_PLAIN = tuple(p for p in PHRASES[1:] if not any(word in p for word in _ANCHORS))
_NAMED = re.compile(f"{_STEM}(?!{_CONTENT['not_mynumber'].removeprefix(_STEM)})")
_BROKEN = re.compile(r"(?<=[\u3041-\u9fff])\s*\n[ \u3000]*(?=[\u3041-\u9fff])")


def opens(text: str) -> bool:
    """True when `text` (verbatim, any width) may name a national identifier; errs to the open side.

    Plain substring searches: CPython's run at memory speed, an alternation of thirty words does not.
    A phrase that a line break cuts in two is found by a second look at the joined text, which only
    texts with a national-looking fragment at a line's end pay for.
    """
    return _names(text) or ("\n" in text and _cut(text) and _names(_BROKEN.sub("", text)))


def _names(text: str) -> bool:
    for phrase in _PLAIN:
        if phrase in text:
            return True
    for anchor, phrases in _ANCHORED:
        if anchor in text and any(phrase in text for phrase in phrases):
            return True
    return _STEM in text and _NAMED.search(text) is not None


_ENDS = tuple(
    sorted({phrase[:cut] + "\n" for phrase in PHRASES[:6] for cut in range(2, len(phrase))})
)
"""How a line ends that cuts one of the chief names in two."""


def _cut(text: str) -> bool:
    return any(end in text for end in _ENDS)
