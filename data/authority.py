"""Who decides for a whole system: told from the actor that a text names and the class of its source."""

from __future__ import annotations

import re
import unicodedata

from data.vocabulary import SourceClass

_NATIONAL = re.compile(
    r"省|庁|大臣|[総外財国金厚文農経環防法]\w{0,3}相|首相|政府|内閣|国会|委員会|審議会|裁判|最高裁|地裁|高裁|長官|"
    r"官房|公安委員長|与党|日本年金機構|地方公共団体情報システム機構|支払基金|国保連|全国\w*(協会|連合会)|日本\w*(協会|連合会)|協議会"
)
_LOCAL = re.compile(
    r"[都道府県市区町村](長|議会|教育委員会|選挙管理委員会|役所|役場)?$|警察署|税務署|支店|病院|薬局|組合$"
)
_SPEAKS_FOR_ITSELF = frozenset(
    {SourceClass.LOCALGOV, SourceClass.COMPANY, SourceClass.BLOG, SourceClass.TRADE}
)


_TRIAL = re.compile(
    r"実証(?:実験|事業|試験|運用|検証|[をがはの])|試行(?!錯誤)|試験(?:運用|的|導入|利用|実施)|モデル(?:事業|地区)|"
    r"パイロット|先行(?:運用|実施)|トライアル"
)


def decides_for_system(
    actor: str | None, source_class: SourceClass, authority: bool | None = None
) -> bool:
    """True when a denial or halt by `actor` binds the whole system, not only the actor's own counter.

    An unnamed actor takes the standing of the source: a town's page speaks for the town. In the Diet's
    minutes the turn tells (`authority`): a member's question binds nobody.
    """
    if authority is False:
        return False
    if actor:
        folded = unicodedata.normalize("NFKC", actor).strip()
        if _LOCAL.search(folded):
            return False
        if _NATIONAL.search(folded):
            return True
    return source_class not in _SPEAKS_FOR_ITSELF


def concerns_trial(evidence: str) -> bool:
    """True for words about a pilot (実証実験, 試行, モデル事業): its end is not the end of the system."""
    return bool(_TRIAL.search(unicodedata.normalize("NFKC", evidence)))
