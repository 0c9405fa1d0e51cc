"""The digest's words in Japanese and English, from glosses.yml; nothing is translated by a machine."""

from __future__ import annotations

from datetime import datetime, time
from functools import cache
from importlib import resources
from typing import Any

import yaml

from alerts.digest import Change, Digest
from data.clock import TOKYO, from_text, tokyo
from data.names import Language, name, use_case_name
from data.store.events import Quotation, ToldEvent
from data.store.told import ToldComparison, ToldDeadline
from data.vocabulary import OFFICIAL, EventKind

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


def compared_gloss(comparison: ToldComparison, language: Language) -> str:
    """One sentence over a promise and what was said later; it counts the days and judges nothing."""
    official = comparison.source_class in OFFICIAL
    return say(
        "compared_gloss",
        language,
        use_case=use_case_name(comparison.subject, comparison.identifier, language),
        days=comparison.days,
        after=name("stage", comparison.later.stage, language),
        standing=name("standing", "official" if official else "reported", language),
    )


def between(event: ToldEvent) -> int:
    """Days in Tokyo's calendar from the earlier statement to the event."""
    if event.against is None:
        return 0
    return (tokyo(event.at).date() - tokyo(event.against.at).date()).days


def source(quotation: Quotation, language: Language) -> str:
    return quotation.source_ja if language == "ja" else quotation.source_en


def titled(deadline: ToldDeadline, language: Language) -> str:
    return deadline.title_ja if language == "ja" else deadline.title_en


def due(digest: Digest, deadline: ToldDeadline, language: Language) -> str:
    """Until Fri 20 Nov 2026 (3 days left)."""
    moment = datetime.combine(deadline.due, time(12), tzinfo=TOKYO)
    days = (deadline.due - tokyo(digest.composed_at).date()).days
    return say("due", language, when=day(moment, language), days=days)


def source_name(row: dict[str, Any], language: Language) -> str:
    """「産業省 新着」, "Ministry of Industry: News"; a stream that bears its publisher's name is named once."""
    publisher, name = str(row[f"publisher_{language}"]), str(row[f"name_{language}"])
    if publisher in name:
        return name
    return f"{publisher} {name}" if language == "ja" else f"{publisher}: {name}"


def since(health: dict[str, Any], language: Language) -> str:
    """From which day in Tokyo a source has been failing."""
    return say("since", language, when=day(from_text(health["since"]), language))


def counts(digest: Digest, language: Language) -> str:
    """How much was read and set aside: promise 2 of design.md."""
    dropped = digest.dropped
    told = [
        say(
            "dropped",
            language,
            documents=dropped.documents,
            gated=dropped.gated,
            also_seen=dropped.also_seen,
            quarantined=dropped.quarantined,
        )
    ]
    told += [
        say(word, language, n=number)
        for word, number in (
            ("repeats", digest.repeats),
            ("history", digest.history),
            ("filtered", digest.filtered),
        )
        if number
    ]
    return " ".join(told)


def preheader(digest: Digest, language: Language) -> str:
    """The line that a mailbox shows beside the subject: how much was read."""
    return say("read", language, enabled=digest.coverage.enabled, read=digest.coverage.read)


def subject_line(digest: Digest, language: Language) -> str:
    """A subject that carries the news: 旅券×番号: 検討→決定 ほか3件. At most about 60 characters."""
    if not digest.changes:
        word = "compared" if digest.comparisons else "deadlines" if digest.deadlines else "nothing"
        return f"{say(word, language).rstrip('。.')} ({digest.period})"
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
