"""A digest as Slack messages: Block Kit within Slack's limits, fetched text escaped and never a mention."""

from __future__ import annotations

import json
import re
from typing import Any

from alerts import inert, words
from alerts.digest import Change, Digest
from alerts.render import also_seen_page, base_url, finding_page, languages, segment, subject
from data.names import Language, name
from data.store.events import Quotation
from data.store.told import ToldComparison
from data.vocabulary import EventKind

MOST_BLOCKS = 40
"""Slack takes 50 blocks; the rest of its limits are measured by others (traps.md 2.8)."""
MOST_CHARACTERS = 10_000
MOST_IN_SECTION = 3_000
MOST_IN_HEADER = 150
MOST_FALLBACK = 300
MOST_SOURCES = 10
MOST_CHANGES = 60

Block = dict[str, Any]
MARKS = {
    EventKind.REVERSAL: "🔴",
    EventKind.ADVANCE: "🟠",
    EventKind.NEW: "🔵",
    EventKind.HALT: "⚪",
    EventKind.DENIAL: "🟢",
}
_LOOKALIKES = str.maketrans({"*": "＊", "_": "＿", "~": "～", "`": "｀"})
_ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_SHORTCODE = re.compile(r":(?=[\w+-]+:)")


def mrkdwn(text: str, longest: int = inert.LONGEST) -> str:
    """Fetched text for a section: & < > escaped, so no mention and no link; at most `longest` characters.

    Slack's mrkdwn knows no escape for its own marks, so these become their wide forms.
    """
    shown = _SHORTCODE.sub("：", inert.line(text, longest).translate(_LOOKALIKES))
    escaped = "".join(_ESCAPES.get(character, character) for character in shown)
    if len(escaped) <= longest:
        return escaped
    pieces, room = [], longest - 1
    for character in shown:
        piece = _ESCAPES.get(character, character)
        room -= len(piece)
        if room < 0:
            break
        pieces.append(piece)
    return "".join(pieces) + "…"


def anchor(url: str | None, label: str) -> str:
    """A link in mrkdwn, or the bare label when the address is not an ordinary web address."""
    return f"<{url}|{mrkdwn(label, 80)}>" if url else mrkdwn(label, 80)


def messages(digest: Digest, public_url: str | None) -> list[dict[str, Any]]:
    """The digest as bodies for `chat.postMessage` or a webhook, each within every limit of Slack."""
    url = base_url(public_url)
    entries: list[list[Block]] = []
    for language in languages(digest):
        entries += _entries(digest, language, url)
    return pack(subject(digest), entries)


def pack(title: str, entries: list[list[Block]]) -> list[dict[str, Any]]:
    """Distribute entries over messages; an entry is never cut in two."""
    batches: list[list[Block]] = [[]]
    for entry in entries:
        joined = batches[-1] + entry
        if batches[-1] and (
            len(joined) > MOST_BLOCKS - 1 or _size(joined) > MOST_CHARACTERS - 1_000
        ):
            batches.append([])
        batches[-1] += entry
    return [_message(title, number, len(batches), batch) for number, batch in enumerate(batches, 1)]


def _message(title: str, number: int, of: int, blocks: list[Block]) -> dict[str, Any]:
    shown = inert.line(title, MOST_IN_HEADER - 10) + (f" ({number}/{of})" if of > 1 else "")
    head = {"type": "header", "text": {"type": "plain_text", "text": shown, "emoji": False}}
    return {
        "text": mrkdwn(shown, MOST_FALLBACK),
        "blocks": [head, *blocks],
        "unfurl_links": False,
        "unfurl_media": False,
    }


def _size(blocks: list[Block]) -> int:
    return len(json.dumps(blocks, ensure_ascii=False))


def section(text: str) -> Block:
    return {
        "type": "section",
        "text": {"type": "mrkdwn", "text": text[:MOST_IN_SECTION], "verbatim": True},
    }


def context(text: str) -> Block:
    return {
        "type": "context",
        "elements": [{"type": "mrkdwn", "text": text[:MOST_IN_SECTION], "verbatim": True}],
    }


