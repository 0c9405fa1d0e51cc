"""Privacy impact assessments (特定個人情報保護評価書): what each says, and where they and the law disagree."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Literal

from data.statute_diff import RowChange, StatuteDiff, diff_states
from data.statute_numerals import branch_number, sort_key
from data.statute_sectors import placement
from data.statutes import LawText, TableRow

Kind = Literal["full", "focused", "basic"]
GapKind = Literal["no_assessment", "older_than_amendment", "not_in_table"]
MERGED_ON = date(2024, 5, 27)
"""別表第一 and 別表第二 of 番号法 became one 別表 (data README, trap b)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """One report, as its cover and its first section say."""

    number: str
    title: str
    body: str
    """評価実施機関."""
    kind: Kind | None
    ground: str
    """法令上の根拠, verbatim."""
    items: tuple[str, ...]
    """Rows of the 別表 named in the ground, as e-Gov numbers branches: `24`, `9_2`."""
    published: date | None
    systems: tuple[str, ...]
    links: tuple[str, ...]
    """Other systems that are ticked as connected."""
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """One disagreement between the table and the assessments."""

    kind: GapKind
    row: TableRow | None
    item: str
    assessment: Assessment | None
    since: date | None
    """The day of the amendment, or of the state in which the row is missing."""
    use_case: str | None = None
    """For a use that the ledger has in force although no row of the table is about it."""


@dataclass(frozen=True, slots=True)
class UseInForce:
    """A use of the number that the ledger shows as adopted."""

    id: str
    subject: str
    names: tuple[str, ...]
    """What the system is called: a report that has one of these in its title or systems is about it."""


StateAt = Callable[[date], LawText | None]


def find_gaps(
    assessments: Iterable[Assessment],
    now: LawText,
    state_at: StateAt,
    in_force: Iterable[UseInForce] = (),
) -> list[Gap]:
    """Where the table, the ledger and the assessments disagree, in the table's order.

    `no_assessment`: a row that no report names, or a use of the ledger in force that has no row either. `older_than_amendment`: the row was reworded
    after the newest report on it (law numbers that only wander do not count). `not_in_table`: a report
    names an item that the table did not have on its day, or that the law has dropped since. A report
    without a date is held against the present table.
    """
    covered: dict[tuple[str, str], list[tuple[Assessment, bool]]] = {}
    lost: list[Gap] = []
    follow = _Follower(now, state_at)
    reports = list(assessments)
    for report in reports:
        for item in report.items:
            row, changed, since = follow.row(item, report)
            if row is None:
                lost.append(
                    Gap(kind="not_in_table", row=None, item=item, assessment=report, since=since)
                )
            else:
                covered.setdefault(row.place, []).append((report, changed))
    return [*_row_gaps(now, covered), *_use_gaps(now, reports, in_force), *lost]


def _use_gaps(
    now: LawText, reports: list[Assessment], in_force: Iterable[UseInForce]
) -> Iterator[Gap]:
    """Uses in force beside the table: a system with a row is spoken of there."""
    places = [placement(row) for row in permitted(now)]
    in_law = {place.system or place.sector.value for place in places}
    said = ["\n".join((one.title, *one.systems, *one.links)) for one in reports]
    for use in in_force:
        named = any(name in words for name in use.names for words in said)
        if use.subject not in in_law and not named:
            yield Gap(
                kind="no_assessment",
                row=None,
                item="",
                assessment=None,
                since=None,
                use_case=use.id,
            )


def _row_gaps(
    now: LawText, covered: dict[tuple[str, str], list[tuple[Assessment, bool]]]
) -> Iterator[Gap]:
    for row in sorted(permitted(now), key=lambda one: sort_key(branch_number(one.number))):
        reports = covered.get(row.place, [])
        item = branch_number(row.number)
        if not reports:
            yield Gap(kind="no_assessment", row=row, item=item, assessment=None, since=None)
        elif all(changed for _, changed in reports):
            newest = max(
                (report for report, _ in reports), key=lambda one: one.published or date.min
            )
            yield Gap(
                kind="older_than_amendment",
                row=row,
                item=item,
                assessment=newest,
                since=now.revision.enforced_on,
            )


def permitted(text: LawText) -> list[TableRow]:
    """The rows that say who may use the number: no placeholders, no exchanges."""
    return [row for row in text.rows if not row.deleted and not row.exchange]


class _Follower:
    """Follows a row of the table from the day of a report to now; each pair of states is compared once."""

    def __init__(self, now: LawText, state_at: StateAt) -> None:
        self._now = now
        self._state_at = state_at
        self._diffs: dict[str, StatuteDiff] = {}

    def row(self, item: str, report: Assessment) -> tuple[TableRow | None, bool, date | None]:
        """(the row now or None, whether it was reworded since, the day that answers)."""
        then = (self._state_at(report.published) if report.published else None) or self._now
        start = next((row for row in permitted(then) if branch_number(row.number) == item), None)
        if start is None:
            return None, False, then.revision.enforced_on
        if then.revision.revision_id == self._now.revision.revision_id:
            return start, False, None
        diff = self._diffs.setdefault(then.revision.revision_id, diff_states(then, self._now))
        if start in diff.removed:
            return None, False, diff.new.enforced_on
        change = next((c for c in _changes(diff) if c.before == start), None)
        if change is None:
            return start, False, None
        reworded = change in diff.amended and not change.citation_only
        return change.after, reworded, diff.new.enforced_on


def _changes(diff: StatuteDiff) -> Iterator[RowChange]:
    yield from diff.amended
    yield from diff.renumbered
    yield from diff.moved


@cache
def kind_words() -> dict[str, Kind]:
    """The register's words for the kinds."""
    return {"全項目": "full", "重点項目": "focused", "基礎項目": "basic"}
