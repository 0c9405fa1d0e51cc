"""Promises: who ruled a use out, in which office, where, and whether the door was left open.

Pure: the store hands in a denial's words and keeps what comes out (data/store/promises.py). The
machine never says that a promise was kept or broken; it sets later findings beside it.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict

from data.fingerprint import nfkc
from data.minutes import CABINET

Verdict = Literal["kept", "superseded", "broken", "not comparable"]
VERDICTS: tuple[Verdict, ...] = ("kept", "superseded", "broken", "not comparable")

_DIET = re.compile(r"^(?P<venue>(?:衆議院|参議院|両院)\s*\S.*?第\s*\d+\s*号)\s*(?P<speaker>\S.*)?$")
_WRITTEN = re.compile(r"^(?P<venue>(?:衆議院|参議院)\s*第\s*\d+\s*回国会\s*質問第\s*\d+\s*号)\s")
_IN_BRACKETS = re.compile(r"^(?P<office>[^()]+)\((?P<speaker>[^()]+?)(?:君|氏)?\)$")
_HONORIFIC = re.compile(r"(?:君|氏|さん)$")


class _Words(BaseModel):
    model_config = ConfigDict(extra="forbid")
    conditional: tuple[str, ...]
    offices: tuple[str, ...]
    bodies: tuple[str, ...]
    portfolios: dict[str, str]


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who spoke: a person, the person's office, and the body behind; any of them may be unknown."""

    name: str | None = None
    office: str | None = None
    body: str | None = None


@cache
def _words() -> _Words:
    text = resources.files("data").joinpath("promises.yml").read_text(encoding="utf-8")
    return _Words.model_validate(yaml.safe_load(text))


@cache
def _office() -> re.Pattern[str]:
    words = _words()
    titles = "|".join(sorted(map(re.escape, words.offices), key=len, reverse=True))
    fields = "|".join(sorted(map(re.escape, words.portfolios), key=len, reverse=True))
    return re.compile(rf"^(?P<name>.*?)(?P<office>(?P<field>{fields})?(?:{titles}))$")


@cache
def _body() -> re.Pattern[str]:
    ends = "|".join(sorted(map(re.escape, _words().bodies), key=len, reverse=True))
    return re.compile(rf"^(?P<body>\S{{0,20}}?(?:{ends}))(?P<link>の|・)?(?P<rest>.*)$")


def conditional_words(quotation: str) -> tuple[str, ...]:
    """The words of `quotation` that leave the door open (現時点では, 予定はない, …); empty when none does."""
    folded = nfkc(quotation)
    return tuple(word for word in _words().conditional if word in folded)


def venue_of(title: str, publisher: str) -> tuple[str, str | None]:
    """Where a denial was made, and the speaker if the title names one.

    Minutes of the Diet are titled house, committee, number and speaker; elsewhere it is the publisher.
    """
    plain = nfkc(title).strip()
    if written := _WRITTEN.match(plain):
        return written["venue"], None
    match = _DIET.match(plain)
    if match is None:
        return publisher, None
    last = (match["speaker"] or "").rpartition("→")[2]
    return match["venue"], re.sub(r"\(.*\)$", "", last).strip() or None


def speaker_in_minutes(words: str) -> Speaker:
    """The speaker of a turn as data/minutes.py gives it: `鍵屋二郎 国家公安委員会委員長`, `内閣`, `鍵屋国務大臣`.

    Of several offices the first counts, without what it is for in brackets.
    """
    name, _, offices = nfkc(words).strip().partition(" ")
    if name == CABINET:
        return Speaker(body=name)
    if not offices:
        return speaker_of(name)
    first = re.split(r"[・/]", re.sub(r"\([^()]*\)$", "", offices))[0]
    found = _split(first)
    return Speaker(name, found.office or first, found.body)


def speaker_of(actor: str | None, named: str | None = None) -> Speaker:
    """An actor as a text names it, taken apart: 河野デジタル相, 総務省の局長, 国務大臣(平将明君), 警察庁.

    `named` is the speaker whom a title of the Diet's minutes names beside it.
    """
    person = _HONORIFIC.sub("", named.strip()) if named else None
    if not actor or not actor.strip():
        return Speaker(name=person)
    text = nfkc(actor).strip()
    if match := _IN_BRACKETS.match(text):
        inner = _split(match["office"])
        return Speaker(match["speaker"].strip(), inner.office or match["office"], inner.body)
    if person and nfkc(person) == text:
        return Speaker(name=person)
    found = _split(text)
    if person and found.name and (found.name in person or person in found.name):
        return Speaker(person, found.office, found.body)
    return Speaker(person or found.name, found.office, found.body)


def _split(text: str) -> Speaker:
    body, rest = None, text
    title = _office().match(text)
    institution = _body().match(text)
    if institution and not (title and title["field"] and text.startswith(title["office"])):
        body, rest = institution["body"], institution["rest"]
        if not rest:
            return Speaker(body=body)
        if rest == "長":
            return Speaker(office=body[-1] + rest, body=body)
        title = _office().match(rest)
        if title and not institution["link"]:
            return Speaker(office=rest, body=body)
    if title is None:
        return Speaker(body=text) if body else Speaker(name=text)
    field = title["field"]
    if body is None and field:
        body = _words().portfolios[field]
    return Speaker(title["name"] or None, title["office"], body)


def promise_id(finding_id: str) -> str:
    """The same for the same denial, however often the ledger is replayed."""
    return hashlib.sha256(f"promise|{finding_id}".encode()).hexdigest()[:20]