def _entries(digest: Digest, language: Language, url: str | None) -> list[list[Block]]:
    about = f"{words.say('title', language)} {digest.period}"
    if digest.late:
        about += f" · {words.say('late', language)}"
    entries = [[context(about)]]
    if digest.empty:
        entries.append([section(words.say("nothing", language))])
    entries += [_change(change, language, url) for change in digest.changes[:MOST_CHANGES]]
    if len(digest.changes) > MOST_CHANGES:
        rest = words.say("more", language, n=len(digest.changes) - MOST_CHANGES)
        entries.append([section(anchor(url, rest))])
    entries += [_comparison(comparison, language, url) for comparison in digest.comparisons[:10]]
    if digest.deadlines:
        entries.append([_deadlines(digest, language)])
    entries.append([{"type": "divider"}, context(_coverage(digest, language, url))])
    return entries


def _change(change: Change, language: Language, url: str | None) -> list[Block]:
    event = change.event
    unlawful = f" ({words.say('unlawful', language)})" if event.unlawful else ""
    lines = [f"{MARKS[event.kind]} *{mrkdwn(words.gloss(change, language))}*{unlawful}"]
    if event.against:
        lines.append(
            f"{words.say('earlier', language)} ({words.say('days', language, n=words.between(event))})"
        )
        lines += [_quote(event.against), _cite(event.against, language), words.say("now", language)]
    lines += [_quote(event.quotation)]
    links = [_cite(event.quotation, language)]
    if change.more_outlets:
        links.append(words.say("outlets", language, n=change.more_outlets))
    if url:
        links.append(
            anchor(finding_page(url, event.quotation.finding_id), words.say("evidence", language))
        )
    return [section("\n".join(lines)), context(" · ".join(links))]


def _comparison(comparison: ToldComparison, language: Language, url: str | None) -> list[Block]:
    lines = [
        f"⚖️ *{mrkdwn(words.compared_gloss(comparison, language))}*",
        words.say("earlier", language),
        _quote(comparison.promised),
        _cite(comparison.promised, language),
        words.say("now", language),
        _quote(comparison.later),
    ]
    links = [_cite(comparison.later, language)]
    if comparison.conditional:
        links.append(words.say("conditional", language))
    if url:
        page = f"{url}/-/promise/{segment(comparison.promise_id)}"
        links.append(anchor(page, words.say("evidence", language)))
    return [section("\n".join(lines)), context(" · ".join(links))]


def _quote(quotation: Quotation) -> str:
    return f">「{mrkdwn(quotation.text)}」"


def _cite(quotation: Quotation, language: Language) -> str:
    who = mrkdwn(quotation.actor or words.say("unnamed", language), 80)
    where = mrkdwn(words.source(quotation, language), 80)
    link = inert.link(quotation.url)
    original = f" · {anchor(link, inert.host(link))}" if link and len(link) < 600 else ""
    return f"{who} · {where} · {words.day(quotation.at, language)}{original}"


def _deadlines(digest: Digest, language: Language) -> Block:
    lines = [f"*{words.say('deadlines', language)}*"]
    for deadline in digest.deadlines[:10]:
        link = inert.link(deadline.url)
        label = anchor(link if link and len(link) < 150 else None, words.titled(deadline, language))
        lines.append(f"• {label}: {words.due(digest, deadline, language)}")
    return section("\n".join(lines))


def _coverage(digest: Digest, language: Language, url: str | None) -> str:
    coverage = digest.coverage
    lines = [words.say("read", language, enabled=coverage.enabled, read=coverage.read)]
    if coverage.failing:
        lines.append(words.say("failing", language))
    for row in coverage.failing[:MOST_SOURCES]:
        label = mrkdwn(words.source_name(row, language), 80)
        lines.append(
            f"• {label}: {name('health', row['state'], language)}, {words.since(row, language)}"
        )
    if len(coverage.failing) > MOST_SOURCES:
        lines.append(words.say("failing_more", language, n=len(coverage.failing) - MOST_SOURCES))
    if coverage.never_read:
        lines.append(words.say("never_read", language, n=coverage.never_read))
    lines.append(words.counts(digest, language))
    if url and digest.dropped.also_seen:
        lines.append(anchor(also_seen_page(url), words.say("also_seen", language)))
    return "\n".join(lines)
