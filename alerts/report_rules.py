"""What the operator's report says of rules: the noisy, those that never fired, those that fell silent."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from alerts.inert import line
from alerts.report_sections import Section, day, section, told
from alerts.words import phrase
from data.names import Language, name
from data.store.rules import RuleCounts

KINDS = (
    "system", "sector", "use", "stage", "context", "identifier", "lookalike", "gate", "milestone", "case",
    "route", "role", "genre", "feature",
)  # fmt: skip
"""In the order in which an operator can do something about them."""
LONGEST_NAME = 60


def rule_sections(rules: RuleCounts, language: Language, fold: int | None) -> Iterator[Section]:
    """`fold` is how many rules of a kind are named before the rest is counted; None names all."""
    judged, against = rules.verdicts
    rejected = _shares("rejected_row", rules.rejected, language, "judged", "rejected")
    yield section("rejected", rejected, language, judged=judged, rejected=against)
    uncertain = _shares("uncertain_row", rules.uncertain, language, "read", "uncertain")
    yield section("uncertain", uncertain, language)
    yield _never(rules, language, fold)
    silent = _by_kind(rules.silent, language, fold)
    yield section("silent", silent, language, n=len(rules.silent))


def _shares(
    word: str, rows: list[dict[str, Any]], language: Language, whole: str, part: str
) -> list[str]:
    """A row per rule: how many of its findings, and which share of them."""
    return [
        told(
            word,
            language,
            rule=_name(row, language),
            kind=name("rule_kind", row["kind"], language),
            whole=row[whole],
            part=row[part],
            share=round(100 * row[part] / row[whole]),
        )
        for row in rows
    ]


def _never(rules: RuleCounts, language: Language, fold: int | None) -> Section:
    if rules.since is None:
        return section("no_inventory", [told("no_rules", language)], language)
    rows = _by_kind(rules.never, language, fold)
    values = {"n": len(rules.never), "known": rules.known, "since": day(rules.since)}
    return section("never", rows, language, **values)


def _by_kind(rows: list[dict[str, Any]], language: Language, fold: int | None) -> list[str]:
    """One row per kind of rule: the first few by name, the others counted."""
    said = []
    for kind, found in groupby(sorted(rows, key=_order), _kind):
        named = [_dated(row, language) for row in found]
        shown = named[:fold]
        if len(shown) < len(named):
            shown.append(phrase("report", "more", language, n=len(named) - len(shown)))
        values = {"kind": name("rule_kind", kind, language), "n": len(named)}
        rules = phrase("report", "list", language).join(shown)
        said.append(phrase("report", "kind_row", language, **values, rules=rules))
    return said


def _order(row: dict[str, Any]) -> int:
    return KINDS.index(row["kind"])


def _kind(row: dict[str, Any]) -> str:
    return str(row["kind"])


def _dated(row: dict[str, Any], language: Language) -> str:
    """A rule's name, with the day on which it fired last where it did."""
    rule = _name(row, language)
    if not row.get("last_fired"):
        return rule
    return phrase("report", "last", language, rule=rule, day=day(row["last_fired"]))


def _name(row: dict[str, Any], language: Language) -> str:
    return line(row[language], LONGEST_NAME)
