"""Questions and their answers in lists of questions: the answer speaks of what its question named."""

from __future__ import annotations

import re
from collections.abc import Sequence

from classifier.segment import Sentence

ANSWER = re.compile(
    r"^[ ]*(?:[(（]?(?:A|答え?|回答|お?こたえ)[0-9]{0,3}[)）]?[ .:、]|いいえ|はい[、。]"
    r"|(?:必要|不要|その(?:必要|予定))(?:は|で)?(?:ありません|ございません|です))"
)
QUESTION = re.compile(
    r"^[ ]*[(（]?(?:Q|問|質問|しつもん)[0-9]{0,3}[)）]?[ .:、]|(?:か|のは|では|場合は)[。?]?[」]?$"
)
NO = re.compile(
    r"いいえ|(?:必要|義務|予定|こと)(?:は|が)?(?:ありません|ございません|ない)|不要|[要い]りません|"
    r"(?:でき|使え|使い|求め|行い|記載し|残り|取得し)(?:ません|ない)|ないでください"
)
YES = re.compile(r"はい|必要です|できます|使えます|使います|[要い]ります|お願いしま|いただきます")


def question_of(sentences: Sequence[Sentence], k: int) -> int | None:
    """The question that sentence `k` answers: the one just before."""
    if k < 1 or not ANSWER.match(sentences[k].text):
        return None
    return k - 1 if QUESTION.search(sentences[k - 1].text) else None


def answer_of(text: str) -> str:
    """What an answer says: `not_so`, `so`, or `else`."""
    if NO.search(text):
        return "not_so"
    return "so" if YES.search(text) else "else"
