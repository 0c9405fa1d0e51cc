"""Judge a run over a source: well, or one of the ways in which silence would be a lie.

States: ok, unreachable, blocked, refused, layout_changed, malformed, empty, failed, stale. `stale` is a
source that answers and has had nothing new for longer than its usual silence; `failed` is a fault of
scopewatch's own, such as a full disk.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from crawler.items import Tally
from crawler.source import Kind, Source
from crawler.templates import begins_anew
from data.clock import to_text
from data.models import SourceRun
from data.store.harvest import Past

ENOUGH_RUNS = 5
"""Runs before the median says what is usual."""
LEAST_OF_USUAL = 0.5
"""traps.md 3.14: half the usual number of items is not well."""
LEAST_DATED = 0.5
"""Share of its usual dates below which the dates of a source that had them are taken to be lost."""
ENOUGH_PAGES = 4
"""Pages that were read anew before their share of texts says something."""


@dataclass(frozen=True, slots=True)
class Verdict:
    state: str
    detail: str = ""


def judge(source: Source, tally: Tally, past: Past, moment: datetime) -> Verdict:
    """The state of `source` after a run; the first that applies, the gravest first."""
    if tally.crash:
        return Verdict("failed", f"a fault of scopewatch's own: {tally.crash}")
    if tally.failures:
        url, error = tally.failures[0]
        more = f" (and {len(tally.failures) - 1} more)" if len(tally.failures) > 1 else ""
        return Verdict(
            error.kind, f"{error}{more}" if url in str(error) else f"{url}: {error}{more}"
        )
    if tally.lists_read == 0:
        return Verdict("unreachable", "nothing was read")
    unmodified = tally.lists_unmodified == tally.lists_read
    if not unmodified and source.read_as is not Kind.PAGE:
        for verdict in (
            _count(source, tally, past),
            _dates(source, tally, past),
            _pages(tally),
            _texts(source, tally),
        ):
            if verdict:
                return verdict
    return _silence(source, tally, past, moment) or Verdict("ok")


def _count(source: Source, tally: Tally, past: Past) -> Verdict | None:
    least, most, usual = source.expect.items_min, source.expect.items_max, past.usual_items
    if tally.lists_unmodified:
        return None  # some of several lists answered 304: their items are not counted again
    if tally.seen == 0 and (least is None or least > 0):
        if usual:
            return Verdict("layout_changed", f"no items, where {usual:.0f} are usual")
        return Verdict("empty", "no items")
    if least and tally.seen < least:
        return Verdict("layout_changed", f"{tally.seen} items, at least {least} are expected")
    if most and tally.seen > most:
        return Verdict("layout_changed", f"{tally.seen} items, at most {most} are expected")
    steady = (least or 0) == 1 and not begins_anew(source)
    known = usual if past.runs >= ENOUGH_RUNS and steady else None
    if known and tally.seen < known * LEAST_OF_USUAL:
        return Verdict("layout_changed", f"{tally.seen} items, where {known:.0f} are usual")
    return None


def _dates(source: Source, tally: Tally, past: Past) -> Verdict | None:
    least, usual = source.expect.dated or None, past.dated_share
    if least is None and usual is not None and past.runs >= ENOUGH_RUNS and usual >= LEAST_DATED:
        least = usual * LEAST_DATED
    if least is None or tally.seen == 0 or tally.dated >= least * tally.seen:
        return None
    return Verdict(
        "layout_changed",
        f"{tally.dated} of {tally.seen} items have a date, {least:.0%} are expected",
    )


def _texts(source: Source, tally: Tally) -> Verdict | None:
    """Pages that answer well and hold no text any more: their layout changed, or something else answered."""
    least = source.expect.texts or LEAST_OF_USUAL
    if tally.html_read < ENOUGH_PAGES or tally.html_texts >= least * tally.html_read:
        return None
    return Verdict(
        "layout_changed", f"{tally.html_texts} of {tally.html_read} pages read have a text"
    )


def _pages(tally: Tally) -> Verdict | None:
    """A list that reads well while nearly all of its pages fail is not well."""
    failed = len(tally.page_failures)
    if failed < max(3, 3 * tally.pages_read):
        return None
    kinds = Counter(error.kind for _, error in tally.page_failures)
    kind, count = kinds.most_common(1)[0]
    url, error = next(pair for pair in tally.page_failures if pair[1].kind == kind)
    return Verdict(kind, f"{count} pages of its items failed, such as {url}: {error}")


def _silence(source: Source, tally: Tally, past: Past, moment: datetime) -> Verdict | None:
    limit = source.expect.silence_days
    known = [at for at in (tally.newest, past.newest_at) if at is not None]
    if limit is None or not known or moment - max(known) <= timedelta(days=limit):
        return None
    days = (moment - max(known)).days
    return Verdict("stale", f"nothing new for {days} days; {limit:g} are the longest usual silence")


def source_run(
    source: Source, tally: Tally, past: Past, moment: datetime, verdict: Verdict
) -> SourceRun:
    """The row for the store. An unmodified list counts the items that it held when it was last read,
    dated as they usually are.
    """
    unmodified = tally.lists_read > 0 and tally.lists_unmodified == tally.lists_read
    extra: dict[str, object] = {
        "sighted": len(tally.sighted),
        "page_failures": len(tally.page_failures),
    }
    if unmodified:
        extra["unmodified"] = True
    if tally.paused_until:
        extra["paused_until"] = to_text(tally.paused_until)
    return SourceRun(
        source_id=source.id,
        started_at=tally.started_at,
        finished_at=moment,
        outcome=verdict.state,
        requests=tally.requests,
        bytes=tally.bytes,
        items_seen=past.last_items if unmodified else tally.seen,
        items_new=tally.new,
        items_changed=tally.changed,
        dropped=tally.dropped,
        dated_share=tally.dated / tally.seen
        if tally.seen
        else past.dated_share
        if unmodified
        else None,
        detail=verdict.detail,
        extra=extra,
    )
