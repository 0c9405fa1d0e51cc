"""Tell a page that stands in another's place (maintenance, challenge, refusal) from a page about such things.

A stand-in speaks of itself and of now, is short, and has no topic: 「ただいまメンテナンス中です」. A notice that a
counter's system is stopped says the same words of something else.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from html import unescape
from pathlib import Path

import yaml

_WORDS = Path(__file__).parent / "blocked.yml"
_LITTLE_TEXT = 700
"""Characters of visible text below which a page may be nothing but a stand-in."""
_SOME_TEXT = 1_500
"""A challenge that explains itself at length is known by its heading alone."""
_FEW_LINKS = 8
"""A sentence of a page with more links may be an item of its list."""
_WIDE = 900
"""So many Japanese characters are an article, told for a tenth of the price of looking at what can be seen."""
_SHELL = 60
"""What a page shows beside its word to those without scripts, when that word is all that it says."""
_WIDGET = 120
_NOTE = 250
"""So little text, without a topic, is known by any trouble that it names of a site."""
_WORD = 20
_MOST_LINKS = 40
"""A page with more links has its own text or list: it is not looked through."""
# What is never closed goes on to the end: looking for its end again at each beginning takes seconds.
_HEADINGS = re.compile(r"<(title|h1)\b[^<>]*+>(.{0,400}?)</\1", re.IGNORECASE | re.DOTALL)
_ASIDE = re.compile(r"<noscript\b.*?(?:</noscript\s*>|\Z)", re.IGNORECASE | re.DOTALL)
_UNSEEN = re.compile(
    r"<(script|style|title)\b.*?(?:</\1\s*>|\Z)|<!--.*?(?:-->|\Z)", re.IGNORECASE | re.DOTALL
)
_INLINE = re.compile(
    r"</?(?:br|wbr|span|a|b|i|u|em|strong|font|small|big)\b[^<>]*+>", re.IGNORECASE
)
_TAG = re.compile(r"<[^>]*+>?")
_QUOTED = re.compile(r"「[^「」]*」|『[^『』]*』|[(（][^()（）]*[)）]")
_THEN = re.compile(r"[\d一二三十][日時]|\d{1,2}/\d")
_NOW = re.compile(r"ただいま|只今|現在|本日|中です|て(?:い|おり)ます|待ち")
"""A sentence that names a day or an hour, and not now, announces."""
_ONGOING = re.compile(
    r"て(?:い|おり)ます|中です|ません|(?:状態|状況)です|ください|なって"
    r"|\b(?:is|are|be|been|it's|we're|we'll|has|does(?:n't| not)|please)\b"
)
"""Of now and politely, as sites speak of themselves; news speaks plainly, headings name."""
_FILLING = re.compile(
    r"について|に(?:伴う|よる|関する)|お知らせ|お詫び|おわび|ご案内|実施|臨時|緊急|定期|重要|公式|ただいま|只今|現在|作業|情報|中(?=$|[のに])|[のをはがにで\s]"
)
_SUBJECT = 4
_IMAGE = re.compile(r"<img\b[^<>]*?\balt=[\"']([^\"'<>]*)[\"'][^<>]*+>", re.IGNORECASE)
_RUNS = re.compile(r"document\.cookie|location\.(?:reload|replace|assign|href)")
_HOLDS = re.compile(
    r"<(?:a|i?frame|frameset|img|object|embed)\b|ld\+json|<meta[^<>]{0,80}refresh", re.IGNORECASE
)
_SPACE = re.compile(r"(?<=[^\x00-\x7f])\s+|\s+(?=[^\x00-\x7f])")


@dataclass(frozen=True, slots=True)
class Signs:
    """The lists of crawler/blocked.yml."""

    marks: tuple[str, ...]
    widgets: tuple[str, ...]
    headings: re.Pattern[str]
    sentences: re.Pattern[str]
    scripts: re.Pattern[str]
    selves: re.Pattern[str]
    troubles: re.Pattern[str]
    topics: re.Pattern[str]
    paths: tuple[str, ...]


@cache
def signs() -> Signs:
    lists = yaml.safe_load(_WORDS.read_text(encoding="utf-8"))

    def pattern(name: str) -> re.Pattern[str]:
        return re.compile("|".join(f"(?:{one})" for one in lists[name]))

    return Signs(
        marks=tuple(lists["marks"]),
        widgets=tuple(lists["widgets"]),
        headings=pattern("headings"),
        sentences=pattern("sentences"),
        scripts=pattern("scripts"),
        selves=pattern("selves"),
        troubles=pattern("troubles"),
        topics=pattern("topics"),
        paths=tuple(lists["paths"]),
    )


def stand_in(page: str) -> str | None:
    """What shows that `page` (HTML, or plain text) stands in another's place; None where nothing does."""
    wide = len(page.encode("utf-8", "replace")) - len(page)
    if page.count("<a ") > _MOST_LINKS or wide > 2 * _WIDE:
        return None
    known = signs()
    shown = _lines(_ASIDE.sub(" ", page))
    length = sum(map(len, shown))
    if length >= _SOME_TEXT:
        return None
    heads = _headings(page)
    for head in [*heads, *(shown[:1] if length < _NOTE else [])]:
        if known.headings.fullmatch(head):
            return f"a page of another kind answered: {head[:80]}"
    if length >= _LITTLE_TEXT:
        return None
    for mark in known.marks:
        if mark in page:
            return f"a challenge page answered ({mark})"
    if length < _WORD and _RUNS.search(page) and not _HOLDS.search(page):
        return "a challenge page answered: a script that asks again, and no text"
    if length < _WIDGET and any(widget in page for widget in known.widgets):
        return "a challenge page answered: it asks for a person"
    text = "\n".join(shown)
    if known.topics.search(text):
        return None
    said = known.scripts.search("\n".join(_lines(page)))
    if said and length - len(said[0]) < _SHELL:
        return f"a challenge page answered: {said[0]}"
    if page.count("<a ") > _FEW_LINKS or any(
        known.topics.search(head) or _names_another(head, known) for head in heads
    ):
        return None
    for sentence in _QUOTED.sub("", text).split("\n"):
        if _THEN.search(sentence) and not _NOW.search(sentence):
            continue
        found = known.sentences.search(sentence)
        if found is None and length < _NOTE and _ONGOING.search(sentence):
            found = known.selves.search(sentence) and known.troubles.search(sentence)
        if found:
            return f"a maintenance page answered: {found[0]}"
    return None


