"""Features of a body that says it does not take the number: a promise (settled case 17), or a warning (case 21)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from classifier.place import Place
from data.vocabulary import Identifier

UNUSED = re.compile(
    "(?:番号(?!カード)|マイナンバー(?!の?・?カード|ポータル)|コード|(?:12|十二)(?:けた|桁|ケタ))[^。\n]{0,40}?"
    "(?:受け取|受領|預か|収集|集め|取得|伺|尋ね|聞き|求め|提出|提供|記入|書い|利用|使用|使[うわいっ]|用い|読み取|記録|保存|保管|登録|必要と)"
    "[^。\n]{0,16}?(?:ことは(?:一切)?(?:あり|ござい)ません|ことはない|ません|ない(?=。|$|」|と))"
)
"""The number, what is done with such a thing, and that it is not done."""
WARNED = re.compile("詐欺|不審|なりすま|装[いうっ]|騙|だまし|悪質|勧誘|フィッシング")
LOST = re.compile("漏えい|漏洩|流出|紛失|盗難|不正アクセス")
MASKED = re.compile("黒塗り|塗りつぶ|隠し|マスキング|見えないよう|写らないよう|付箋|目隠し")
OURS = re.compile(
    "当社|弊社|当行|当金庫|当組合|当店|当院|当校|当館|当園|当会|本市|当市|本町|当町|本県|私ども|弊店|当方"
)


def unused(place: Place) -> Iterator[str]:
    """What a sentence that takes no number is about, who says so, and how the candidate comes by its sector."""
    c, read = place.candidate, place.read
    if c.identifier is Identifier.CARD or not _refuses(place.text):
        return
    about = _about(read.normalised.text)
    who = "ours" if OURS.search(place.text) else "theirs"
    card = "card" if Identifier.CARD in read.identifiers else "alone"
    own = read.sector_counts.get(c.sector, 0)
    leads = all(own >= count for count in read.sector_counts.values())
    yield f"unused:{about}"
    yield f"unused:{about}+{who}"
    yield f"unused:{about}+{card}"
    yield f"unused:{about}+{read.genre}"
    yield f"unused:{about}/{c.sector_route}"
    yield f"unused:{about}/{c.sector_route}+{'leads' if leads else 'follows'}"


@lru_cache(maxsize=1024)
def _refuses(text: str) -> bool:
    return UNUSED.search(text) is not None


@lru_cache(maxsize=1)
def _about(text: str) -> str:
    """Whether a text warns of fraud, reports a loss, tells to mask copies, or does none of these; kept for one text."""
    for name, pattern in (("fraud", WARNED), ("loss", LOST), ("copies", MASKED)):
        if pattern.search(text):
            return name
    return "plain"
