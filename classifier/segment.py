"""Cut a normalised text into sentences, list items and statute lines, with headings and speakers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Kind = Literal["title", "heading", "item", "sentence"]

CHUNK = 16_000
"""Longest run of characters handed to the tokenizer, whose limit is 49,149 bytes (ginza#242)."""

LONGEST = 600
"""A sentence longer than this is cut at a comma: statutes and tables without full stops."""

BULLET = re.compile(
    r"^[ ]*(?:[・●○◯■□◆◇▼▽▶*※►◎☆★✓✔•‣-](?!\S{1,24}[(（])|[(（][0-9０-９一二三四五六七八九十ア-ンa-zA-Z]{1,3}[)）]|[0-9]{1,3}[.．、) 　]|[①-⑳㉑-㊿]"
    r"|[一二三四五六七八九十]{1,3}[、 ]|[ア-ンイ-ン][ 、.)]|[A-Za-zQＱ][.．:：)、 ]|第[0-9一二三四五六七八九十百]+(?:条|項|号|章|節)|\||【|〔|[IVXⅠ-Ⅻ]+[.．、 ])"
)
TURN = re.compile(
    r"^[ ]*[○◯◎◆●〇△☆◇]\s*(?P<who>(?:[0-9]{1,3}番)?[^\s()（）。、]{1,24}?)\s*(?:[(（](?P<name>[^()（）]{1,24})[)）])?(?=[ 　]|君[ 　]|\s*$)"
)
QUESTION = re.compile(r"^[ ]*(?P<who>[QAＱＡ問答])\s?[0-9]{0,3}[ 　.．:：、]")
END = re.compile(r"[。！？!?]+[」』）)”\"]*")
OPENERS, CLOSERS = "「『(（【", "」』)）】"


@dataclass(frozen=True, slots=True)
class Sentence:
    """One clause unit of a document; `start` and `end` are offsets in the normalised text."""

    index: int
    start: int
    end: int
    text: str
    kind: Kind
    heading: int | None
    """Index of the heading or lead-in line that governs this sentence."""
    paragraph: int
    speaker: str | None
    """Who holds the floor in minutes, as the text names them."""


def segment(text: str, title_length: int) -> list[Sentence]:
    """The sentences of `text` = normalised title + newline + body, in order.

    `title_length` is the number of normalised characters of the title. Lines that a narrow page
    broke in mid-sentence are joined; quotations of up to 200 characters are not cut. A title longer
    than a sentence can be is no title: it is read as text.
    """
    sentences: list[Sentence] = []
    if title_length > LONGEST:
        title_length = -1
    elif text[:title_length].strip():
        sentences.append(Sentence(0, *_strip(text, 0, title_length), "title", None, 0, None))
    heading: int | None = None
    speaker: str | None = None
    lines = _lines(text, min(title_length + 1, len(text)))
    for paragraph, (start, end) in enumerate(lines, 1):
        line = text[start:end]
        turn = TURN.match(line)
        if turn:
            speaker = turn.group("who") + (f"({turn.group('name')})" if turn.group("name") else "")
        kind = _line_kind(line, bool(turn))
        if turn or kind == "heading":
            heading = None
        for first, last in _sentences(text, start, end):
            index = len(sentences)
            body = text[first:last]
            own = "heading" if kind == "heading" else kind
            sentences.append(Sentence(index, first, last, body, own, heading, paragraph, speaker))
        if sentences and (kind == "heading" or LEAD_IN.search(line)):
            heading = len(sentences) - 1
    return sentences


LEAD_IN = re.compile(
    r"(?:[:：]|次の?(?:とおり|通り)(?:です|とする|である|でございます)?。?|以下の(?:とおり|通り)(?:です)?。?|次の(?:手続|もの|方|場合|書類|事務)[^。]{0,30}。?)\s*$"
)


def _strip(text: str, start: int, end: int) -> tuple[int, int, str]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end, text[start:end]


def _line_kind(line: str, turn: bool) -> Kind:
    stripped = line.strip()
    if turn:
        return "sentence"
    if len(stripped) <= 40 and not re.search(r"[。、]|(?:ます|です|た|る)$", stripped):
        if BULLET.match(line):
            return "heading" if re.match(r"^\s*[■【◆□▼〔Ⅰ-Ⅻ]|^第", stripped) else "item"
        return "heading"
    return "item" if BULLET.match(line) else "sentence"


def _lines(text: str, start: int) -> list[tuple[int, int]]:
    """Spans of the lines of the body; a line that a narrow page broke is joined to the next."""
    spans = []
    at = start
    for raw in text[start:].split("\n"):
        if raw.strip():
            spans.append((at, at + len(raw.rstrip())))
        at += len(raw) + 1
    width = _page_width([end - begin for begin, end in spans])
    joined: list[tuple[int, int]] = []
    for begin, end in spans:
        if joined and _broken(text, joined[-1], (begin, end), width):
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((begin, end))
    return joined


def _page_width(lengths: list[int]) -> int | None:
    """The line width of a page that was wrapped by force, when several lines share it."""
    if len(lengths) < 3:
        return None
    width = max(lengths)
    near = sum(1 for length in lengths if width - 2 <= length <= width)
    return width if 15 <= width <= 60 and near >= max(3, len(lengths) // 4) else None


def _broken(text: str, before: tuple[int, int], after: tuple[int, int], width: int | None) -> bool:
    last, first = text[before[1] - 1], text[after[0]]
    head = text[after[0] : after[1]]
    if last in "。!?！？:：」』" or BULLET.match(head) or TURN.match(head) or first.isspace():
        return False
    tail = text[text.rfind("\n", 0, before[1]) + 1 : before[1]]
    if before[1] - before[0] > 4000:
        return False
    if width is not None and len(tail) >= width - 3:
        return True
    return (
        len(tail) >= 12
        and "\u3041" <= first <= "\u3096"
        and not tail.rstrip().endswith(("す", "た"))
    )


def _sentences(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Spans of the sentences of one line; a stop inside brackets ends nothing."""
    spans = []
    first = start
    depth = 0
    opened = start
    at = start
    while at < end:
        character = text[at]
        if character in OPENERS:
            depth += 1
            opened = at if depth == 1 else opened
        elif character in CLOSERS:
            depth = max(0, depth - 1)
        elif character in "。!?！？" and (depth == 0 or at - opened > 200):
            match = END.match(text, at, end)
            at = match.end() if match else at + 1
            depth = 0
            spans.append((first, at))
            first = at
            continue
        at += 1
        if at - first >= LONGEST and (character in "、,；; \n" or at - first >= LONGEST * 2):
            spans.append((first, at))
            first = at
    spans.append((first, end))
    stripped = (_strip(text, begin, stop)[:2] for begin, stop in spans)
    return [(begin, stop) for begin, stop in stripped if stop - begin >= 2]
