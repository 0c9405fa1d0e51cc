"""Measure the classifier on labelled texts; texts it was trained on are read out of fold."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any

from classifier.baselines import keyword_scores, tfidf_score
from classifier.classify import Classifier
from classifier.gold import GoldText, Label
from classifier.measures import (
    Answer,
    finding_score,
    flag_score,
    matched,
    overlaps,
    reliability,
    same_stage,
    share,
)
from classifier.model import FOLDER, load_model
from data.clock import TOKYO
from data.models import Finding, PendingDocument
from data.vocabulary import Identifier, Sector, SourceClass, Stage


def fingerprint(title: str, body: str) -> str:
    """What names a labelled text in model/out_of_fold.jsonl, whatever its id."""
    return hashlib.sha256(f"{title}\n{body}".encode("utf-8", "surrogatepass")).hexdigest()[:16]


def answer(texts: Sequence[GoldText], folder: Path = FOLDER) -> tuple[list[Answer], int]:
    """(answers, how many of them are cross-validated).

    A text of the training set is answered by the model of the fold that left its author out.
    """
    held_out = _out_of_fold(folder)
    threshold = load_model(folder).threshold
    classifier = Classifier(folder)
    answers = []
    validated = 0
    for text in texts:
        rows = held_out.get(fingerprint(text.title, text.body))
        if rows is None:
            reading = classifier.read(pending(text))
            answers.append(Answer(text, reading.findings, reading.also_seen))
            continue
        validated += 1
        said = [_finding(text, row) for row in rows]
        kept = tuple(f for f in said if f.score >= threshold)
        answers.append(Answer(text, kept, tuple(f for f in said if f.score < threshold)))
    return answers, validated


def measure(answers: Sequence[Answer], baselines: bool = True) -> dict[str, Any]:
    """All measures of the answers as plain JSON values."""
    both = matched(answers)
    brier, rows = reliability(answers)
    result: dict[str, Any] = {
        "texts": len(answers),
        "flag": flag_score(answers).to_json(),
        "finding": finding_score(answers).to_json(),
        "stage_accuracy": round(share(both, same_stage), 4),
        "evidence_overlap": round(share(both, overlaps), 4),
        "unlawful_accuracy": round(share(both, lambda a, b: a.unlawful == b.unlawful), 4),
        "actor_agreement": round(share(both, _same_actor), 4),
        "sectors": {s.value: finding_score(answers, s).to_json() for s in Sector},
        "stages": _stages(both),
        "source_kinds": _groups(answers, lambda text: text.source_kind or "unknown"),
        "eras": _groups(answers, lambda text: _era(text.date)),
        "brier": round(brier, 4),
        "reliability": [[round(a, 3), round(b, 3), n] for a, b, n in rows],
        "per_text": {a.text.id: _state(a) for a in answers},
    }
    if baselines:
        texts = [a.text for a in answers]
        keyword_flag, keyword_finding = keyword_scores(texts)
        result["baselines"] = {
            "keyword_flag": keyword_flag.to_json(),
            "keyword_finding": keyword_finding.to_json(),
            "tfidf_flag": tfidf_score(texts).to_json(),
        }
    return result


def compare(old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    """What a change gained and lost, by measure and by text."""
    before, after = old.get("per_text", {}), new["per_text"]
    shared = sorted(before.keys() & after.keys())
    return {
        "flag_f1": [old["flag"]["f1"], new["flag"]["f1"]],
        "finding_f1": [old["finding"]["f1"], new["finding"]["f1"]],
        "stage_accuracy": [old["stage_accuracy"], new["stage_accuracy"]],
        "evidence_overlap": [old["evidence_overlap"], new["evidence_overlap"]],
        "gained": [i for i in shared if before[i] != "right" and after[i] == "right"],
        "lost": [i for i in shared if before[i] == "right" and after[i] != "right"],
    }


def pending(text: GoldText) -> PendingDocument:
    """A labelled text as a document that waits to be read."""
    return PendingDocument(
        id=text.id,
        version=1,
        title=text.title,
        text=text.body,
        source_id="gold",
        publisher=text.publisher,
        source_class=SourceClass.NEWS,
        published_at=datetime.combine(text.day, time(), TOKYO) if text.day else None,
        fetched_at=datetime(1970, 1, 1, tzinfo=UTC),
    )


def _out_of_fold(folder: Path) -> dict[str, list[list[Any]]]:
    path = folder / "out_of_fold.jsonl"
    if not path.exists():
        return {}
    lines = path.read_text(encoding="utf-8").splitlines()
    return {row["text"]: row["findings"] for row in map(json.loads, lines)}


def _finding(text: GoldText, row: list[Any]) -> Finding:
    sector, identifier, stage, unlawful, start, end, score, actor = row
    return Finding(
        sector=Sector(sector),
        identifier=Identifier(identifier),
        stage=Stage(stage),
        unlawful=bool(unlawful),
        evidence=f"{text.title}\n{text.body}"[start:end],
        start=start,
        end=end,
        score=score,
        actor=actor,
    )


def _same_actor(label: Label, finding: Finding) -> bool:
    if label.actor is None or finding.actor is None:
        return label.actor == finding.actor
    return label.actor in finding.actor or finding.actor in label.actor


def _stages(both: list[tuple[Label, Finding]]) -> dict[str, Any]:
    confusion = Counter((label.stage.value, finding.stage.value) for label, finding in both)
    stages = [stage.value for stage in Stage]
    return {
        gold: {said: confusion[gold, said] for said in stages}
        | {
            "accuracy": round(
                confusion[gold, gold] / max(1, sum(confusion[gold, s] for s in stages)), 4
            )
        }
        for gold in stages
    }


def _groups(answers: Sequence[Answer], key: Any) -> dict[str, Any]:
    groups: dict[str, list[Answer]] = {}
    for a in answers:
        groups.setdefault(key(a.text), []).append(a)
    return {
        name: {
            "texts": len(own),
            "flag_f1": round(flag_score(own).f1, 4),
            "finding_f1": round(finding_score(own).f1, 4),
        }
        for name, own in sorted(groups.items())
    }


def _era(date: str) -> str:
    """The three eras of the schemes: 住基ネット, the number before the card spread, and since."""
    year = int(date[:4]) if date[:4].isdigit() else 0
    if not year:
        return "undated"
    return "2002-2012" if year <= 2012 else "2013-2019" if year <= 2019 else "2020-"


def _state(a: Answer) -> str:
    gold = {(x.sector, x.identifier, x.stage) for x in a.text.labels}
    said = {(f.sector, f.identifier, f.stage) for f in a.findings}
    if gold == said:
        return "right"
    return "pairs" if {g[:2] for g in gold} == {s[:2] for s in said} else "wrong"
