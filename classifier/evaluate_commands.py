"""The verb `evaluate`: the measures of annotation-guidelines.md, as a table or JSON."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from classifier.evaluate import answer, compare, measure
from classifier.gold import read_gold
from classifier.worst import worst
from data.config import load_config
from data.errors import InputError
from data.review_measures import by_week
from data.store.connection import open_store
from data.store.reviews import reviews


@click.command(
    epilog="Examples: scopewatch evaluate data/gold/dev.jsonl; "
    "scopewatch evaluate data/gold/dev.jsonl --json > new.json; "
    "scopewatch evaluate data/gold/dev.jsonl --compare old.json; scopewatch evaluate --reviews"
)
@click.argument("gold", metavar="GOLD.jsonl", type=click.Path(path_type=Path), required=False)
@click.option(
    "--reviews", "from_reviews", is_flag=True, help="Measure precision from reviews, by week."
)
@click.option("--json", "as_json", is_flag=True, help="Print all measures as one JSON object.")
@click.option("--compare", "old", type=click.Path(path_type=Path), help="An earlier --json output.")
@click.option("--hide-errors", is_flag=True, help="Print numbers only: for the blind set.")
def evaluate(
    gold: Path | None, from_reviews: bool, as_json: bool, old: Path | None, hide_errors: bool
) -> None:
    """Measure the classifier on labelled texts, beside two simple baselines, or on reviews.

    A text that the shipped model was trained on is answered by the model of the fold that left its
    author out; the first line says how many. With --reviews: what persons said of findings that were
    told, week by week.
    """
    if (gold is None) != from_reviews:
        raise click.UsageError("name a file of labelled texts, or ask for --reviews")
    if gold is None:
        _print_reviews(as_json)
        return
    answers, validated = answer(read_gold(gold))
    result = measure(answers)
    result["cross_validated"] = validated
    if not hide_errors:
        result["worst"] = worst(answers)
    if old is not None:
        result["compared"] = compare(_old(old), result)
    if as_json:
        click.echo(json.dumps(result, ensure_ascii=False))
    else:
        _print(result)


def _print_reviews(as_json: bool) -> None:
    with open_store(load_config()) as store:
        rows = by_week(reviews(store))
    if as_json:
        for row in rows:
            click.echo(json.dumps(row))
        return
    table = Table(*(key.replace("_", " ") for key in rows[0]) if rows else ["no reviews yet"])
    for row in rows:
        table.add_row(*("-" if value is None else str(value) for value in row.values()))
    Console(width=None if sys.stdout.isatty() else 120).print(table)


def _old(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        return {
            key: content[key]
            for key in ("per_text", "flag", "finding", "stage_accuracy", "evidence_overlap")
        }
    except FileNotFoundError:
        raise InputError(f"{path}: no such file") from None
    except (OSError, ValueError, KeyError, TypeError):
        raise InputError(f"{path}: not the output of `scopewatch evaluate --json`") from None


def _print(result: dict[str, Any]) -> None:
    console = Console(width=None if sys.stdout.isatty() else 120)
    console.print(f"{result['texts']} texts, {result['cross_validated']} of them cross-validated")
    table = Table("measure", "precision", "recall", "F1", "labelled")
    for name, score in (
        ("flag", result["flag"]),
        ("finding", result["finding"]),
        *((f"sector {name}", score) for name, score in result["sectors"].items()),
        *((f"baseline {name}", score) for name, score in result["baselines"].items()),
    ):
        table.add_row(
            name,
            *(f"{score[k]:.3f}" for k in ("precision", "recall", "f1")),
            str(score["labelled"]),
        )
    console.print(table)
    for key in (
        "stage_accuracy",
        "evidence_overlap",
        "unlawful_accuracy",
        "actor_agreement",
        "brier",
    ):
        console.print(f"{key.replace('_', ' ')}: {result[key]:.3f}")
    stages = Table("labelled stage", *result["stages"])
    for gold, row in result["stages"].items():
        stages.add_row(gold, *(str(row[said]) for said in result["stages"]))
    console.print(stages)
    for title in ("source_kinds", "eras"):
        groups = Table(title.replace("_", " "), "texts", "flag F1", "finding F1")
        for name, row in result[title].items():
            groups.add_row(
                name, str(row["texts"]), f"{row['flag_f1']:.3f}", f"{row['finding_f1']:.3f}"
            )
        console.print(groups)
    scores = Table("mean score", "share true", "pairs")
    for mean, true, count in result["reliability"]:
        scores.add_row(f"{mean:.2f}", f"{true:.2f}", str(count))
    console.print(scores)
    for key in ("worst", "compared"):
        if key in result:
            console.print_json(json.dumps(result[key], ensure_ascii=False))
