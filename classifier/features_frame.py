"""Features of frames that assert no use: a law's own furniture, a critic's word, a page that is kept up."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from functools import lru_cache

from classifier.candidates import source
from classifier.endings import assertion
from classifier.lexicon import Mention, load_lexicon
from classifier.place import Place
from classifier.survey import Survey
from data.vocabulary import Sector

LAW_NAME = re.compile(r"[^、。「」()]{0,60}?(?:に関する|の)(?:法律|条例|政令|省令|規則|命令)")
"""What follows a word that stands in a law's name: 個人番号の利用による預貯金口座の管理等に関する法律."""
BODY_NAME = re.compile(
    r"[^、。「」()]{0,30}?(?:ワーキンググループ|検討会議?|研究会|協議会|推進本部|総点検本部|推進室|推進課|推進係|担当(?:大臣|相|課|室|者)"
    r"|補助金|交付金|整備費|事務費|事業費|基金|コールセンター|フリーダイヤル|インフォメーション|フォーラム|セミナー|説明会|だより|通信)"
)
"""What follows a word that stands in the name of a board, a minister's office, a subsidy or a call centre."""
FRAMES = ("framing", "sanction", "absent", "other_number")
"""Families of contexts.yml in which a law's name alone tells nothing."""
AMENDED = re.compile(r"[中の]「(?P<old>[^」]*)」を「(?P<new>[^」]*)」に改め")
CRITIC = re.compile(
    r"(?:弁護士会|弁護士連合会|日弁連|医師会|保険医協会|医療団体|歯科医師会|社労士会|社会保険労務士会|司法書士会"
    r"|労働組合|労組|[職教]員組合|自治労|市民団体|市民の会|連絡会|守る会|考える会|求める会|消費者団体|有志)"
)
DEMAND = re.compile(
    r"声明|意見書|決議|要望書|抗議|反対|べき(?:では|で|だ)|認めない|許され|撤回|やめる?よう|中止を|廃止を求"
)
ISSUED = re.compile(
    r"(?:等|など)?(?:\([^)]{0,20}\))?[のをがはも、]?(?:一括|出張|新規|初回|早期|臨時|休日)?"
    r"(?:交付|発行|取得|申請|受け?取|再交付|再発行|更新|作成|作[りるっ]|保有|所持|普及|返納|紛失|有効期[限間]|期限|失効|配布|郵送|住所変更"
    r"|券面|暗証番号|カバー|ケース|デザイン|顔写真|申込|代理受領|窓口|センター|担当|コールセンター)"
)
"""What follows a card that is itself the matter of an office: issued, renewed, lost (settled case 12)."""
LAW_MADE = date(2013, 5, 31)
"""The day of 番号法 (平成25年法律第27号): before it, 個人番号 is mostly some body's own number."""
LAW_TALK = re.compile("(?:12|十二)(?:けた|桁|ケタ)|共通番号|番号(?:制度|法)|法案|大綱|マイナンバー")
FEW_DIGITS = re.compile("(?<![0-9一二三四五六七八九十])[3-9三四五六七八九](?:けた|桁|ケタ)")
OPINION = re.compile(
    "社説|主張|論説|論壇|私の視点|視点・論点|オピニオン|投書|投稿|読者の声|ひろば|コラム|寄稿|提言|随想|談話室|声$|【声】|〈声〉"
)
"""A title or publisher that announces an opinion: what it writes as a plain fact may be its wish."""
SHORT = 2
"""Sentences of a page of which a feed gives the title and no more than a line."""
INSURED = (Sector.BANK, Sector.WELFARE, Sector.HEALTH)
INSURER = re.compile(
    r"生命保険|[ぁ-んァ-ヶー一-龥]生命(?=[はがので、とも 」]|$)|生保|損保|損害保険|火災保険|海上火災|かんぽ|保険会社|保険金(?!機構)"
    r"|(?:入院|手術|診断|死亡|満期|がん)(?:保険|給付)金|個人年金|終身年金|学資保険"
)
"""Who insures by contract, and what he pays: in the labelled texts such a publisher's uses are a bank's 122 times, and
welfare's 10 times."""


def frames(place: Place) -> Iterator[str]:
    """What kind of sentence or page it is where no use is asserted."""
    read, k = place.read, place.candidate.sentence
    named = naming(place)
    yield f"named:{named}"
    if named != "outright":
        yield f"named:{named}+{read.genre}"
    yield from _named_from(place)
    contexts = read.contexts[k] & set(FRAMES)
    yield from (f"frame:{name}+{named}" for name in contexts)
    if "absent" in contexts:
        yield f"frame:absent+{'leak' if read.context_counts['leak'] > 1 else 'plain'}"
    if _has(OPINION, read.sentences[0].text) or _has(OPINION, read.publisher):
        yield "opinion"
        yield f"opinion:{assertion(place.text)}"
    yield from _own_number(place)
    yield from _issued(place)
    yield from _insured(place)
    yield from _amended(place)
    yield from _critic(place)
    if read.sentences[0].kind == "title" and "housekeeping" in read.contexts[0]:
        short = "short" if len(read.sentences) <= SHORT else "long"
        yield f"keeping:{short}"
        yield f"keeping:{short}+{place.candidate.identifier}"


