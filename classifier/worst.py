"""The errors of which the classifier was surest, each with its reasons."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from classifier.classify import Classifier, gated_reading
from classifier.evaluate import pending
from classifier.judge import why
from classifier.measures import Answer
from classifier.model import FOLDER, load_model
from data.models import Finding
from data.vocabulary import Identifier, Sector

WORST = 20
UNOPENED = "the gate did not open: the text names no identifier by a word of data/gate.yml"
UNPROPOSED = "no candidate: the rules did not propose it"


def worst(
    answers: Sequence[Answer], folder: Path = FOLDER, count: int = WORST
) -> list[dict[str, Any]]:
    """Pairs told wrongly or missed, the surest error first.

    The reasons are those of the shipped model, whoever answered: a fold's model is not kept.
    """
    errors: list[tuple[float, Answer, dict[str, Any]]] = []
    for a in answers:
        labels = {(x.sector, x.identifier): x for x in a.text.labels}
        said = {(f.sector, f.identifier): f for f in a.findings}
        seen = {(f.sector, f.identifier): f for f in a.also_seen}
        for pair in sorted(said.keys() - labels.keys()):
            errors.append((said[pair].score, a, _error(a, "wrong", pair, said[pair])))
        for pair in sorted(labels.keys() - said.keys()):
            missed = seen.get(pair)
            sure = 1.0 - (missed.score if missed else 0.0)
            errors.append((sure, a, _error(a, "missed", pair, missed)))
    errors.sort(key=lambda row: -row[0])
    del errors[count:]
    _reason([(a, error) for _, a, error in errors], folder)
    return [error for _, _, error in errors]


def _error(
    a: Answer, kind: str, pair: tuple[Sector, Identifier], finding: Finding | None
) -> dict[str, Any]:
    label = next((x for x in a.text.labels if (x.sector, x.identifier) == pair), None)
    evidence = label.evidence if label else finding.evidence if finding else ""
    return {
        "id": a.text.id,
        "error": kind,
        "pair": ".".join(pair),
        "score": finding.score if finding else None,
        "evidence": evidence[:120],
        "note": a.text.note[:120],
    }


def _reason(errors: Sequence[tuple[Answer, dict[str, Any]]], folder: Path) -> None:
    """Add to each error why the shipped model hears a finding in the text, or none."""
    if not errors:
        return
    classifier, model = Classifier(folder), load_model(folder)
    for a, error in errors:
        document = pending(a.text)
        if gated_reading(document) is not None:
            error["why"] = [UNOPENED]
            continue
        sector, identifier = error["pair"].split(".")
        scan, heard = classifier.scanned(document)
        reasons = why(scan, heard, model, Sector(sector), Identifier(identifier))
        error["why"] = list(reasons) or [UNPROPOSED]
