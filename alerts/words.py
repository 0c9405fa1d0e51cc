"""The digest's words in Japanese and English, from glosses.yml; nothing is translated by a machine."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from importlib import resources

import yaml

from alerts.digest import Change, Digest
from data.clock import tokyo
from data.names import Language, name, use_case_name
from data.vocabulary import EventKind

Table = dict[str, dict[str, dict[Language, str]]]
WEEKDAYS = "月火水木金土日"


@cache
def _table() -> Table:
    table: Table = yaml.safe_load(
        resources.files("alerts").joinpath("glosses.yml").read_text(encoding="utf-8")
    )
    return table


def say(word: str, language: Language, **values: object) -> str:
    """One of the fixed phrases, filled."""
    return _table()["text"][word][language].format(**values)


def gloss(change: Change, language: Language) -> str:
    """One sentence made from the labels alone: use case, stage before and after, standing."""
    event = change.event
    before = name("stage", event.stage_before, language) if event.stage_before else ""
    return _table()["gloss"][event.kind][language].format(
        use_case=use_case(change, language),
        before=before,
        after=name("stage", event.stage_after, language),
        standing=name("standing", event.standing, language),
    )


def use_case(change: Change, language: Language) -> str:
    return use_case_name(change.event.subject, change.event.identifier, language)


def subject_line(digest: Digest, language: Language) -> str:
    """A subject that carries the news: 旅券×番号: 検討→決定 ほか3件. At most about 60 characters."""
    if not digest.changes:
        return f"{say('nothing', language).rstrip('。.')} ({digest.period})"
    first = digest.changes[0]
    news = f"{use_case(first, language)}: {steps(first, language)}"
    rest = len(digest.changes) - 1
    if rest:
        news += (
            f"{' ほか' if language == 'ja' else ', '}{rest}{'件' if language == 'ja' else ' more'}"
        )
    return news[:80]


def steps(change: Change, language: Language) -> str:
    """検討→決定: the stage before and after, or only the one that there is."""
    event = change.event
    after = name("stage", event.stage_after, language)
    if event.kind is EventKind.NEW or event.stage_before in (None, event.stage_after):
        return f"{name('event', event.kind, language)} ({after})"
    return f"{name('stage', event.stage_before, language)}→{after}"


def day(moment: datetime, language: Language) -> str:
    """2026年11月20日（金） or Fri 20 Nov 2026, in Tokyo."""
    here = tokyo(moment)
    if language == "ja":
        return f"{here.year}年{here.month}月{here.day}日（{WEEKDAYS[here.weekday()]}）"
    return f"{here:%a} {here.day} {here:%b %Y}"
