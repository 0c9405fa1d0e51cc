"""A bill as a document: an item of its list, its page as text, and in the last line the record to read back."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date

from crawler.text.dates import find_date
from data.bills import Bill, BillStep, Step
from data.models import Entry, Extract, Moment

MARK = "scopewatch-bill: "
"""Begins the last line of a bill's text: the record itself as JSON, so that it need not be parsed again."""
_WORDS: dict[Step, str] = {
    "submitted": "提出",
    "referred": "付託",
    "committee": "委員会議決",
    "plenary": "本会議議決",
    "promulgated": "公布",
}


def entry_of(bill: Bill) -> Entry:
    """The bill as an item of its list; the page behind it says the rest."""
    status = f" {bill.status}" if bill.status else ""
    return Entry(
        title=f"第{bill.session}回国会 {bill.key.split('-')[1]}第{bill.number}号 {bill.title}{status}",
        url=bill.url,
    )


def extract_of(bill: Bill) -> Extract:
    """The bill's page as text: what happened when, in order, and the record itself in the last line."""
    lines = [bill.title, f"提出者 {bill.proposer}" if bill.proposer else "", bill.outline]
    lines += [
        f"{step.on.isoformat()} {_WORDS[step.step]} {step.result}".rstrip() for step in bill.steps
    ]
    lines.append(MARK + record_line(bill))
    last = bill.steps[-1].on if bill.steps else None
    return Extract(
        title=bill.title,
        text="\n".join(line for line in lines if line),
        published=_moment(last),
        encoding="utf-8/registry",
        kind="html",
        status="ok",
    )


def _moment(day: date | None) -> Moment | None:
    return find_date(day.isoformat()) if day else None


def record_line(bill: Bill) -> str:
    """The record as one line of JSON; `bill_in` reads it back."""
    return json.dumps(asdict(bill), ensure_ascii=False, default=date.isoformat)


def bill_in(text: str) -> Bill | None:
    """The bill whose record ends a stored text; None for other texts."""
    line = text.rpartition("\n")[2]
    if not line.startswith(MARK):
        return None
    try:
        fields = json.loads(line.removeprefix(MARK))
        steps = tuple(
            BillStep(**{**step, "on": date.fromisoformat(step["on"])}) for step in fields["steps"]
        )
        return Bill(**{**fields, "steps": steps})
    except (ValueError, TypeError, KeyError):
        return None
