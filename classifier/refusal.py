"""A refusal of the number denies no card: 「カードで確認しますが、番号は取得しません」 (settled case 17)."""

from __future__ import annotations

from classifier.asking import likely_sentences
from classifier.assess import Pair
from classifier.features_unused import UNUSED
from classifier.lexicon import load_lexicon
from classifier.survey import Survey
from data.vocabulary import Identifier


def refuses_number_only(read: Survey, pair: Pair) -> bool:
    """For a card: whether a sentence that may carry it refuses the number, and none of them denies anything else.

    Of 30 such pairs of the labelled texts, one is a denial of the card.
    """
    if pair.identifier is not Identifier.CARD:
        return False
    refused = False
    for k in likely_sentences(pair):
        text = read.sentences[k].text
        start, end = _number_refused(read, k)
        refused |= end > start
        if _denies(text[:start]) or _denies(text[end:]):
            return False
    return refused


def _number_refused(read: Survey, k: int) -> tuple[int, int]:
    """Where sentence `k` refuses the number, in a clause without the card; an empty stretch where it does not."""
    text, mentions = read.sentences[k].text, read.mentions[k]
    cards = [m.start for m in mentions if m.identifier is Identifier.CARD]
    numbers = [m for m in mentions if m.identifier is Identifier.NUMBER]
    for match in UNUSED.finditer(text):
        clause = max(text.rfind("、", 0, match.start()), text.rfind("」", 0, match.start()))
        named = any(m.start < match.end() and match.start() < m.end for m in numbers)
        if named and not any(clause < at < match.end() for at in cards):
            return match.span()
    return 0, 0


def _denies(text: str) -> bool:
    return any(words.search(text) for words in load_lexicon().of_stage("denied").values())
