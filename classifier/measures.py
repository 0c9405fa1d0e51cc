"""The measures of annotation-guidelines.md: flag, finding, stage, evidence, and calibration."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from classifier.gold import GoldText, Label
from data.models import Finding


@dataclass(frozen=True, slots=True)
class Answer:
    """A labelled text and what was said of it; `all_scores` also has what stayed below the threshold."""

    text: GoldText
    findings: tuple[Finding, ...]
    also_seen: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Score:
    """Counts of right, wrong and missed, with the usual ratios."""

    right: int = 0
    wrong: int = 0
    missed: int = 0

    @property
    def precision(self) -> float:
        return self.right / max(1, self.right + self.wrong)

    @property
    def recall(self) -> float:
        return self.right / max(1, self.right + self.missed)

    @property
    def f1(self) -> float:
        return 2 * self.right / max(1, 2 * self.right + self.wrong + self.missed)

    def to_json(self) -> dict[str, float]:
        return {
            "precision": round(self.precision, 4),
            "recall": round(self.recall, 4),
            "f1": round(self.f1, 4),
            "labelled": self.right + self.missed,
        }


def flag_score(answers: Iterable[Answer]) -> Score:
    """Over texts: a text with findings is flagged, and only such a text."""
    tally: Counter[tuple[bool, bool]] = Counter(
        (bool(a.text.labels), bool(a.findings)) for a in answers
    )
    return Score(tally[True, True], tally[False, True], tally[True, False])


def finding_score(answers: Iterable[Answer], sector: str | None = None) -> Score:
    """Micro-averaged over (sector, identifier) pairs, of one sector if given."""
    right = wrong = missed = 0
    for answer in answers:
        gold = {(x.sector, x.identifier) for x in answer.text.labels if sector in (None, x.sector)}
        said = {(x.sector, x.identifier) for x in answer.findings if sector in (None, x.sector)}
        right += len(gold & said)
        wrong += len(said - gold)
        missed += len(gold - said)
    return Score(right, wrong, missed)


def matched(answers: Iterable[Answer]) -> list[tuple[Label, Finding]]:
    """(label, finding) of every pair that both sides have."""
    both: list[tuple[Label, Finding]] = []
    for answer in answers:
        said = {(f.sector, f.identifier): f for f in answer.findings}
        both.extend(
            (label, said[label.sector, label.identifier])
            for label in answer.text.labels
            if (label.sector, label.identifier) in said
        )
    return both


def share(pairs: Sequence[tuple[Label, Finding]], test: Callable[[Label, Finding], bool]) -> float:
    """Share of matched pairs that pass a test."""
    return sum(test(label, finding) for label, finding in pairs) / max(1, len(pairs))


def same_stage(label: Label, finding: Finding) -> bool:
    return label.stage == finding.stage


def overlaps(label: Label, finding: Finding) -> bool:
    return label.start < finding.end and finding.start < label.end


def reliability(answers: Iterable[Answer]) -> tuple[float, list[tuple[float, float, int]]]:
    """(Brier score, rows of (mean score, share that is true, count)) over all scored pairs."""
    points = [
        (f.score, (f.sector, f.identifier) in {(x.sector, x.identifier) for x in a.text.labels})
        for a in answers
        for f in (*a.findings, *a.also_seen)
    ]
    brier = sum((score - truth) ** 2 for score, truth in points) / max(1, len(points))
    rows = []
    for tenth in range(10):
        inside = [
            (s, t)
            for s, t in points
            if tenth / 10 <= s < (tenth + 1) / 10 or (tenth == 9 and s == 1)
        ]
        if inside:
            count = len(inside)
            rows.append(
                (sum(s for s, _ in inside) / count, sum(t for _, t in inside) / count, count)
            )
    return brier, rows
