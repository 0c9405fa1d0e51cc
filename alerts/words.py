"""The digest's words in Japanese and English, from glosses.yml; nothing is translated by a machine."""

from __future__ import annotations

from datetime import datetime, time
from functools import cache, lru_cache
from importlib import resources
from typing import Any

import yaml

from alerts import inert
from alerts.digest import LOUDEST_FIRST, Change, Digest
from data.clock import TOKYO, from_text, tokyo
from data.names import Language, name, use_case_name
from data.store.events import Quotation, ToldEvent
from data.store.told import ToldComparison, ToldDeadline
from data.subscribers import Subscriber
from data.vocabulary import OFFICIAL, EventKind, Stage

Table = dict[str, dict[str, dict[Language, str]]]
LANGUAGES: tuple[Language, ...] = ("ja", "en")
WEEKDAYS = "月火水木金土日"
LONGEST_SUBJECT = 60
"""Characters: about what a mailbox shows on a desktop, and under 30 for the usual Japanese subject."""


@cache
def _table() -> Table:
    table: Table = yaml.safe_load(
        resources.files("alerts").joinpath("glosses.yml").read_text(encoding="utf-8")
    )
    return table


def languages_of(subscriber: Subscriber) -> tuple[Language, ...]:
    """The languages that a subscriber reads, the first one first."""
    chosen = subscriber.language
    return LANGUAGES if chosen == "both" else (chosen,)


def say(word: str, language: Language, **values: object) -> str:
    """One of a digest's fixed phrases, filled."""
    return phrase("text", word, language, **values)


def phrase(group: str, word: str, language: Language, **values: object) -> str:
    """One of the fixed phrases of `group` of glosses.yml, filled."""
    return _table()[group][word][language].format(**values)


def sentence(change: Change, language: Language) -> str:
    """What happened, in one sentence made from the labels alone: stage before and after, standing."""
    event = change.event
    before = name("stage", event.stage_before, language) if event.stage_before else ""
    said = _table()["gloss"][event.kind][language].format(
        before=before,
        after=name("stage", event.stage_after, language),
        standing=name("standing", event.standing, language),
    )
    return said[0].upper() + said[1:]


def gloss(change: Change, language: Language) -> str:
    """The sentence with its use case: it stands alone."""
    joint = "：" if language == "ja" else ": "
    said = sentence(change, language)
    return f"{use_case(change, language)}{joint}{said[0].lower()}{said[1:]}"


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


def apart(days: int, language: Language) -> str:
    """40日前, 40 days before; statements of one day are of the same day."""
    return say("days", language, n=days) if days else say("same_day", language)


def due(digest: Digest, deadline: ToldDeadline, language: Language) -> str:
    """2026年11月20日（金）まで（あと3日）."""
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
    """From which day in Tokyo a source has been failing, and how: 接続できない、2026年11月16日（月）から."""
    when = day(from_text(health["since"]), language)
    return say("since", language, when=when, state=name("health", health["state"], language))


def counts(digest: Digest, language: Language) -> str:
    """How much was read and set aside: promise 2 of design.md."""
    dropped = digest.dropped
    told = [
        say("no_documents", language)
        if not dropped.documents
        else say(
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
            ("unread", dropped.unread),
            ("repeats", digest.repeats),
            ("history", digest.history),
            ("filtered", digest.filtered),
        )
        if number
    ]
    return _gap(language).join(told)


def tally(digest: Digest, language: Language) -> str:
    """転換 1 ・ 新しい利用 3 ・ 期日 1: what is in the digest, for the line under its title."""
    kinds = [change.event.kind for change in digest.changes]
    counted = [(name("event", kind, language), kinds.count(kind)) for kind in LOUDEST_FIRST]
    counted += [
        (say("compared", language), len(digest.comparisons)),
        (say("deadlines", language), len(digest.deadlines)),
    ]
    return " ・ ".join(f"{label} {number}" for label, number in counted if number)


def read(digest: Digest, language: Language) -> str:
    """How many of the sources were read, and how many never were."""
    told = say("read", language, enabled=digest.coverage.enabled, read=digest.coverage.read)
    if digest.coverage.never_read:
        told += _gap(language) + say("never_read", language, n=digest.coverage.never_read)
    return told


def nothing(digest: Digest, language: Language) -> str:
    """An empty day in one line: that there is nothing, and what was read to say so."""
    gap = _gap(language)
    return f"{say('nothing', language)}{gap}{read(digest, language)}{gap}{counts(digest, language)}"


def _gap(language: Language) -> str:
    return "" if language == "ja" else " "


def preheader(digest: Digest, language: Language) -> str:
    """The line that a mailbox shows beside the subject: what the digest holds, or how much was read."""
    return tally(digest, language) or read(digest, language)


def dated(digest: Digest, language: Language) -> str:
    """The digest's day as its reader writes it; an instant one has its minute."""
    moment = datetime.fromisoformat(digest.period[:10]).replace(hour=12, tzinfo=TOKYO)
    if digest.subscriber.cadence.every != "instant":
        return day(moment, language)
    return f"{day(moment, language)} {digest.period[11:13]}:{digest.period[13:15]}"


def subject_line(digest: Digest, language: Language) -> str:
    """A subject that carries the news: 旅券×番号: 検討→決定 ほか3件. What does not fit is cut from the name."""
    if digest.empty:
        coverage = digest.coverage
        return say("quiet_subject", language, enabled=coverage.enabled, read=coverage.read)
    others = len(digest.changes or digest.comparisons or digest.deadlines) - 1
    tail = say("and_more", language, n=others) if others else ""
    return inert.line(_first_news(digest, language), LONGEST_SUBJECT - len(tail)) + tail


def _first_news(digest: Digest, language: Language) -> str:
    if digest.changes:
        first = digest.changes[0]
        return f"{use_case(first, language)}: {steps(first, language)}"
    if digest.comparisons:
        compared = digest.comparisons[0]
        return say(
            "compared_subject",
            language,
            use_case=use_case_name(compared.subject, compared.identifier, language),
            days=compared.days,
            after=step(compared.later.stage, language),
        )
    nearest = digest.deadlines[0]
    title, due_day = titled(nearest, language), f"{nearest.due.month}/{nearest.due.day}"
    return say("deadline_subject", language, due=due_day, title=title)


def step(stage: Stage | None, language: Language) -> str:
    """A stage in its shortest word; without one the use is new."""
    return _table()["step"][stage or "none"][language]


def before(change: Change, language: Language) -> str | None:
    """The stage before, in its shortest word; None when it did not change."""
    event = change.event
    if event.kind is EventKind.NEW:
        return step(None, language)
    if event.stage_before in (None, event.stage_after):
        return None
    return step(event.stage_before, language)


def steps(change: Change, language: Language) -> str:
    """検討→決定, 新規→検討: the stage before and after, or only the one that there is."""
    earlier, after = before(change, language), step(change.event.stage_after, language)
    return f"{earlier}→{after}" if earlier else after


@lru_cache(maxsize=4096)
def day(moment: datetime, language: Language) -> str:
    """2026年11月20日（金） or Fri 20 Nov 2026, in Tokyo."""
    here = tokyo(moment)
    if language == "ja":
        return f"{here.year}年{here.month}月{here.day}日（{WEEKDAYS[here.weekday()]}）"
    return f"{here:%a} {here.day} {here:%b %Y}"