def naming(place: Place) -> str:
    """Whether the sentence names the identifier `outright`, in a law's or a body's name only, or not at all."""
    text = place.read.sentences[place.candidate.sentence].text
    return _naming(text, place.mentions)


def _naming(text: str, mentions: Sequence[Mention]) -> str:
    if not mentions:
        return "unnamed"
    inside = {_name_around(text, m) for m in mentions}
    return next(name for name in ("outright", "law", "body") if name in inside)


def _name_around(text: str, mention: Mention) -> str:
    """In whose name a mention stands."""
    if mention.strength == "scheme" or LAW_NAME.match(text, mention.end):
        return "law"
    return "body" if BODY_NAME.match(text, mention.end) else "outright"


def _named_from(place: Place) -> Iterator[str]:
    """How the sentence names the identifier from which the candidate carries it."""
    read, c = place.read, place.candidate
    if c.identifier_route not in ("before", "title"):
        return
    k = source(read, c.sentence, c.identifier_route, c.identifier_distance)
    assert k is not None, "another sentence gives it by either route"
    named = _naming(
        read.sentences[k].text, [m for m in read.mentions[k] if m.identifier == c.identifier]
    )
    yield f"named_from:{named}"
    yield f"named_from:{named}+{c.identifier_route}/{c.sector_route}"


def _amended(place: Place) -> Iterator[str]:
    """Whether an amendment puts the candidate's identifier `in`, takes it `out`, or changes other words."""
    found = list(AMENDED.finditer(place.text))
    if not found:
        return
    own, lexicon = place.candidate.identifier, load_lexicon()
    old, new = (
        any(
            m.identifier == own and m.strength != "weak"
            for match in found
            for m in lexicon.mentions(match[side])
        )
        for side in ("old", "new")
    )
    change = "in" if new and not old else "out" if old and not new else "kept" if new else "else"
    yield f"amends:{change}"
    yield f"amends:{change}+{naming(place)}"


def _own_number(place: Place) -> Iterator[str]:
    """Whether a 個人番号 is some body's own: older than the law and without a word of it, or of few digits."""
    read = place.read
    if {place.text[m.start : m.end] for m in place.mentions} != {"個人番号"}:
        return
    early = place.published is not None and place.published < LAW_MADE
    if early and not LAW_TALK.search(read.normalised.text):
        yield "own_number:early"
    if FEW_DIGITS.search(place.text):
        yield "own_number:digits"


def _issued(place: Place) -> Iterator[str]:
    """Whether the sentence's cards are all being issued, some of them, or none."""
    issued = [ISSUED.match(place.text, m.end) is not None for m in place.mentions]
    if not any(issued):
        return
    share = "all" if all(issued) else "some"
    yield f"issued:{share}"
    yield f"issued:{share}+{place.candidate.identifier}"
    yield f"issued:{share}/{place.candidate.sector_route}"


def _insured(place: Place) -> Iterator[str]:
    """Whether an insurer speaks or is spoken of: its benefits and annuities are no state's."""
    read, c = place.read, place.candidate
    if c.sector not in INSURED:
        return
    places = {"publisher": read.publisher, "title": read.sentences[0].text, "here": place.text}
    yield from (
        f"insurer:{name}+{c.sector}" for name, text in places.items() if _has(INSURER, text)
    )


def _critic(place: Place) -> Iterator[str]:
    """Whether the speaker is a critics' body, which decides nothing and denies nothing."""
    read, k = place.read, place.candidate.sentence
    who = _critic_where(read, k)
    if who is None:
        return
    yield f"critic:{who}"
    if DEMAND.search(read.sentences[k].text) or DEMAND.search(read.sentences[0].text):
        yield f"critic:{who}+demand"


def _critic_where(read: Survey, k: int) -> str | None:
    speaker = read.sentences[k].speaker
    places = (
        ("publisher", read.publisher),
        ("speaker", speaker or ""),
        ("here", read.sentences[k].text),
        ("title", read.sentences[0].text),
    )
    return next((name for name, text in places if _has(CRITIC, text)), None)


@lru_cache(maxsize=3072)
def _has(pattern: re.Pattern[str], text: str) -> bool:
    """Whether `text` has the pattern; titles and publishers are asked once for all candidates."""
    return pattern.search(text) is not None
