"""Who asks and who answers: whether a sector's word stands in a querier's place or in a supplier's.

Settled cases 27 and 39: the sector whose procedure asks is labelled, not the one whose records are read.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

Stand = Literal["supplier", "record", "paper", "querier", "place", "desk", "plain"]
"""Whom one asks, whose records are read, whose paper is spared, who asks, where it happens, in whose office's name
it stands; else `plain`."""

NEAR = 48
"""Twice as many characters behind a word, and three times as many in front of it, tell its place."""

_SUPPLIER_CELL = (
    r"(?:情報)?提供者|提供元|入手元|照会先|取得する情報|(?:利用)?特定個人情報|(?<![ぁ-ん])情報"
)
_QUERIER_CELL = r"(?:情報)?照会者|(?:特定)?(?:個人)?(?:番号)?(?:利用)?事務"
CELL = re.compile(
    rf"(?:^|[ |/・(])(?:(?P<supplier>{_SUPPLIER_CELL})|(?P<querier>{_QUERIER_CELL}))[ ]*[ |/:]"
)
"""The name of a column before what stands in it, in a row of such a table."""
COLUMNS = re.compile(r"照会者|情報提供者|入手元|^[ ・]*提供者[ :/|]")
"""Words of a table of who asks whom for what."""
CELLS_BACK = 3
"""Lines above in which the name of the column may stand."""
UNNAMED_ROW = re.compile(r"(?:事務|もの)[ ]*\|[^。]*$")
"""A row whose columns are named above: behind the procedure stand supplier and information."""

_BODY = r"[^、。「」がはをでに番マカ住]{0,12}"
"""What may stand between a sector's word and its particle: no other actor and no identifier."""
ASKED = re.compile(
    rf"{_BODY}(?:に|へ)(?:も|対し(?:て)?)?、?[^、。]{{0,8}}照会(?!者|先|機関)"
    rf"|{_BODY}から(?:の)?[^。]{{0,26}}(?:情報|データ|記録|所得|額|提供|取り寄せ|受け取|回答)"
    r"|[^、。「」がはを]{0,8}(?:が|の)(?:保有|保管|持つ|持って)(?!する必要)"
)
RECORD = re.compile(
    r"(?:の|に関する|関係|の[^、。]{1,8}の)?(?:情報|データ|記録|有無|額|状況|資格|等級)(?:を|は|が)"
    r"[^。]{0,24}(?:取得|確認|照会|確かめ|取り寄せ|入手|受け取|引き出|参照|突合|調べ|分か)"
)
_HANDED_IN = (
    r"(?:(?<=[証票帳本し明類等][のをはが])|(?<=[証明]書[のをはが]))[^、。にへ]{0,6}(?:添付|提出)"
)
_SPARED = (
    r"[^、。にへ]{0,6}(?:(?:添付|提出)[^、。]{0,6}(?:不要|省|せず|しな|要ら|いら|ありま)"
    r"|不要|省略|省[けくい]|要らな|いらな|[要い]りません|なくて|取り寄せ)"
)
PAPER = re.compile(
    r"(?:証明(?:書)?|書|通知書|証書|手帳|票|証)?(?:\([^)]{0,12}\))?"
    r"(?:[、・や][^、。]{0,10}(?:証明書?|写し|票|証|書類?|[謄抄]本)|など|等){0,3}"
    rf"(?:の写し|の原本)?(?:の|を|は|が)?(?:窓口で)?(?:{_HANDED_IN}|{_SPARED})"
)
PLACE = re.compile(
    r"(?:の)?(?:[0-9一二三]階|駐車場|待合室?|ロビー|ホール|会場|敷地|構内|館内|店内|出口|入り?口|玄関|跡地?|[前隣](?![一-龥])|となり|向かい)"
    r"(?:の[^、。]{0,6})?(?:で|に|へ|、|から|$)"
)
"""What makes a sector's house the place of something else: 「銀行の2階でカードを受け取れます」."""
DESK = re.compile(
    r"(?:保険|年金|管理|対策|推進|収納|調査|給付|福祉|政策|企画)?(?:課|室|係|班)(?![税長題])"
)
"""What makes a sector's word the name of an office: 「税務課の職員が住基ネットの端末で」."""
QUERIES = re.compile(
    r"[^、。「」]{0,16}(?:の|に係る)?(?:審査|認定|決定|支給|算定|判定|裁定|減免|賦課|更新|事務|申請|請求|届出)"
    r"(?:の(?:審査|認定|決定|際|ため|手続))?"
    r"(?:に当た(?:り|って)|にあた(?:り|って)|において|に際し|に関する事務|に必要|に用い|に使|のため|で(?:は)?[、個番マカ])"
    r"|[^、。「」]{0,6}(?:が|は|では|においては?)、?[^。]{0,40}"
    r"(?:照会|取得し|取り寄せ|入手|確かめ|突合|受け取|提供を受け)"
)


def stand(text: str, start: int, end: int, *, table: bool = False) -> Stand:
    """The place of the word text[start:end]; `table` where the text names such columns."""
    before = text[max(0, start - 3 * NEAR) : start]
    column = cell(before)
    if column is not None:
        return column
    if table and text.count("|") > 2 and UNNAMED_ROW.search(before):
        return "supplier"
    places: tuple[tuple[Stand, re.Pattern[str]], ...] = (
        ("supplier", ASKED),
        ("paper", PAPER),
        ("record", RECORD),
        ("place", PLACE),
        ("querier", QUERIES),
        ("desk", DESK),
    )
    for name, pattern in places:
        if pattern.match(text, end, end + 2 * NEAR):
            return "plain" if name == "paper" and text[start:end].endswith("届") else name
    return "plain"


def cell(before: str) -> Stand | None:
    """Whose column a row is in where `before` ends; None where no column is named."""
    last = None
    for match in CELL.finditer(before):
        last = match
    if last is None:
        return None
    return "supplier" if last["supplier"] else "querier"


def cell_above(lines: Sequence[str]) -> Stand | None:
    """Whose column stands nearest above, in the last of `lines` that name one."""
    for line in reversed(lines[-CELLS_BACK:]):
        named = cell(f"{line} ")
        if named is not None:
            return named
    return None
