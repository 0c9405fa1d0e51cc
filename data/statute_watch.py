"""Which laws are followed, what of each, and how people call them (data/statute_watch.yml)."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable
from functools import cache, lru_cache
from importlib.resources import files

import yaml
from pydantic import BaseModel, ConfigDict

from data.errors import InputError
from data.statute_numerals import sort_key
from data.statutes import LawSentence, folded
from data.vocabulary import Identifier


class WatchedLaw(BaseModel):
    """One law of the list."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    title: str
    short: str
    also: tuple[str, ...] = ()
    law_num: str
    english: str
    articles: tuple[str, ...] = ()
    identifier: Identifier

    @property
    def names(self) -> frozenset[str]:
        return frozenset(
            _name(n) for n in (self.id, self.title, self.short, self.law_num, *self.also)
        )


class WatchList(BaseModel):
    """The whole of statute_watch.yml."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    laws: tuple[WatchedLaw, ...]
    identifiers: dict[Identifier, tuple[str, ...]]


@cache
def watch_list() -> WatchList:
    text = files("data").joinpath("statute_watch.yml").read_text(encoding="utf-8")
    return WatchList.model_validate(yaml.safe_load(text))


def watched(law_id: str) -> WatchedLaw | None:
    """The entry of a law that is always followed; None for others."""
    return next((law for law in watch_list().laws if law.id == law_id), None)


def law_id_of(name: str, others: Iterable[tuple[str, str]] = ()) -> str:
    """The id of the law that `name` means: an id, title, abbreviation or law number.

    `others` are (id, title) of further laws that are known. Raises `InputError` with the known
    names when none or several fit.
    """
    wanted = _name(name)
    for law in watch_list().laws:
        if wanted in law.names:
            return law.id
    also = {law_id for law_id, title in others if wanted in (_name(law_id), _name(title))}
    if len(also) == 1:
        return also.pop()
    known = "、".join(law.short for law in watch_list().laws)
    raise InputError(
        f"{name}: no such law here; known are {known}, and law ids such as 425AC0000000027"
    )


def _name(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold().replace(" ", "")


def identifier_named(text: str) -> Identifier | None:
    """The identifier that `text` names; the longest word decides (個人番号カード is the card)."""
    plain = folded(text)
    found = [
        (len(word), identifier)
        for identifier, words in watch_list().identifiers.items()
        for word in words
        if word in plain
    ]
    return max(found)[1] if found else None


def kept_sentences(law_id: str, sentences: Iterable[LawSentence]) -> tuple[LawSentence, ...]:
    """Those of a law's sentences that are kept: of its watched articles where some are named, else all.

    All, because an article that begins to name an identifier is compared with what it said before.
    """
    keeps = keeper(law_id)
    return tuple(s for s in sentences if keeps(s.article))


def keeper(law_id: str) -> Callable[[str], bool]:
    """Whether the sentences of an article of the law are kept, by the article's number."""
    law = watched(law_id)
    ranges = law.articles if law else ()
    return lambda article: not ranges or _kept(article, ranges)


@lru_cache(maxsize=4096)
def _kept(article: str, ranges: tuple[str, ...]) -> bool:
    return any(_within(article, range_) for range_ in ranges)


def watched_sentences(
    law_id: str, *states: tuple[LawSentence, ...]
) -> tuple[tuple[LawSentence, ...], ...]:
    """Of each of the states the sentences that are followed: where no articles of the law are named,
    the articles that name an identifier in any of the states.
    """
    law = watched(law_id)
    if law is not None and law.articles:
        return tuple(kept_sentences(law_id, state) for state in states)
    naming = {s.article for state in states for s in state if identifier_named(s.text)}
    return tuple(tuple(s for s in state if s.article in naming) for state in states)


def _within(article: str, range_: str) -> bool:
    first, _, last = range_.partition("-")
    if not last:
        return article == first
    return sort_key(first) <= sort_key(article) <= sort_key(last)
