"""Who asks and who answers: turns of minutes, press conferences, interviews and lists of questions.

The marks differ (○ ◆ ◎, Q and A, 問 and 答, 記者 and 大臣, a dash); the order of asking and answering does not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, takewhile
from typing import Literal

from classifier.lexicon import load_lexicon
from classifier.segment import TURN, Sentence

ASKING = 4
"""Sentences at the end of a turn that hold its question; minutes lead up to it by way of other subjects."""
ANSWERING = 2
"""Sentences at the beginning of an answer that need not name what they were asked for."""
GREETING = re.compile(
    r"^.{0,50}(?:お答え(?:を)?(?:いた)?(?:し(?:ます|たい)|申し上げます)|御質問(?:を)?ありがとう|御質問でございます)[^。]{0,6}。?$"
)
BRIEF = 40
"""Characters of a question that may leave out what it is about."""

Part = Literal["ask", "answer", "chair", "other"]

DASH = re.compile(r"^[ ]*(?:-{2,3}|[―─—]{1,3})(?!-)")
LETTER = re.compile(
    r"^[ ・]*(?:(?P<bare>[QA問答])\s?[0-9]{0,3}(?:[ .:、)]|$)"
    r"|[(【\[〔<](?P<boxed>[QA問答]|質問|回答|ご?意見|御意見|考え方|対応)[0-9]{0,3}(?:・(?P<by>[^)】\]〕>]{1,10}))?[)】\]〕>]"
    r"|(?P<said>質問|問い|お?答え|回答|意見|考え方)[0-9]{0,3}:)"
)
NAMED = re.compile(
    r"^[ ・]*(?:[○◯◎◆●〇]\s*)?(?:【(?P<boxed>[^】]{1,14})】|(?P<said>[^\s:。、「」]{1,14}):"
    r"|(?P<plain>[^\s。、:「」]{0,8}(?:記者|大臣|長官|知事|[市町村区部課局座会議]長|委員長?|議員|事務局|幹事社|司会))[ ])"
)
SAYS = re.compile(r"[。?？!」]")
"""What a form's label (事務局:田中課長) does not have and a speaker's words have."""
CHAIR = re.compile(r"(?:(?<!公安)(?<!教育)委員長|議長|(?<!知事)座長|会長|主査|司会|進行)(?:代理)?$")
ASKS = re.compile(
    r"記者|委員|議員|[0-9]番|君$|質問|幹事社|住民|[市町村区県]民$|参加者|傍聴|株主|代議士|保護者"
)
ANSWERS = re.compile(
    r"事務局|担当|職員|社長|役員|説明|当局|理事者|窓口|[部課局室所館]長|教育次長|報道官"
)
NO_SEAT = re.compile(r"[^番]*(?<![0-9一二三四五六七八九十〇])番.*")
"""A 番 that numbers no member: 番号札の順に."""
ASKED = re.compile(r"[かの][。?？]?[」』)]?$|[?？][」』)]?$")
AT_ONCE = re.compile(r"^[ ]*(?:はい|いいえ|いえ|ええ)(?:[、。]|$)")


@dataclass(frozen=True, slots=True)
class Turn:
    """Sentences `first` to `last` (inclusive) that one side says without a break."""

    part: Part
    first: int
    last: int

    @property
    def sentences(self) -> range:
        """Numbers of the turn's sentences."""
        return range(self.first, self.last + 1)


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question and what is answered to it; `answer` is empty where nobody answers."""

    question: Turn
    answer: tuple[int, ...]
    before: tuple[int, ...] = ()
    """Sentences of the exchange before, which a brief question (児童手当は。) goes on from, the nearest first."""

    heard: bool = True
    """Whether anybody answers anything in the text."""

    @property
    def topic(self) -> tuple[int, ...]:
        """The sentences that say what the question is about, the nearest first."""
        own = tuple(reversed(self.question.sentences))[:ASKING]
        return (*own, *self.before)

    def begins(self, sentences: Sequence[Sentence]) -> tuple[int, ...]:
        """The sentences that begin the answer, a greeting (お答えいたします) apart."""
        greeted = bool(self.answer) and GREETING.search(sentences[self.answer[0]].text) is not None
        return self.answer[greeted : ANSWERING + greeted]


def turns(sentences: Sequence[Sentence]) -> list[Turn]:
    """The turns of a text, in order; none where nobody can be told to ask."""
    starts = list(_starts(sentences))
    if not any(part == "ask" for _, part in starts):
        return []
    ends = [start - 1 for start, _ in starts[1:]] + [len(sentences) - 1]
    found: list[Turn] = []
    for (start, part), end in zip(starts, ends, strict=True):
        if found and found[-1].part == part:
            found[-1] = Turn(part, found[-1].first, end)
        else:
            found.append(Turn(part, start, end))
    return found


def exchanges(sentences: Sequence[Sentence]) -> dict[int, Exchange]:
    """The exchange that each asking or answering sentence belongs to; a chair between does not count."""
    held: dict[int, Exchange] = {}
    last: Exchange | None = None
    said = [turn for turn in turns(sentences) if turn.part != "chair"]
    heard = any(turn.part == "answer" for turn in said)
    for at, turn in enumerate(said):
        if turn.part != "ask":
            continue
        follows = list(takewhile(lambda turn: turn.part == "answer", islice(said, at + 1, None)))
        brief = sum(len(sentences[k].text) for k in turn.sentences) <= BRIEF
        before = (*last.answer[:1], *last.topic)[:6] if last and brief else ()
        answer = tuple(k for reply in follows for k in reply.sentences)
        exchange = Exchange(turn, answer, before, heard)
        last = exchange if follows else None
        held.update(dict.fromkeys((*turn.sentences, *exchange.answer), exchange))
    return held


def _starts(sentences: Sequence[Sentence]) -> Iterator[tuple[int, Part]]:
    """(sentence, part) where somebody begins to speak."""
    lines = [s for s in sentences if s.kind != "title" and _opens(sentences, s)]
    told = {s.index: _part(s.text) for s in lines}
    lettered = any(part == "answer" for part in told.values())
    open_question = ""
    for line in lines:
        part = told[line.index]
        if part is not None:
            yield line.index, part
            dashed = DASH.match(line.text) is not None
            asks = part == "ask" and (dashed or (not lettered and LETTER.match(line.text)))
            open_question = "marked" if asks else ""
        elif open_question or AT_ONCE.match(line.text):
            yield line.index, "answer"
            open_question = ""
        elif not lettered and line.speaker is None and _bare_question(sentences, line):
            yield line.index, "ask"
            open_question = "bare"


def _opens(sentences: Sequence[Sentence], sentence: Sentence) -> bool:
    at = sentence.index
    return at == 0 or sentences[at - 1].paragraph != sentence.paragraph


def _bare_question(sentences: Sequence[Sentence], line: Sentence) -> bool:
    """Whether a line without a mark is one question, answered at once by the next line."""
    behind = line.index + 1
    if behind >= len(sentences) or not ASKED.search(line.text):
        return False
    return _opens(sentences, sentences[behind]) and bool(AT_ONCE.match(sentences[behind].text))


def _part(text: str) -> Part | None:
    """What the mark at the beginning of a line makes of it; None without a mark."""
    if DASH.match(text):
        return "ask"
    letter = LETTER.match(text)
    if letter:
        sign = letter["bare"] or letter["boxed"] or letter["said"]
        return "ask" if sign in ("Q", "問", "質問", "問い") or "意見" in sign else "answer"
    turn = TURN.match(text)
    if turn:
        who = turn["who"] + ("君" if text.startswith("君", turn.end()) else "")
        return _speaker(who, turn["name"] or "", text.lstrip()[0])
    named = NAMED.match(text)
    if named:
        if named["said"] and not SAYS.search(text):
            return None
        part = _speaker(named["boxed"] or named["said"] or named["plain"], "", "")
        return part if part != "other" else None
    return None


def _speaker(who: str, name: str, sign: str) -> Part:
    """Asks, answers or leads: by the title, then by the mark that councils give either side."""
    if "提出者" in name or "発議者" in name or who in ("衆議院議員", "参議院議員"):
        return "answer"
    if CHAIR.search(who) and not name.endswith("大臣"):
        return "chair"
    titled = f"{who}({name})" if name else who
    if "公安委員長" in titled:
        return "answer"
    roles_of = load_lexicon().roles_of
    roles = (roles_of(who) or roles_of(name)) if sign else []
    if roles and not NO_SEAT.fullmatch(who):
        if roles[0] == "questioner" and sign == "◎":
            return "answer"
        return "ask" if roles[0] == "questioner" else "answer"
    if ANSWERS.search(titled):
        return "answer"
    if ASKS.search(titled):
        return "ask"
    if not sign and any(titled.endswith(t) for t in load_lexicon().roles["authority"]):
        return "answer"
    return {"◆": "ask", "◎": "answer"}.get(sign, "other") if name else "other"  # type: ignore[return-value]
