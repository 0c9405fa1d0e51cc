"""How the text of an item or page differs from the one that is stored: by words, by numbers alone, by a counter alone."""

from __future__ import annotations

import re
from typing import Literal

Rewriting = Literal["words", "numbers", "counter"]

_COUNTED = r"(?:閲覧|再生|視聴|ダウンロード|いいね|コメント|シェア|pv|views?|likes?|downloads?)"
_COUNTER = re.compile(
    rf"(?:(?:アクセス|表示)(?:回?数|件数)|{_COUNTED}(?:回?数|件数)?)[\s:：]{{0,3}}\d[\d,]*|(?<![\d,])\d[\d,]{{0,15}}\s?(?:回|件の|人が)?{_COUNTED}(?![a-z])",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"\d[\d,.:]*")


def rewriting(before: str, after: str) -> Rewriting:
    """What `after`, another text than `before`, changed: no more than a counter, numbers alone, or words."""
    if _COUNTER.sub("#", before) == _COUNTER.sub("#", after):
        return "counter"
    return "numbers" if _NUMBER.sub("#", before) == _NUMBER.sub("#", after) else "words"
