"""Which documents mean a bill: its full title within its years, or the number of its law."""

from __future__ import annotations

import re
from datetime import date, datetime

from crawler.registries.bill_records import bill_in
from data.bills import Bill, plain_title
from data.clock import from_text, tokyo
from data.statute_watch import identifier_named, watch_list
from data.store.connection import Store
from data.store.findings import JOINED
from data.store.registries import (
    KeptText,
    bills_kept,
    official_naming,
    official_naming_since,
)
from data.vocabulary import Identifier


def on_topic(bill: Bill) -> bool:
    """Whether the title names a followed law or an identifier."""
    return identifier_of(bill) is not None


def identifier_of(bill: Bill) -> Identifier | None:
    """The identifier whose law the bill amends: 番号法 before the others, for its tables open the uses."""
    title = plain_title(bill.title)
    for law in watch_list().laws:
        if law.title in title or law.short in title:
            return law.identifier
    return identifier_named(f"{bill.title}\n{bill.outline}")


def documents_naming(store: Store, bill: Bill, since: datetime | None) -> list[KeptText]:
    """The official documents that name the bill or its law, without the registers' own."""
    known = bills_kept(store.public, bill.key)
    if since and known and known[0]["law_number"] == bill.law_number:
        found = official_naming_since(store, names_of(bill), since, bill.key)
    else:
        found = official_naming(store, names_of(bill))
    return [one for one in found if not _of_a_register(one) and names_bill(one, bill)]


def _of_a_register(document: KeptText) -> bool:
    """True for the bills' own pages and the notices of their steps."""
    return bill_in(document.text) is not None or document.read_model == JOINED


def names_of(bill: Bill) -> list[str]:
    """How documents name the bill or its law: the title without 案, and the number in both numerals."""
    names = [bill.title.removesuffix("案")]
    if bill.law_number:
        names += [bill.law_number, _in_kanji(bill.law_number)]
    return names


def _in_kanji(law_number: str) -> str:
    return re.sub(r"\d+", lambda number: _kanji(int(number[0])), law_number)


def _kanji(number: int) -> str:
    """A number below 10,000 as statutes write it: 三十八, 百二."""
    words = ""
    for value, unit in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, number = divmod(number, value)
        if digit:
            words += ("" if digit == 1 and unit else "〇一二三四五六七八九"[digit]) + unit
    return words


def names_bill(document: KeptText, bill: Bill) -> bool:
    """Whether a document that has the title's words means this bill: not one of another year with its title.

    A title such as 「…の一部を改正する法律」 comes back every few years; so the document's day has to lie
    between the submission and three years after the last step, unless it gives the law's number.
    """
    body = f"{document.title}\n{document.text}"
    if bill.law_number and any(name in body for name in names_of(bill)[1:]):
        return True
    day = day_of(document)
    first, last = bill.submitted, bill.steps[-1].on if bill.steps else None
    return bool(first and last and first <= day and (day - last).days <= 3 * 366)


def day_of(document: KeptText) -> date:
    return tokyo(from_text(document.published_at or document.fetched_at)).date()
