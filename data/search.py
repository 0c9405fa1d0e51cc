"""How text is made searchable: folded spellings, then Sudachi's shortest units (mode A) in normal form.

The index and the question go through the same two steps. SQLite's own tokenizers find no Japanese
word (unicode61) or none of two characters (trigram); traps.md 2.5 has the measurements.
"""

from __future__ import annotations

import re
import threading
import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

import yaml

from data.late import Late

if TYPE_CHECKING:
    import sudachipy
else:
    sudachipy = Late("sudachipy")  # with its dictionary it takes 70 MB

LONGEST_QUESTION = 200
"""Characters of a question that are read; Sudachi refuses texts of 49,150 bytes and more."""
LONGEST_TEXT = 4000
_MARKS = "\uff9e\uff9f\u3099\u309a"
"""Voicing marks that NFKC joins with the character before them (half-width katakana)."""
_threads = threading.local()


@dataclass(frozen=True, slots=True)
class Token:
    """A searchable unit and where it stands in the text as it was written."""

    term: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Folded:
    """Text with spellings unified, and for each of its characters the stretch that it stands for."""

    text: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]


@cache
def _spellings() -> tuple[re.Pattern[str], tuple[str, ...]]:
    table = yaml.safe_load(
        resources.files("data").joinpath("search.yml").read_text(encoding="utf-8")
    )
    joined = "|".join(f"(?P<s{number}>{row['pattern']})" for number, row in enumerate(table))
    return re.compile(joined), tuple(row["as"] for row in table)


def fold(text: str) -> Folded:
    """`text` in NFKC and lower case, with the spellings of search.yml unified."""
    if unicodedata.is_normalized("NFKC", text):
        lowered = text.casefold()
        if len(lowered) == len(text):  # the usual text: each character stands for itself
            return _unify(lowered, list(range(len(text))), list(range(1, len(text) + 1)))
    characters: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    position = 0
    while position < len(text):
        end = position + 1
        while end < len(text) and text[end] in _MARKS:
            end += 1
        for character in unicodedata.normalize("NFKC", text[position:end]).casefold():
            characters.append(character)
            starts.append(position)
            ends.append(end)
        position = end
    return _unify("".join(characters), starts, ends)


def folded_text(text: str) -> str:
    """As `fold`, the text alone: a third of the time where nobody asks what stands for what."""
    if not unicodedata.is_normalized("NFKC", text):
        return fold(text).text
    pattern, readings = _spellings()
    return pattern.sub(lambda match: readings[_which(match)], text.casefold())


def _which(match: re.Match[str]) -> int:
    """The number of the spelling that was found; its group is named so."""
    return int((match.lastgroup or "s0")[1:])


def _unify(text: str, starts: list[int], ends: list[int]) -> Folded:
    pattern, readings = _spellings()
    pieces: list[str] = []
    new_starts: list[int] = []
    new_ends: list[int] = []
    done = 0
    for match in pattern.finditer(text):
        reading = readings[_which(match)]
        first, last = match.span()
        pieces += [text[done:first], reading]
        new_starts += starts[done:first] + [starts[first]] * len(reading)
        new_ends += ends[done:first] + [ends[last - 1]] * len(reading)
        done = last
    pieces.append(text[done:])
    return Folded("".join(pieces), (*new_starts, *starts[done:]), (*new_ends, *ends[done:]))


def tokens(text: str) -> list[Token]:
    """The searchable units of `text` in order; punctuation and spaces are none."""
    folded = fold(text[:LONGEST_TEXT])
    return [
        Token(term, folded.starts[unit.begin()], folded.ends[unit.end() - 1])
        for unit in _tokenizer().tokenize(folded.text, sudachipy.SplitMode.A)
        if unit.end() > unit.begin() and (term := _term(unit.normalized_form()))
    ]


def _term(word: str) -> str:
    """A unit as the index keeps it: letters and digits only, because FTS5 splits at everything else."""
    folded = word.casefold()
    if folded.isalnum():  # nearly all are
        return folded
    return "".join(character for character in folded if character.isalnum())


def forget_dictionary() -> None:
    """Give back what the dictionary took; the next question loads it anew."""
    _threads.__dict__.clear()
    _dictionary.cache_clear()


def _tokenizer() -> sudachipy.Tokenizer:
    """The tokenizer of one thread: Sudachi's must not be shared, Datasette answers in several."""
    if not hasattr(_threads, "tokenizer"):
        _threads.tokenizer = _dictionary().create()
    tokenizer: sudachipy.Tokenizer = _threads.tokenizer
    return tokenizer


@cache
def _dictionary() -> sudachipy.Dictionary:
    return sudachipy.Dictionary()


def index_text(text: str) -> str:
    """What the full-text index keeps of `text`: its units, separated by spaces."""
    units = _tokenizer().tokenize(folded_text(text[:LONGEST_TEXT]), sudachipy.SplitMode.A)
    return " ".join(term for unit in units if (term := _term(unit.normalized_form())))


def lone_kanji(*indexed: str) -> str:
    """The kanji within longer units of indexed texts, each once: a question of one kanji finds them.

    A question for 税 is to find 国税庁 and 税務署 too, whose units are 国税 and 税務.
    """
    found = {
        character
        for text in indexed
        for term in text.split(" ")
        if len(term) > 1
        for character in term
        if "\u4e00" <= character <= "\u9fff"
    }
    return " ".join(sorted(found))


def question_phrases(question: str) -> list[tuple[str, ...]]:
    """The words of a question, each as the units that must follow each other."""
    words = unicodedata.normalize("NFKC", question[:LONGEST_QUESTION]).replace('"', " ").split()
    phrases = [tuple(token.term for token in tokens(word)) for word in words]
    return [phrase for phrase in phrases if phrase]


def match_expression(question: str | None) -> str:
    """The FTS5 expression that asks for all words of a question; matches nothing when it has none.

    Every word is quoted, so that nothing of a question can be read as FTS5's own syntax.
    """
    phrases = question_phrases(question or "")
    return " AND ".join(f'"{" ".join(phrase)}"' for phrase in phrases) or '""'


def literal_matches(text: str, question: str) -> list[tuple[int, int]]:
    """Where the words of a question stand in `text` letter by letter, spellings unified: quicker than units."""
    folded = fold(text)
    spans = []
    for word in unicodedata.normalize("NFKC", question[:LONGEST_QUESTION]).split():
        wanted = fold(word).text
        at = folded.text.find(wanted) if wanted else -1
        while at >= 0:
            spans.append((folded.starts[at], folded.ends[at + len(wanted) - 1]))
            at = folded.text.find(wanted, at + len(wanted))
    return _joined(spans)


def matches(text: str, phrases: list[tuple[str, ...]]) -> list[tuple[int, int]]:
    """Where the phrases stand in `text` as it was written: (start, end) in order, overlaps joined."""
    units = tokens(text)
    spans = [
        (units[index].start, units[index + len(phrase) - 1].end)
        for phrase in phrases
        for index in range(len(units) - len(phrase) + 1)
        if all(units[index + step].term == term for step, term in enumerate(phrase))
    ]
    for phrase in phrases:
        if len(phrase) == 1 and len(phrase[0]) == 1:
            spans += [(at, at + 1) for at, character in enumerate(text) if character == phrase[0]]
    return _joined(spans)


def _joined(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined
