"""Features of question and answer: what is said to the question a candidate stands in, and what was asked.

A question is no stage; its answer is. A short answer (そちらでやらせていただきます) says in the
question what it is about.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from classifier.candidates import Candidate
from classifier.endings import assertion
from classifier.lexicon import load_lexicon
from classifier.survey import Survey
from classifier.turns import ASKED, Exchange

SHORT = 4
"""Sentences of an answer that is read whole; of a longer one only what speaks of the candidate is."""
LONGEST = 60
"""Sentences of an answer that are looked at."""
SUBJECT_ONLY = 16
"""Characters of a question that only names its subject: 児童手当は。"""
TAIL = 40
"""Characters at the end of a sentence where it says how far a thing has gone."""

COMMON = {"adopted.running", "future_end", "past", "hearsay", "negation", "conditional", "question"}
"""Families that tell the register of an answer, which is spoken politely and in the present, and no stage."""
MARK = re.compile(r"^[ ]*(?:[○◯◎◆●〇]\S+ |[(【]?[QA問答][0-9]{0,3}[ .:、)】])[ ]*")
DENYING = re.compile(r"(?:な[いくか]|ません|ず)[^。]{0,16}?[かねなと]?[。?]?$")

NODS = re.compile(
    r"^.{0,26}?(?:はい[、。]|ええ[、。]|そのとおり|その通り|おっしゃるとおり|御?指摘のとおり|ご指摘のとおり"
    r"|お見込みのとおり|さようで(?!は)|左様で(?!は)|同じで(?:す|ござい)|そうで(?:す|ござい))"
)
SHAKES = re.compile(
    r"^.{0,26}?(?:いいえ|いえ[、。]|(?:そう|さよう|左様)では(?:あり|ござい|な)|(?:^|[ 、。])(?:ござい|あり)ません。"
    r"|事実(?:は(?:ない|あり|ござい)|ではあり)|考えており?ません。|予定しており?ません。)"
)
EVADES = re.compile(
    r"差し?控え|お?答え(?:は)?(?:し|いたし)?(?:かね|でき(?:ない|ません)|する(?:立場|こと))|お答えを控え|控えさせて"
    r"|確認(?:を)?させ(?:て|ます)|確認(?:の上|して)[^。]{0,12}(?:お答え|回答|連絡|報告)|調べ(?:て|た上で)[^。]{0,10}(?:お答え|報告|連絡)"
    r"|(?:承知|把握)(?:は)?(?:いた)?して(?:は)?(?:い|お)(?:ない|らず|りません|ません)|聞いて(?:は)?(?:い|お)(?:ない|らず|りません|ません)"
    r"|存じ(?:上げ)?(?:て(?:い|お))?(?:ない|ません|りません)|所管(?:外|では|で(?:は)?な|が違)|所掌(?:外|では)"
    r"|(?:担当|所管)(?:の)?[^。、]{0,8}(?:に|へ)(?:お(?:尋|聞|問)|伝え|聞い|問い)|コメント(?:は|を|する)|申し上げる(?:こと(?:は|では)|立場|段階)"
    r"|見て(?:い|お)(?:ない|りません|ません)|持ち合わせ(?:て)?(?:い|お)?|手元に(?:資料|数字)?(?:は|が)?(?:な|ござい|あり)"
    r"|仮定の|通告(?:が|を|は)|お伝え(?:し|いたし)(?:ます|ておき)|お?受け止め|御?意見として|参考(?:に|と)させて|分かりかね|わかりかね|議論を(?:待|見守)"
)
RUMOURED = re.compile(
    r"聞い(?:た|て|ており)|と聞く|聞きますが|耳に(?:し|した|入)|うわさ|噂|との(?:声|話|指摘|報道)|という(?:話|声|投書|投稿|うわさ|噂|報道|記事|ビラ|不安)"
    r"|投書|投稿|書き込み|SNS|チラシ|はがき|お便り|言(?:わ|っ)て(?:い|お)(?:た|る|ら|ま)|そうですが|だそう|らしい|(?:ほんと|本当)う?(?:です|でしょう|なの)?か"
)


def answers(read: Survey, c: Candidate) -> Iterator[str]:
    """What was asked and what was answered, for a candidate that stands in either."""
    exchange = read.exchanges.get(c.sentence)
    if exchange is None:
        return
    if c.sentence in exchange.question.sentences:
        yield from _asked_here(read, c, exchange)
    else:
        yield from _answered_here(read, c, exchange)


def _asked_here(read: Survey, c: Candidate, exchange: Exchange) -> Iterator[str]:
    """For a candidate in a question: what the answer makes of it."""
    asks = "asks" if ASKED.search(read.sentences[c.sentence].text) else "tells"
    rumour = _rumoured(read, exchange.question.sentences)
    if not exchange.answer:
        heard = "left" if exchange.heard else "nobody"
        yield f"stage_answer:{heard}"
        yield f"stage_answer:{heard}+{asks}"
        if rumour:
            yield f"stage_answer:{heard}+rumour"
        return
    answer = exchange.answer[:LONGEST]
    chosen, near = _of(read, c, answer)
    yield f"stage_answer:{near}"
    last = "last" if c.sentence == exchange.question.last else "inner"
    yield f"stage_answer:{near}+{last}"
    said = set(_said(read, chosen))
    for word in said:
        yield f"stage_answer:{word}"
        yield f"stage_answer:{word}+{near}"
    for reply in set(_replies(read, answer)):
        yield f"stage_answer:{reply}"
        yield f"stage_answer:{reply}+{asks}"
        yield f"stage_answer:{reply}+{near}"
        if rumour and reply != "nods":
            yield f"stage_answer:{reply}+rumour"


def _answered_here(read: Survey, c: Candidate, exchange: Exchange) -> Iterator[str]:
    """For a candidate in an answer: what was asked, and what the sentence does with it."""
    asked = _subject(read, c, exchange.question.sentences[-3:])
    place = "first" if c.sentence == exchange.answer[0] else "later"
    yield f"stage_asked:{asked}"
    yield f"stage_asked:{asked}+{place}"
    kind = _kind(read.sentences[exchange.question.last].text)
    yield f"stage_asked:{kind}"
    own = assertion(read.sentences[c.sentence].text)
    if kind in ("brief", "not"):
        yield f"stage_asked:{kind}<{own}"
    yield f"stage_asked:{asked}<{own}"
    for reply in set(_replies(read, (c.sentence,))):
        yield f"stage_replies:{reply}"
        yield f"stage_replies:{reply}+{asked}"
        if _rumoured(read, exchange.question.sentences):
            yield f"stage_replies:{reply}+rumour"


def _kind(question: str) -> str:
    """How a question ends; `brief` when it names its subject only, `not` when it asks for a denial."""
    if len(question) <= SUBJECT_ONLY:
        return "brief"
    return "not" if DENYING.search(question) else assertion(question)


def _of(read: Survey, c: Candidate, answer: Sequence[int]) -> tuple[Sequence[int], str]:
    """The sentences of an answer that speak of the candidate, and how they do."""
    named = [k for k in answer if _names(read, c, k)]
    if named:
        return named, "named"
    return (answer, "short") if len(answer) <= SHORT else ((answer[0], answer[-1]), "apart")


def _names(read: Survey, c: Candidate, k: int) -> bool:
    return c.identifier in read.named[k] or c.sector in read.named[k]


def _subject(read: Survey, c: Candidate, question: Sequence[int]) -> str:
    """Whether the end of a question names the identifier, the sector, both or none."""
    identifier = any(c.identifier in read.named[k] for k in question)
    sector = any(c.sector in read.named[k] for k in question)
    return {(True, True): "both", (True, False): "identifier", (False, True): "sector"}.get(
        (identifier, sector), "neither"
    )


def _said(read: Survey, sentences: Sequence[int]) -> Iterator[str]:
    """What some sentences say of the stage at their ends."""
    for k in sentences:
        yield from _ends(read.sentences[k].text)


@lru_cache(maxsize=1024)
def _ends(text: str) -> tuple[str, ...]:
    stages = load_lexicon().stages.items()
    found = [f for f, p in stages if f not in COMMON and p.search(text[-TAIL:])]
    return (*found, f"is_{assertion(text)}")


def _replies(read: Survey, sentences: Sequence[int]) -> Iterator[str]:
    """Whether an answer nods, shakes the head, or evades."""
    if any(evades(read.sentences[k].text) for k in sentences):
        yield "evades"
    opening = MARK.sub("", read.sentences[sentences[0]].text)
    if NODS.search(opening):
        yield "nods"
    if SHAKES.search(opening):
        yield "shakes"


@lru_cache(maxsize=1024)
def evades(text: str) -> bool:
    """Whether a sentence gives no answer: 差し控える, 承知していない, 所管外."""
    return EVADES.search(text) is not None


def _rumoured(read: Survey, sentences: Sequence[int]) -> bool:
    return any(_tells_rumour(read.sentences[k].text) for k in sentences[-LONGEST:])


@lru_cache(maxsize=1024)
def _tells_rumour(text: str) -> bool:
    return RUMOURED.search(text) is not None
