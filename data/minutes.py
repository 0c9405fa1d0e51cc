"""Minutes of the Diet: who speaks at a place of the text, and whether it is an answer of the government.

The crawler keeps an exchange as turns, each under a line 〔name office〕; the minutes' own mark begins the
words: `○平国務大臣　`, in the other house `○国務大臣（平将明君）　`. A question that says 「使わないという
理解でよいか」 promises nothing; the minister's answer does (data/store/promises.py).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Literal

import yaml

Role = Literal["chair", "answer", "witness", "member"]
ROLES: tuple[Role, ...] = ("chair", "answer", "witness", "member")

_HEADER = re.compile(r"^〔(?P<name>[^〕\s]+)(?:[ \t](?P<office>[^〕\n]+))?〕$", re.MULTILINE)
_MARK = re.compile(r"^[ \u3000]*○(?P<mark>[^\u3000\n]{1,60})(?:\u3000|$)", re.MULTILINE)
_GIVEN_NAME = re.compile(r"^（[^（）]{1,4}）")
_WRITTEN = re.compile(r"^(?:衆議院|参議院) 第\d+回国会 質問第\d+号 ")
CABINET = "内閣"


@cache
def _words() -> dict[str, tuple[str, ...]]:
    text = resources.files("data").joinpath("minutes.yml").read_text(encoding="utf-8")
    return {name: tuple(words) for name, words in yaml.safe_load(text).items()}


def role_of(words: str, speaker: str = "", position: str = "") -> Role | None:
    """The role in which `words` (with their ○ or without) are spoken; None where nothing tells it.

    The mark decides, for a minister may bear a chair's title: the 国家公安委員会委員長 answers as 国務大臣.
    """
    mark = words.lstrip(" \u3000○")[:60].partition("\u3000")[0]
    for rest in (mark, _without_name(mark, speaker)):
        for role in ROLES:
            if any(rest.startswith(word) for word in _words()[role]):
                return role
    if speaker and mark.startswith(speaker):
        return "member"  # 吉田はるみ君, 浅田均君: a member by name.
    if not speaker:
        return _role_by_ending(mark)
    if position in _words()["chair"]:
        return "chair"
    return "answer" if any(word in position for word in _words()["offices"]) else None


def _without_name(mark: str, speaker: str) -> str:
    """`mark` without the family name, and the given name in brackets that tells two members apart."""
    length = 0
    while length < min(len(mark), len(speaker)) and mark[length] == speaker[length]:
        length += 1
    return _GIVEN_NAME.sub("", mark[length:])


def _role_by_ending(mark: str) -> Role | None:
    """The role of a mark whose speaker is not known: what 鍵屋国務大臣 or 青葉委員 end in."""
    ending = mark.partition("（")[0]
    found = [
        (len(word), role) for role in ROLES for word in _words()[role] if ending.endswith(word)
    ]
    return max(found)[1] if found else None


@dataclass(frozen=True, slots=True)
class Turn:
    """Who speaks at a place of the minutes."""

    speaker: str
    """Name and office as the minutes give them: `鍵屋二郎 国家公安委員会委員長`, else the mark: `鍵屋国務大臣`."""
    authority: bool
    """True for the government's answer, and for a witness of a body that runs a system of the country."""


def turn_at(title: str, body: str, place: int) -> Turn | None:
    """The turn of `body` in which `place` lies; None in texts that are no minutes.

    A written question belongs to its asker, the answer to the cabinet: their titles tell.
    """
    if written := _WRITTEN.match(title):
        answer = title.endswith("内閣の答弁書")
        asker = re.search(r"（([^（）]+)）$", title[written.end() :])
        return Turn(CABINET if answer else asker[1] if asker else "", answer)
    headers = list(_HEADER.finditer(body[: place + 1]))
    if headers:
        header = headers[-1]
        words, name, office = body[header.end() + 1 :], header["name"], header["office"] or ""
        speaker = f"{name} {office}".strip()
    else:
        marks = [one for one in _MARK.finditer(body[: place + 1]) if role_of(one["mark"])]
        if not marks:
            return None
        words, name, office = marks[-1]["mark"], "", ""
        speaker = words
    role = role_of(words, name, office)
    national = role == "witness" and any(word in office for word in _words()["national"])
    return Turn(speaker, role == "answer" or national)
