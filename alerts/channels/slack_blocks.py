"""A digest as Slack messages: Block Kit within Slack's limits, fetched text escaped and never a mention."""

from __future__ import annotations

import json
import re
from typing import Any

from alerts import inert, words
from alerts.digest import Change, Digest
from alerts.render import (
    MOST_COMPARISONS,
    also_seen_page,
    base_url,
    finding_page,
    languages,
    promise_page,
    subject,
)
from data.names import Language
from data.store.events import Quotation
from data.store.told import ToldComparison
from data.vocabulary import EventKind

MOST_BLOCKS = 40
"""Slack takes 50 blocks; the rest of its limits are measured by others (traps.md 2.8)."""
MOST_CHARACTERS = 10_000
MOST_IN_SECTION = 3_000
MOST_IN_FIELD = 2_000
MOST_IN_HEADER = 150
MOST_FALLBACK = 300
MOST_SOURCES = 10
MOST_CHANGES = 60
MOST_DEADLINES = 10
LONGEST_LINK = 600

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


def section(text: str, fields: tuple[str, ...] = ()) -> Block:
    """A paragraph; its `fields` stand side by side on a desktop and under each other on a phone."""
    block: Block = {"type": "section", "text": _text(text, MOST_IN_SECTION)}
    if fields:
        block["fields"] = [_text(field, MOST_IN_FIELD) for field in fields]
    return block


def context(text: str) -> Block:
    return {"type": "context", "elements": [_text(text, MOST_IN_SECTION)]}


def _text(text: str, longest: int) -> Block:
    return {"type": "mrkdwn", "text": text[:longest], "verbatim": True}


def _entries(digest: Digest, language: Language, url: str | None) -> list[list[Block]]:
    about = f"{words.say('title', language)} · {words.dated(digest, language)}"
    if digest.late:
        about += f" · {words.say('late', language)}"
    if digest.empty:
        return [[context(about), *_coverage(digest, language, url)]]
    entries = [[context(f"{about}\n{words.tally(digest, language)}")]]
    if digest.changes:
        entries.append(_heading("changed", language))
    entries += [_change(change, language, url) for change in digest.changes[:MOST_CHANGES]]
    entries += _rest(len(digest.changes) - MOST_CHANGES, language, url)
    if digest.comparisons:
        entries.append(_heading("compared", language))
    entries += [_comparison(one, language, url) for one in digest.comparisons[:MOST_COMPARISONS]]
    entries += _rest(len(digest.comparisons) - MOST_COMPARISONS, language, url)
    if digest.deadlines:
        entries.append([*_heading("deadlines", language), _deadlines(digest, language)])
    entries.append([{"type": "divider"}, *_coverage(digest, language, url)])
    return entries


def _rest(number: int, language: Language, url: str | None) -> list[list[Block]]:
    """How many more there are, and where."""
    return [[section(anchor(url, words.say("more", language, n=number)))]] if number > 0 else []


def _heading(word: str, language: Language) -> list[Block]:
    return [{"type": "divider"}, section(f"*{words.say(word, language)}*")]


def _change(change: Change, language: Language, url: str | None) -> list[Block]:
    event = change.event
    before, after = words.before(change, language), words.step(event.stage_after, language)
    steps = f"{before} → *{after}*" if before else f"*{after}*"
    lines = [f"{MARKS[event.kind]} *{mrkdwn(words.use_case(change, language), 200)}*  {steps}"]
    lines.append(words.sentence(change, language))
    if event.unlawful:
        lines.append(f"⚠️ {words.say('unlawful', language)}")
    links = _links(url and finding_page(url, event.quotation.finding_id), event.quotation, language)
    if change.more_outlets:
        links.insert(0, words.say("outlets", language, n=change.more_outlets))
    if event.against is None:
        lines.append(_quote(event.quotation))
        return [
            section("\n".join(lines)),
            context(" · ".join((_cite(event.quotation, language), *links))),
        ]
    pair = _side_by_side(event.against, event.quotation, words.between(event), language)
    return [section("\n".join(lines), pair), *([context(" · ".join(links))] if links else [])]


def _comparison(comparison: ToldComparison, language: Language, url: str | None) -> list[Block]:
    gloss = mrkdwn(words.compared_gloss(comparison, language))
    pair = _side_by_side(comparison.promised, comparison.later, comparison.days, language)
    page = url and promise_page(url, comparison.promise_id)
    links = _links(page, comparison.later, language)
    if comparison.conditional:
        links.insert(0, words.say("conditional", language))
    return [section(f"⚖️ *{gloss}*", pair), *([context(" · ".join(links))] if links else [])]


def _side_by_side(
    earlier: Quotation, later: Quotation, days: int, language: Language
) -> tuple[str, str]:
    """Two statements with who, where and when, for a reader to compare."""
    before = f"{words.say('earlier', language)} ({words.apart(days, language)})"
    return (
        f"*{before}*\n{_quote(earlier)}\n{_cite(earlier, language)}",
        f"*{words.say('now', language)}*\n{_quote(later)}\n{_cite(later, language)}",
    )


def _links(page: str | None, quotation: Quotation, language: Language) -> list[str]:
    """The evidence page, then the original with its host."""
    links = [anchor(page, words.say("evidence", language))] if page else []
    original = inert.link(quotation.url)
    if original and len(original) < LONGEST_LINK:
        links.append(
            anchor(original, f"{words.say('original', language)} ({inert.host(original)})")
        )
    return links


def _quote(quotation: Quotation) -> str:
    return f">「{mrkdwn(quotation.text)}」"


def _cite(quotation: Quotation, language: Language) -> str:
    who = mrkdwn(quotation.actor or words.say("unnamed", language), 80)
    where = mrkdwn(words.source(quotation, language), 80)
    return f"{who} · {where} · {words.day(quotation.at, language)}"


def _deadlines(digest: Digest, language: Language) -> Block:
    lines = []
    for deadline in digest.deadlines[:MOST_DEADLINES]:
        link = inert.link(deadline.url)
        label = anchor(link if link and len(link) < 150 else None, words.titled(deadline, language))
        lines.append(f"• *{words.due(digest, deadline, language)}* {label}")
    if len(digest.deadlines) > MOST_DEADLINES:
        lines.append(words.say("more", language, n=len(digest.deadlines) - MOST_DEADLINES))
    return section("\n".join(lines))


def _coverage(digest: Digest, language: Language, url: str | None) -> list[Block]:
    """What was read. On an empty day it is the message: one line, and what fails."""
    failing = digest.coverage.failing
    lines = [words.say("failing", language)] if failing else []
    for row in failing[:MOST_SOURCES]:
        label = mrkdwn(words.source_name(row, language), 80)
        lines.append(f"• {label}: {words.since(row, language)}")
    if len(failing) > MOST_SOURCES:
        lines.append(words.say("failing_more", language, n=len(failing) - MOST_SOURCES))
    more = (
        [anchor(also_seen_page(url), words.say("also_seen", language))]
        if url and digest.dropped.also_seen
        else []
    )
    if digest.empty:
        lines += more
        return [
            section(words.nothing(digest, language)),
            *([context("\n".join(lines))] if lines else []),
        ]
    told = f"*{words.say('coverage', language)}*  {words.read(digest, language)}"
    counted = " ".join((words.counts(digest, language), *more))
    return [context("\n".join((told, *lines, counted)))]