def _headings(page: str) -> list[str]:
    """Title and main headings, in the parts that a site's name is set off by."""
    found = []
    for match in _HEADINGS.finditer(page):
        whole = _folded(_TAG.sub("", match[2]))
        found += [part.strip() for part in re.split(r"\|| [-–] ", whole)]
        if len(found) > 20:
            break
    return [head for head in found if head]


def _names_another(head: str, known: Signs) -> bool:
    """Whether a heading names a trouble of something else: パブリックコメントの募集停止."""
    if _ONGOING.search(head) or not known.troubles.search(head):
        return False
    rest = _FILLING.sub("", known.troubles.sub("", known.selves.sub("", head)))
    return len(rest) >= _SUBJECT and not rest.isascii()


def _lines(page: str) -> list[str]:
    """What a reader sees, a line for each block; what only wraps a line is nothing."""
    seen = _IMAGE.sub(r"<p>\1<p>", _UNSEEN.sub(" ", page).replace("\n", " "))
    bare = _TAG.sub("\n", _INLINE.sub("", seen))
    return [line for raw in re.split(r"\n|(?<=。)", bare) if (line := _folded(raw))]


def _folded(text: str) -> str:
    text = unicodedata.normalize("NFKC", unescape(text)).replace("’", "'").lower()
    return _SPACE.sub("", " ".join(text.split()))
