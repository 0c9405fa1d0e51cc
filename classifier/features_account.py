"""Features of money that is paid into the registered account: the benefit is a use of its own (settled case 41)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from classifier.place import Place

REGISTERED = re.compile(
    "公金受取口座|公的給付支給等口座|給付金受取口座|登録(?:し(?:た|ている)|され(?:た|ている)|済みの?|の)?口座"
)
"""The account by its name, or as the one that is registered."""
SAME = re.compile("(?:その|この|同じ|同|当該)口座")
PAID = re.compile(
    "振り?込|払い?込|支払|支給|受け?取[りるっれら]|入金|送金|給付[さすし]|還付[さすし]|送[りるっ]"
)
ASKED = re.compile(
    "登録(?:は|を|が)?(?:お済み|お願い|ください|済み|済んで|率|件数|状況|者数|抹消|解除|方法|手順|申請)|誤登録|誤って"
)
"""What speaks of the register alone: nobody is paid by it."""


def accounts(place: Place) -> Iterator[str]:
    """Whether the candidate's sentence pays into the registered account, or only speaks of registering it."""
    read, k = place.read, place.candidate.sentence
    here = REGISTERED.search(place.text) is not None
    before = k > 0 and REGISTERED.search(read.sentences[k - 1].text) is not None
    told = "here" if here else "same" if SAME.search(place.text) else "before" if before else ""
    if not told:
        return
    named = bool(place.cues)
    paid = "paid" if PAID.search(_without_names(place.text)) else "unpaid"
    yield f"account:{paid}/{told}"
    yield f"account:{paid}/{told}+{place.candidate.sector}"
    yield f"account:{paid}+{'named' if named else 'unnamed'}+{place.candidate.sector}"
    if ASKED.search(place.text):
        yield f"account:register+{place.candidate.sector}"


def _without_names(text: str) -> str:
    """The sentence without the account's own name, which speaks of receiving."""
    return REGISTERED.sub("", text)
