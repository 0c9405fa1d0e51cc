"""Find the statutes that a row of a law's table names, the one its task begins with first."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

REMEMBERED = 8192
"""Rows repeat from revision to revision; the two big laws have about 3,500 different texts."""

NUMERAL = "一二三四五六七八九十百千元〇0-9"
LAW_NUMBER = re.compile(
    rf"(?:明治|大正|昭和|平成|令和)[{NUMERAL}]+年(?:法律|政令|勅令|条約)第[{NUMERAL}]+号"
)
PART_MARK = re.compile(rf"^[{NUMERAL}]+(?:の[{NUMERAL}]+)*\s+")
"""A task cell may hold several tasks, each with its own number and a wide space."""

NAME_END = re.compile(r"法律|法")
AFTER_NAME = re.compile(r"[(第にのをそ又若及並、附施]|$|等(?!の一部|を廃止|の特例)")
"""What follows a name that has ended: a law number, an article, a particle, a conjunction."""
NAME_GOES_ON = re.compile(
    r"等?の一部を改正する|等?を廃止する|の施行に伴う|の施行法|の特例に関する法律|の実施に伴う"
    r"|の[^、]{0,12}に関する施行法|の規定に基づく[^、]{0,20}に関する法律"
)
"""An amending law's name contains the amended law's name."""

NAME = re.compile(r"[^()。「」\s]{2,90}(?:法律|法|令)$")
BEFORE_NAME = re.compile(
    r"又は|若しくは|並びに|による|ものとされた|することとされる旧|規定する|同法の|準用する|改正前の|廃止前の"
    r"|の規定により(?:読み替えて適用する)?|(?:支給|実施)、|(?<=[省庁会構団者長臣官金項号条法律令)])(?:、|及び)"
)
"""What stands between a body, a conjunction or a citation and the name that follows it. 、 and 及び
also occur within names (感染症の予防及び…), so they count only after a body, an article or a name."""


CIRCUMSTANCE = re.compile(r"場合において|の選挙の")
"""Two tasks of 住民基本台帳法 begin with a circumstance of an election, not with the statute."""


@lru_cache(maxsize=REMEMBERED)
def leading_statute(task: str) -> str:
    """The statute that `task` begins with, folded to NFKC; empty when it begins with none.

    A law cited only by its number (平成八年法律第八十二号) is named by that number.
    """
    text = PART_MARK.sub("", unicodedata.normalize("NFKC", task).lstrip())
    numbered = LAW_NUMBER.match(text)
    if numbered:
        return numbered.group()
    for end in NAME_END.finditer(text[:120]):
        rest = text[end.end() :]
        if text[end.start() : end.end()] == "法" and rest.startswith("律"):
            continue
        if end.start() and AFTER_NAME.match(rest) and not NAME_GOES_ON.match(rest):
            return CIRCUMSTANCE.split(text[: end.end()])[-1]
    return ""


@lru_cache(maxsize=REMEMBERED)
def cited_statutes(text: str) -> tuple[str, ...]:
    """The statutes that `text` names together with their law numbers."""
    plain = unicodedata.normalize("NFKC", text)
    found = []
    for number in LAW_NUMBER.finditer(plain):
        before = plain[max(0, number.start() - 92) : number.start()]
        name = NAME.search(before[:-1].rpartition(")")[2]) if before.endswith("(") else None
        if name:
            found.append(_own_name(name.group()))
    return tuple(found)


def _own_name(words: str) -> str:
    """`words` without what stands before the name."""
    cuts = [cut.end() for cut in BEFORE_NAME.finditer(words) if cut.end() < len(words)]
    return PART_MARK.sub("", words[cuts[-1] :] if cuts else words).lstrip("、")


def numbered_statute(task: str) -> tuple[str, str]:
    """(leading statute, its law number where the task cites it, else an empty string)."""
    name = leading_statute(task)
    text = PART_MARK.sub("", unicodedata.normalize("NFKC", task).lstrip())
    cited = LAW_NUMBER.match(text, len(name) + 1) if text[len(name) :].startswith("(") else None
    return name, cited.group() if cited else ""


@lru_cache(maxsize=64)
def any_of(names: frozenset[str]) -> re.Pattern[str]:
    """A pattern that finds each of `names`, the longest where several begin in one place."""
    return re.compile("|".join(re.escape(name) for name in sorted(names, key=len, reverse=True)))


@lru_cache(maxsize=REMEMBERED)
def statutes_named(body: str, task: str, known: frozenset[str] = frozenset()) -> tuple[str, ...]:
    """All statutes a row names: the task's leading one, those of its further parts, those cited,
    and those of `known` names that occur in it.
    """
    leading = [leading_statute(part) for part in task.splitlines()]
    leading.append(_own_name(re.split(r"[()]", leading_statute(body))[-1]))
    names = dict.fromkeys(name for name in leading if name)
    words = unicodedata.normalize("NFKC", f"{task}\n{body}")
    found = list(cited_statutes(words))
    if known:
        found += any_of(known).findall(words)
    for name in found:
        if not any(name in longer for longer in names):
            names[name] = None
    return tuple(names)
