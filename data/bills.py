"""Bills of the Diet: their steps through both houses, and what a step means for a use that they open."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from data.vocabulary import Stage

Origin = Literal["cabinet", "representatives", "councillors"]
Step = Literal["submitted", "referred", "committee", "plenary", "promulgated"]
House = Literal["representatives", "councillors", ""]
Outcome = Literal["open", "enacted", "failed"]

STEPS: tuple[Step, ...] = ("submitted", "referred", "committee", "plenary", "promulgated")
PASSED = frozenset({"可決", "修正", "議決"})
FAILED = frozenset({"否決", "未了", "審査未了", "撤回", "廃案", "議決を要しない"})
_ERAS = {"明治": 1, "大正": 2, "昭和": 3, "平成": 4, "令和": 5}
_ERA_YEARS = {1: 1867, 2: 1911, 3: 1925, 4: 1988, 5: 2018}
_ORIGINS = {"cabinet": "閣法", "representatives": "衆法", "councillors": "参法"}
_LAW_NUMBER = re.compile(r"(明治|大正|昭和|平成|令和)(元|\d{1,2})年法律第(\d{1,5})号")
_REIWA = date(2019, 5, 1)
_HEISEI = date(1989, 1, 8)


@dataclass(frozen=True, slots=True, kw_only=True)
class BillStep:
    """One dated step; `house` is empty where it belongs to neither (submission, promulgation)."""

    on: date
    step: Step
    house: House = ""
    result: str = ""
    """The register's own word (可決, 継続審査, …), or the committee's name for a referral."""

    @property
    def order(self) -> tuple[date, int, str, str]:
        return (self.on, STEPS.index(self.step), self.house, self.result)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bill:
    """One bill; it is listed again in every session that takes it up, under the same key."""

    session: int
    """The session in which it was submitted, not the one that lists it."""
    origin: Origin
    number: int
    title: str
    proposer: str = ""
    house: House = ""
    """The house whose page was read."""
    steps: tuple[BillStep, ...] = ()
    law_number: str = ""
    """As `令和7年法律第38号`; empty until it is promulgated."""
    status: str = ""
    """The list's own word for where it stands, such as 審査未了."""
    outline: str = ""
    """What the bill does, in the register's or the minister's words."""
    url: str = ""

    @property
    def key(self) -> str:
        """`217-閣法-41`, as both houses call it."""
        return f"{self.session}-{_ORIGINS[self.origin]}-{self.number}"

    @property
    def law_id(self) -> str | None:
        return law_id_of_number(self.law_number, self.origin)

    @property
    def name(self) -> str:
        """The title as the law will bear it: without the 案 at its end."""
        return plain_title(self.title)

    @property
    def submitted(self) -> date | None:
        return next((step.on for step in self.steps if step.step == "submitted"), None)

    @property
    def enacted_on(self) -> date | None:
        """The day of 成立: the second house passed it. Promulgation follows within weeks."""
        passed: dict[House, date] = {}
        for step in self.steps:
            if step.step == "plenary" and step.result in PASSED:
                passed[step.house] = step.on
        return max(passed.values()) if {"representatives", "councillors"} <= passed.keys() else None

    @property
    def outcome(self) -> Outcome:
        promulgated = any(step.step == "promulgated" for step in self.steps)
        if self.law_number or promulgated or self.enacted_on or self.status == "成立":
            return "enacted"
        if any(word in self.status for word in FAILED):
            return "failed"
        decided = [step for step in self.steps if step.step in ("committee", "plenary")]
        last = max(decided, key=lambda step: step.order, default=None)
        return "failed" if last and last.result in FAILED else "open"


def stage_on(bill: Bill, day: date) -> Stage | None:
    """What the bill was for the uses it opens on a day (settled cases 11 and 35); None before it was tabled.

    A cabinet bill is `planned` from its submission; a member's bill `considered` until one house has
    passed it. Passed and promulgated it stays `planned`: that it is in force is for the tables to say.
    Failed is `halted` from the day of the last step (the registers date no 未了: a session just ends).
    """
    reached = [step for step in bill.steps if step.on <= day]
    if not reached:
        return None
    if bill.outcome == "failed" and len(reached) == len(bill.steps):
        return Stage.HALTED
    if bill.origin == "cabinet":
        return Stage.PLANNED
    passed = any(
        step.step == "promulgated" or (step.step == "plenary" and step.result in PASSED)
        for step in reached
    )
    return Stage.PLANNED if passed else Stage.CONSIDERED


def law_number_of(promulgated: date, number: int) -> str:
    """`令和7年法律第38号` of a promulgation's day and the bare number in the registers."""
    if promulgated >= _REIWA:
        era, year = "令和", promulgated.year - 2018
    elif promulgated >= _HEISEI:
        era, year = "平成", promulgated.year - 1988
    else:
        era, year = "昭和", promulgated.year - 1925
    return f"{era}{year}年法律第{number}号"


def law_id_of_number(text: str, origin: Origin = "cabinet") -> str | None:
    """e-Gov's id of a law by its number (令和7年法律第38号 = 507AC0000000038); None for other text.

    The two digits after AC say who proposed it (00 cabinet, 10 and 01 the houses; format-traps 3.2),
    so compare with `same_law`, which leaves them out.
    """
    found = _LAW_NUMBER.search("".join(unicodedata.normalize("NFKC", text).split()))
    if found is None:
        return None
    year = 1 if found[2] == "元" else int(found[2])
    kind = {"cabinet": "00", "representatives": "10", "councillors": "01"}[origin]
    return f"{_ERAS[found[1]]}{year:02}AC{kind}{int(found[3]):08}"


def same_law(one: str | None, other: str | None) -> bool:
    """Whether two law ids mean one law, whoever is said to have proposed it."""
    if not one or not other or len(one) != 15 or len(other) != 15:
        return False
    return one[:5] == other[:5] and one[7:] == other[7:]


def plain_title(title: str) -> str:
    """A bill's or law's title for comparing: NFKC, no white space, 法律案 and 法律 made one."""
    folded = "".join(unicodedata.normalize("NFKC", title).split())
    return folded.removesuffix("案") if folded.endswith("法律案") else folded


def merged(bills: Iterable[Bill]) -> dict[str, Bill]:
    """Bills by key; what several sessions and both houses say of one is joined, later words win."""
    found: dict[str, Bill] = {}
    for bill in bills:
        known = found.get(bill.key)
        found[bill.key] = _joined(known, bill) if known else bill
    return found


def _joined(known: Bill, later: Bill) -> Bill:
    steps = tuple(sorted({*known.steps, *later.steps}, key=lambda step: step.order))
    return replace(
        known,
        steps=steps,
        title=later.title or known.title,
        proposer=later.proposer or known.proposer,
        law_number=later.law_number or known.law_number,
        status=later.status or known.status,
        outline=later.outline or known.outline,
        url=known.url or later.url,
    )
