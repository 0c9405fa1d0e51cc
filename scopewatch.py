"""The front door: the console command `scopewatch`, a list of verbs, each imported only when called.

This is the only place that knows all four packages. `scopewatch --help` reads the table below and
imports neither spaCy nor Scrapy nor Datasette (tests/test_front_door.py holds it).
"""

from __future__ import annotations

import sys

from data import interrupts

if __name__ == "__main__" or sys.argv[0].endswith("/scopewatch"):
    interrupts.install()  # before the rest is imported: Ctrl-C is heard from here on

import os
from contextlib import suppress
from importlib import import_module
from importlib.metadata import version
from pathlib import Path

import click

VERBS: dict[str, tuple[str, str]] = {
    # verb: (module:attribute, what it does)
    "init": ("data.commands:init", "Write a commented scopewatch.toml."),
    "run": ("alerts.run:run", "The main job for cron: crawl, classify, update the ledger, send."),
    "crawl": ("crawler.commands:crawl", "Read the sources that are due and store what is new."),
    "sources": ("crawler.sources_commands:sources", "List, show, check, try and draft sources."),
    "evidence": ("crawler.evidence_commands:evidence", "Pack and check the proof of a finding."),
    "feed": ("crawler.text_commands:feed", "Parse one feed and print its entries."),
    "extract": (
        "crawler.text_commands:extract",
        "Print the title, text and date of one page or file.",
    ),
    "backfill": (
        "crawler.backfill_commands:backfill",
        "Read archives of past pages (WARC files) into the store.",
    ),
    "read": ("classifier.read_commands:read", "Classify what the crawler stored."),
    "classify": ("classifier.commands:classify", "Say which uses of the identifiers texts report."),
    "evaluate": (
        "classifier.evaluate_commands:evaluate",
        "Measure the classifier on labelled texts.",
    ),
    "train": (
        "classifier.train_commands:train",
        "Train the learned layer from the labelled texts.",
    ),
    "ledger": (
        "data.ledger_commands:ledger",
        "Bring use cases and events up to date with the findings.",
    ),
    "promises": (
        "data.ledger_commands:promises",
        "List denials beside what came later, and judge them.",
    ),
    "review": ("data.review_commands:review", "Confirm or correct findings by hand."),
    "reviewers": (
        "data.reviewers_commands:reviewers_group",
        "Say who may review in the browser.",
    ),
    "reclassify": (
        "data.ledger_commands:reclassify",
        "Have documents read again, and preview the changes.",
    ),
    "statutes": ("crawler.statutes_commands:statutes", "Follow, show and compare the statutes."),
    "bills": ("crawler.registries_commands:bills", "Follow bills to the tables they change."),
    "gaps": (
        "crawler.registries_commands:gaps",
        "Show uses without a fresh privacy impact assessment.",
    ),
    "digest": ("alerts.commands:digest", "Preview a digest, or write the due ones to the outbox."),
    "outbox": ("alerts.commands:outbox", "List, send, retry and drop deliveries."),
    "browse": ("data.browse_commands:browse", "Serve the public database with Datasette."),
    "export": (
        "data.browse_commands:export",
        "Write and verify signed exports of the public tables.",
    ),
    "publish-static": (
        "data.browse_commands:publish_static",
        "Write the pages as plain files for any web server.",
    ),
    "schedule": (
        "alerts.schedule_commands:schedule",
        "Do all of this by the clock, until stopped.",
    ),
    "report": (
        "alerts.care_commands:report",
        "The operator's week: noise, deaths, silence, bounces.",
    ),
    "doctor": (
        "alerts.care_commands:doctor",
        "Check configuration, databases, disk, mail, sources.",
    ),
    "backup": ("data.care_commands:backup", "Copy both databases while others work, and check it."),
    "restore": ("data.care_commands:restore", "Put a backup in the place of the databases."),
}


class Verbs(click.Group):
    """A group whose commands are imported when they are called, and listed without being imported."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(VERBS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in VERBS:
            return None
        module, _, attribute = VERBS[name][0].partition(":")
        command: click.Command = getattr(import_module(module), attribute)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Verbs"):
            formatter.write_dl([(name, text) for name, (_, text) in VERBS.items()])


@click.group(
    cls=Verbs,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Example: scopewatch run --config /etc/scopewatch.toml",
)
@click.version_option(version("scopewatch"), prog_name="scopewatch")
@click.option(
    "--config",
    type=click.Path(path_type=Path),
    help="The configuration file (else SCOPEWATCH_CONFIG, else ./scopewatch.toml, else defaults).",
)
def cli(config: Path | None) -> None:
    """The ledger of who uses Japan's national identifiers, since when, and against which promise."""
    if config is not None:
        os.environ["SCOPEWATCH_CONFIG"] = str(config)


def main() -> None:
    """Run one verb; an error that scopewatch raises on purpose becomes one line and its exit status.

    So does what the machine denies: a full disk, a store that may not be written.
    """
    from data.errors import ScopewatchError

    try:
        with interrupts.in_order():
            cli()
    except interrupts.Ended as ended:
        with suppress(OSError):
            sys.stdout.flush()
        interrupts.at_once(ended.number)
    except ScopewatchError as error:
        click.echo(f"scopewatch: {' '.join(str(error).split())}", err=True)
        sys.exit(error.exit_status)
    except BrokenPipeError:
        # The reader went away (`| head`); Python would complain again while closing stdout.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except Exception as error:
        from data.machine import denied, status_of

        if (told := denied(error)) is None:
            raise
        click.echo(f"scopewatch: {told}", err=True)
        sys.exit(status_of(error))


if __name__ == "__main__":
    main()
