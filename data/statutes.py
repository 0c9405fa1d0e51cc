"""The records of statutory scope: revisions of a law, rows of its tables, sentences of its articles."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from itertools import chain

NO_AMENDMENT = "000000000000000"
"""e-Gov's amending law id of a revision that no law made: the first version, or a time limit that ran out."""

LAW_ID = re.compile(r"[0-9]{3}[0-9A-Z]{12}")
REVISION_ID = re.compile(r"(?P<law>[0-9A-Z]{15})_(?P<day>[0-9]{8})_(?P<amending>[0-9A-Z]{15})")

UNENFORCED = "UnEnforced"
REPEALED = "Repeal"
UNCONFIRMED = "Unconfirmed"
"""Our own status: e-Gov's bulk download holds the revision and its API does not know it (a ghost), or not yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LawRevision:
    """One revision of one law, as e-Gov's law API v2 names it (`law_revision_id`)."""

    revision_id: str
    law_id: str
    enforced_on: date
    """The day it takes effect; for a scheduled one without a fixed day, the latest possible day."""
    title: str = ""
    law_num: str = ""
    amending_law_id: str | None = None
    amending_law_num: str = ""
    amending_law_title: str = ""
    promulgated_on: date | None = None
    status: str = ""
    """e-Gov's current_revision_status when the revision was read; `scheduled` asks the date instead."""
    comment: str = ""
    """e-Gov's enforcement comment, verbatim, where a cabinet order has yet to fix the day."""

    @property
    def order(self) -> tuple[date, str]:
        """The order in which revisions of one law take effect (data README, trap a)."""
        return (self.enforced_on, self.amending_law_id or NO_AMENDMENT)

    @property
    def url(self) -> str:
        """The page of this revision for readers."""
        return f"https://laws.e-gov.go.jp/law/{self.law_id}/{self.revision_id.partition('_')[2]}"

    @property
    def confirmed(self) -> bool:
        """False for a revision that only the bulk download holds; it never counts as in force."""
        return self.status != UNCONFIRMED

    def scheduled(self, today: date) -> bool:
        """True while the revision is not in force yet, and for good while it is unconfirmed."""
        return self.enforced_on > today or not self.confirmed


@dataclass(frozen=True, slots=True, kw_only=True)
class TableRow:
    """One numbered row of a 別表 (or one item, where the table is a list)."""

    table: str
    number: str
    """As printed (`十四の二`); empty in tables without numbers."""
    body: str
    """Who may use the identifier; empty in a list."""
    task: str
    """For what; the parts of one cell are joined by newlines."""
    lines: tuple[tuple[str, ...], ...] = ()
    """Further columns, one tuple per printed line: information provider and information."""
    statutes: tuple[str, ...] = ()
    """Statutes named, the leading one of the task first."""

    @property
    def deleted(self) -> bool:
        """True for a placeholder that says 削除 (the word e-Gov keeps the number with)."""
        return "削除" in (folded(self.body), folded(self.task)) and not self.lines

    @property
    def exchange(self) -> bool:
        """True for a row that says who gives what to whom, not who may use the number.

        Provider and information are two columns; a single further column is a remark on the use.
        """
        return any(len(line) > 1 for line in self.lines)

    @property
    def place(self) -> tuple[str, str]:
        return (self.table, self.number)

    @property
    def text(self) -> str:
        """The words that count as the row's content, folded for comparison; number and table excluded.

        How they are spread over cells does not count: a table printed as a list says the same.
        """
        return "".join(folded(cell) for cell in (self.body, self.task, *chain(*self.lines)))


@dataclass(frozen=True, slots=True, kw_only=True)
class LawSentence:
    """One sentence of an article that is watched."""

    article: str
    """As e-Gov numbers it: `19`, `30_15`."""
    paragraph: str
    item: str
    """`8`, `8.イ`; empty for the paragraph's own sentences."""
    text: str

    @property
    def place(self) -> tuple[str, str, str]:
        return (self.article, self.paragraph, self.item)


@dataclass(frozen=True, slots=True, kw_only=True)
class LawText:
    """What is followed of one revision: all rows of its tables, the sentences of its watched articles."""

    revision: LawRevision
    rows: tuple[TableRow, ...]
    sentences: tuple[LawSentence, ...]


@lru_cache(maxsize=16384)
def folded(text: str) -> str:
    """`text` for comparing: NFKC, without any white space (the formats differ in it)."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def parse_revision_id(text: str) -> tuple[str, date, str | None] | None:
    """(law id, enforcement date, amending law id or None); None when `text` is not a revision id."""
    found = REVISION_ID.fullmatch(text)
    if found is None:
        return None
    try:
        day = datetime.strptime(found["day"], "%Y%m%d").date()  # noqa: DTZ007 - a day, not a time
    except ValueError:
        return None
    amending = found["amending"]
    return found["law"], day, None if amending == NO_AMENDMENT else amending


def effective_states(revisions: Iterable[LawRevision]) -> list[LawRevision]:
    """The revisions that stood at the end of their day, in the order in which they took effect.

    Several revisions may share an enforcement date; only the last by amending law holds the
    others' changes too (data README, trap a). Revisions of several laws may not be mixed. An
    unconfirmed revision is no state.
    """
    last: dict[date, LawRevision] = {}
    confirmed = (revision for revision in revisions if revision.confirmed)
    for revision in sorted(confirmed, key=lambda revision: revision.order):
        last[revision.enforced_on] = revision
    if len({revision.law_id for revision in last.values()}) > 1:
        raise ValueError("revisions of several laws have no common order")
    return list(last.values())


def state_at(states: Iterable[LawRevision], day: date) -> LawRevision | None:
    """The revision in force on `day`, of the effective states of one law in their order."""
    reached = [state for state in states if state.enforced_on <= day]
    return reached[-1] if reached else None
