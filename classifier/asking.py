"""Questions that nobody answers: the Diet's record gives each turn by itself, and a question alone is no stage.

By the guidelines a demand for a named use is one all the same (settled case 1), and so is what a question
takes for granted before it asks.
"""

from __future__ import annotations

import re

from classifier.assess import Pair
from classifier.endings import HEARING, assertion
from classifier.survey import Survey

DEMANDS = re.compile(
    r"べき|いただけ|いただき|もらい|もらえ|ください|下さい|求め|お願い|(?:して|て)は(?:どう|いかが)|提案|要望|働き(?:かけ|掛け)"
    r"|ほしい|欲しい|できるように(?:する|し|な)|ましょう|いい(?:じゃ|のでは)|必要|検討|進め|導入し|広げ|活用し|ものでしょうか"
)
WORRY = r"か、?と(?:いう|いった|の)[^。、]{0,10}(?:心配|懸念|不安|おそれ|恐れ|危惧|声)"
"""What makes of 「ではない」 a fear of some people, and no clause that tells: 「使うようになるのではないか、という心配の声」."""
TELLS = re.compile(
    r"(?:が|けれども|けれど|けども|のに|ので|から|し)、|と(?:承知|聞|伺|理解)|ことにな[りるっ]|わけ[でだ]|になった|ようになった"
    rf"|でしょう、|じゃ(?:ない|あり)|では(?:ない(?!{WORRY})|あり)|それで|既に|すでに|(?:だった|任意の)はず"
)
"""A clause that says how things are, before the question."""
HEARS = re.compile(HEARING + r"[^、。]{0,24}[。」]?$")
"""An end by which a speaker wants no more than an answer: 「お聞かせいただきたいと思います」."""

CARRIES = 0.0
"""Logit from which a sentence, beside the best one, may carry the pair."""
NEARLY = 4.0
"""Logit by which a sentence may stay behind the best one and still carry the pair: a speaker names his topic in a question
(「次に、マイナ保険証について伺います」) and tells of it behind."""


def only_asked(read: Survey, pair: Pair) -> bool:
    """Whether all sentences that may carry the pair ask, and nobody answers: they can hold no promise."""
    return all(_asks(read, k) for k in likely_sentences(pair))


def merely_asked(read: Survey, pair: Pair) -> bool:
    """Whether the pair is asked for only, and none of its questions demands it or tells of it.

    Of 539 such pairs of the labelled texts, 16 are findings.
    """
    texts = [HEARS.sub("", read.sentences[k].text) for k in likely_sentences(pair)]
    plain = not any(DEMANDS.search(text) or TELLS.search(text) for text in texts)
    return plain and only_asked(read, pair)


def likely_sentences(pair: Pair) -> list[int]:
    """The sentences that may carry a pair, in the order of the text."""
    least = min(CARRIES, pair.scores[0] - NEARLY)
    likely = zip(pair.instances, pair.scores, strict=True)
    return sorted({one.candidate.sentence for one, score in likely if score >= least})


def _asks(read: Survey, k: int) -> bool:
    exchange = read.exchanges.get(k)
    answered = exchange is not None and bool(exchange.answer)
    text = read.sentences[k].text
    return not answered and (assertion(text) in ("ask", "hear") or HEARS.search(text) is not None)
