"""The verb `review`: a person's verdicts on findings, in the terminal or one by one from a script."""

from __future__ import annotations

import json
from datetime import datetime, time
from typing import Any, cast

import click

from data.clock import TOKYO, from_text, tokyo
from data.config import load_config
from data.errors import InputError
from data.names import subject_name
from data.store.connection import Store, open_store
from data.store.ledger import update_ledger
from data.store.reviews import (
    Change,
    ReviewVerdict,
    merge_use_cases,
    part_use_cases,
    review_finding,
    undo_review,
    waiting_for_review,
)
from data.vocabulary import Identifier, Sector, Stage

_BY = click.option("--by", "author", required=True, help="Your name; kept in private.db only.")
_NOTE = click.option("--note", default="", help="Why; shown beside the verdict.")


@click.group(invoke_without_command=True, epilog="Example: scopewatch review --by tsuru")
@click.option("--by", "author", help="Your name; kept in private.db only.")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 10_000))
@click.pass_context
def review(context: click.Context, author: str | None, limit: int) -> None:
    """Confirm or correct findings, the most uncertain first; a re-run of the classifier keeps it."""
    if context.invoked_subcommand is not None:
        return
    if not author:
        raise click.UsageError("say who you are with --by, or use `review list` and `review set`")
    with open_store(load_config()) as store:
        for row in waiting_for_review(store, limit):
            _show(row)
            if not _ask(store, row, author):
                break
        update_ledger(store)


@review.command(name="list", epilog="Example: scopewatch review list --limit 5 | jq .evidence")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 10_000))
def list_waiting(limit: int) -> None:
    """Print the findings that wait for a review as JSON lines, the most uncertain first."""
    with open_store(load_config()) as store:
        for row in waiting_for_review(store, limit):
            click.echo(json.dumps(row, ensure_ascii=False))


@review.command(
    name="set",
    epilog="Example: scopewatch review set 3f2a… change --stage considered --by tsuru --note 案の段階",
)
@click.argument("finding")
@click.argument("verdict", type=click.Choice(["confirm", "not-a-finding", "change"]))
@click.option("--stage", type=click.Choice([word.value for word in Stage]))
@click.option("--sector", type=click.Choice([word.value for word in Sector]))
@click.option("--identifier", type=click.Choice([word.value for word in Identifier]))
@click.option("--system", help="A system of data/systems.yml; empty for none.")
@click.option("--date", "day", type=click.DateTime(["%Y-%m-%d"]), help="The document's date.")
@_BY
@_NOTE
def set_review(
    finding: str, verdict: str, day: datetime | None, author: str, note: str, **words: str | None
) -> None:
    """Set the review of one finding and bring the ledger up to date."""
    change = Change(
        stage=Stage(words["stage"]) if words["stage"] else None,
        sector=Sector(words["sector"]) if words["sector"] else None,
        identifier=Identifier(words["identifier"]) if words["identifier"] else None,
        system=words["system"],
        at=datetime.combine(day.date(), time(), TOKYO) if day else None,
    )
    with open_store(load_config()) as store:
        word = cast("ReviewVerdict", verdict.replace("-", " "))
        number = review_finding(store, finding, word, author=author, note=note, change=change)
        update_ledger(store)
    click.echo(json.dumps({"review": number, "finding": finding, "verdict": word}))


@review.command(epilog="Example: scopewatch review undo 3f2a… --by tsuru")
@click.argument("finding")
@_BY
def undo(finding: str, author: str) -> None:
    """Take the review of a finding back."""
    with open_store(load_config()) as store:
        undo_review(store, finding, author=author)
        update_ledger(store)
    click.echo(json.dumps({"finding": finding, "verdict": None}))


@review.command(
    epilog="Example: scopewatch review merge police:card driving_licence:card --by tsuru"
)
@click.argument("one")
@click.argument("into")
@_BY
@_NOTE
def merge(one: str, into: str, author: str, note: str) -> None:
    """Count the findings of one use case under another, now and in the future."""
    with open_store(load_config()) as store:
        merge_use_cases(store, one, into, author=author, note=note)
        update_ledger(store)
    click.echo(json.dumps({"use_case": one, "into": into}))


@review.command(epilog="Example: scopewatch review part police:card --by tsuru")
@click.argument("one")
@_BY
def part(one: str, author: str) -> None:
    """Undo a merge."""
    with open_store(load_config()) as store:
        part_use_cases(store, one, author=author)
        update_ledger(store)
    click.echo(json.dumps({"use_case": one, "into": None}))


def _show(row: dict[str, Any]) -> None:
    day = f"{tokyo(from_text(row['at'])):%Y-%m-%d}"
    again = "  (the text changed after a review)" if row["asked_again"] else ""
    where = subject_name(row["system"] or row["sector"], "ja")
    click.echo(f"\n{row['id']}  score {row['score']:.2f}  {row['state']}{again}")
    click.echo(f"{day}  {row['publisher_ja']}  {_inert(row['title'])}\n{_inert(row['url'])}")
    click.echo(f"「{_inert(row['evidence'])}」")
    click.echo(f"→ {where} · {row['identifier']} · {row['stage']} · {_inert(row['actor'] or '-')}")
    if row["reason"]:
        click.echo(f"set aside: {row['reason']}")


def _inert(text: str) -> str:
    """Fetched text as a terminal may show it: no control characters."""
    return "".join(char if char.isprintable() else " " for char in text)


def _ask(store: Store, row: dict[str, Any], author: str) -> bool:
    """Ask for one verdict; False when the person wants to stop."""
    answer = click.prompt(
        "[c]onfirm, [n]ot a finding, [s]tage, s[e]ctor, [i]dentifier, [m]erge its use, [l]ater, [q]uit",
        type=click.Choice(list("cnseimlq")),
        show_choices=False,
    )
    if answer in "lq":
        return bool(answer == "l")
    try:
        _judge(store, row, answer, author)
    except InputError as error:
        click.echo(f"not kept: {error}")
    return True


def _judge(store: Store, row: dict[str, Any], answer: str, author: str) -> None:
    """Ask for what the verdict needs, and for a note; keep it."""
    if answer == "m":
        into = click.prompt(f"count {row['use_case_id']} under", type=str)
        merge_use_cases(store, row["use_case_id"], into, author=author, note=_note())
        return
    change = None
    if answer == "s":
        change = Change(stage=Stage(_choice("stage", list(Stage))))
    elif answer == "e":
        change = Change(sector=Sector(_choice("sector", list(Sector))))
    elif answer == "i":
        change = Change(identifier=Identifier(_choice("identifier", list(Identifier))))
    verdict: ReviewVerdict = "change" if change else "confirm"
    if answer == "n":
        verdict = "not a finding"
    review_finding(store, row["id"], verdict, author=author, note=_note(), change=change)


def _choice(name: str, words: list[Any]) -> str:
    return str(click.prompt(name, type=click.Choice([word.value for word in words])))


def _note() -> str:
    return str(click.prompt("note", default="", show_default=False))
