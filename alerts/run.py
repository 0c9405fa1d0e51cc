"""`scopewatch run`, the verb for cron: every stage in its order, each a child process of the same command.

Each stage is resumable by itself, so a run that was killed is continued by the next one: the crawler
knows what it stored, the classifier what it has not read, the ledger which use cases wait, and the
outbox what was not sent.
"""

from __future__ import annotations

import json
import sys
import time
from dataclasses import dataclass
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from alerts.ping import ping
from data import own_command
from data.clock import now
from data.config import Config, load_config
from data.errors import UsageError
from data.lock import run_lock
from data.store.connection import open_store
from data.store.runs import finish_run, start_run
from data.store.sources import record_issue

STAGES: tuple[tuple[str, ...], ...] = (
    ("crawl",),
    ("statutes", "follow"),
    ("read",),
    ("bills", "update"),
    ("ledger", "update"),
    ("digest", "--due"),
    ("outbox", "send"),
)
PARTLY = 1
"""Exit status of a stage that did its work although some sources or channels failed."""

CRASHED = 70
"""Shown for a stage that ended without its line of counts (EX_SOFTWARE of sysexits.h)."""


@dataclass(frozen=True, slots=True)
class StageResult:
    """How one stage ended: exit status, seconds, and the JSON object it printed last."""

    stage: str
    exit_status: int
    seconds: float
    summary: dict[str, Any]


@click.command(epilog="Example: scopewatch run --json >> /var/log/scopewatch.jsonl")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON line instead of the table.")
def run(as_json: bool) -> None:
    """Crawl what is due, classify, update the ledger, compose and send due digests.

    Exit status: 0 all well, 1 some sources or deliveries failed, 2 usage or configuration, 3 another
    run is under way, 70 a stage crashed (the others ran all the same).
    """
    config = load_config()
    with run_lock(config.directory, "run"):
        ping("start")
        try:
            results = run_stages(config)
        except BaseException:
            ping("fail")
            raise
        status = max(result.exit_status for result in results)
        # A source that failed is told in the digest; the sign of life is about the machine.
        ping("success" if status <= PARTLY else "fail")
    click.echo(json.dumps(report(results), ensure_ascii=False)) if as_json else show(results)
    sys.exit(status)


def run_stages(config: Config) -> list[StageResult]:
    """Every stage in its order, and the row of the run; a wrong configuration ends it."""
    with open_store(config) as store:
        run_id = start_run(store, "run")
    results: list[StageResult] = []
    for words in STAGES:
        results.append(run_stage(words))
        if results[-1].exit_status == UsageError.exit_status:
            break
    with open_store(config) as store:
        for result in results:
            if result.exit_status == CRASHED:
                record_issue(
                    store,
                    at=now(),
                    kind="stage_crashed",
                    detail=f"the stage `{result.stage}` crashed; its traceback is in the log of the run",
                )
        status = max(result.exit_status for result in results)
        finish_run(store, run_id, status, {r.stage: r.summary for r in results})
    return results


def run_stage(words: tuple[str, ...]) -> StageResult:
    """Run `scopewatch WORDS --json` as a child; its progress goes to standard error as it comes."""
    started = time.monotonic()
    child = own_command.call(("-m", "scopewatch", *words, "--json"))
    lines = child.stdout.decode("utf-8", "replace").strip().splitlines()
    summary = _summary(lines[-1]) if lines else {}
    # A stage that ends without its line of counts has crashed or was killed, whatever its status.
    crashed = child.returncode < 0 or (child.returncode <= PARTLY and not lines)
    status = CRASHED if crashed else child.returncode
    return StageResult(" ".join(words), status, round(time.monotonic() - started, 1), summary)


def _summary(line: str) -> dict[str, Any]:
    try:
        found = json.loads(line)
    except ValueError:
        return {"printed": line[:500]}
    return found if isinstance(found, dict) else {"printed": line[:500]}


def report(results: list[StageResult]) -> dict[str, Any]:
    """The JSON line of a run: its exit status and one object per stage."""
    return {
        "exit_status": max(result.exit_status for result in results),
        "stages": {
            result.stage: {
                "exit_status": result.exit_status,
                "seconds": result.seconds,
                **result.summary,
            }
            for result in results
        },
    }


def show(results: list[StageResult]) -> None:
    """The summary table for a person."""
    words = {0: "ok", PARTLY: "partly", CRASHED: "crashed"}
    table = Table("stage", "result", "seconds", "what", title="scopewatch run")
    for result in results:
        told = ", ".join(f"{key} {value}" for key, value in result.summary.items() if _short(value))
        state = words.get(result.exit_status, f"failed ({result.exit_status})")
        table.add_row(result.stage, state, f"{result.seconds:.1f}", told)
    Console().print(table)


def _short(value: object) -> bool:
    return isinstance(value, (int, float, str)) and value not in ("", None)
