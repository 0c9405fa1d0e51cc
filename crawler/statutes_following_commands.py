"""The verbs that keep the laws up to date: `statutes update`, `publish` and `follow`."""

from __future__ import annotations

import json
import sys
from collections import Counter
from dataclasses import asdict
from datetime import timedelta
from time import sleep
from typing import Any

import click

from crawler.catalogue import save_catalogue
from crawler.fetch import Fetched, fetch
from crawler.settings import user_agent
from crawler.statutes.api import LawApi
from crawler.statutes.bulk import AskedToWait, BulkLists, bulk_address
from crawler.statutes.following import Imported
from crawler.statutes.manners import body_of, obeying, paced, patient
from crawler.statutes.publishing import publish
from crawler.statutes.reader import Reading
from crawler.statutes.updating import update as update_laws
from crawler.statutes.views import day_named, today
from crawler.turns import Turns
from data.clock import from_text, now, to_text
from data.config import Config, load_config
from data.errors import ConfigError, ScopewatchError, SourceError
from data.statute_findings import SOURCE
from data.statute_report import counts
from data.statute_watch import law_id_of, watch_list
from data.statutes import LAW_ID
from data.store.connection import Store, open_store
from data.store.runs import finish_run, last_success, last_summary, start_run

FOLLOW = "statutes follow"
A_DAY = timedelta(hours=20)
"""Less than 24 hours, so that a daily cron job that starts a minute early still counts as the next day."""

A_YEAR = timedelta(days=366)
TEXTS_A_DAY = 20


@click.command(epilog="Example: scopewatch statutes update 番号法 --since 2025-12-13")
@click.argument("laws", nargs=-1, metavar="[LAW]...")
@click.option("--since", help="Fetch no texts of earlier days (default: a year back).")
@click.option(
    "--at-most", default=20, show_default=True, type=click.IntRange(1), help="Texts per law."
)
@click.option(
    "--api",
    envvar="SCOPEWATCH_LAW_API",
    help="Address of e-Gov's law API v2, or of a server that stands in for it.",
)
@click.option(
    "--poll", is_flag=True, help="Ask for each law's revisions, whatever the days' lists say."
)
def update(
    laws: tuple[str, ...], since: str | None, at_most: int, api: str | None, *, poll: bool
) -> None:
    """Ask e-Gov for new and scheduled revisions of the followed laws, and fetch the texts that are missing.

    Without LAW: the six laws that are always followed and those of `[laws]` in scopewatch.toml.

    First come the lists of the bulk download, one request for each day since the last update: they say which
    laws changed, and bring their texts. A law is asked for itself on the first run, after a gap of more than
    two weeks, once a week, and whenever a list cannot be read.
    """
    config = load_config()
    client = law_api(config, api or config.laws.api)
    start = day_named(since) if since else today() - A_YEAR
    with open_store(config) as store:
        wanted = [followed(law) for law in laws] or law_ids(config)
        done = update_laws(store, client, wanted, since=start, at_most=at_most, poll=poll)
    finish(done, SourceError)


@click.command("follow", epilog="Example: scopewatch statutes follow --json")
@click.option("--json", "as_json", is_flag=True, help="Print the counts as one JSON object.")
def follow(as_json: bool) -> None:
    """Update and publish once a day: the step of the main job. Exit status 1 when e-Gov did not answer well.

    With `follow = false` under `[laws]`, when it was done within the day, or while e-Gov has asked to wait, it
    does nothing and says so.
    """
    config = load_config()
    with open_store(config) as store:
        before = last_success(store, FOLLOW)
        wait = last_summary(store, FOLLOW).get("wait_until")
        if not config.laws.follow:
            counted: dict[str, Any] = {"skipped": "laws.follow is false"}
        elif wait and now() < from_text(wait):
            counted = {"skipped": f"e-Gov asked to wait until {wait}"}
        elif before is not None and now() - before < A_DAY:
            counted = {"skipped": "done within the day"}
        else:
            counted = followed_now(store, config)
    click.echo(json_line(counted) if as_json else ", ".join(f"{k} {v}" for k, v in counted.items()))
    sys.exit(1 if counted.get("failed") else 0)


def followed_now(store: Store, config: Config) -> dict[str, Any]:
    """Update all followed laws, publish what changed, and note the run."""
    run = start_run(store, FOLLOW)
    client = law_api(config, config.laws.api)
    since = today() - A_YEAR
    done = update_laws(store, client, law_ids(config), since=since, at_most=TEXTS_A_DAY)
    save_catalogue(store, config, SOURCE)
    published = asdict(publish(store, since, today(), now()))
    counted = {"laws": len(done.laws), "failed": len(done.failed), **published}
    waits = [r.error.until for r in done.failed if isinstance(r.error, AskedToWait)]
    if until := max((one for one in waits if one), default=None):
        counted["wait_until"] = to_text(until)
    finish_run(store, run, 1 if done.failed else 0, counted)
    return counted


def law_ids(config: Config) -> list[str]:
    """The laws that are always followed, and those that the configuration adds."""
    return [*(law.id for law in watch_list().laws), *(followed(law) for law in config.laws.also)]


def law_api(config: Config, base: str) -> LawApi:
    """A client that pauses between requests; raises `ConfigError` where nobody answers for the requests."""
    if config.contact is None and not config.crawl.allow_hosts:
        raise ConfigError("contact: found nothing; without it no request leaves this machine")
    agent, turns = user_agent(config), Turns(config)

    def get(url: str) -> Fetched:
        return fetch(url, config, user_agent=agent, turns=turns, any_status=True)

    def rules(url: str) -> tuple[int, bytes]:
        found = get(url)
        return found.status, found.body

    ask = paced(obeying(patient(get), rules, sleep), sleep)

    def listed(url: str) -> tuple[int, bytes]:
        found = ask(url)
        return found.status, found.body

    return LawApi(
        lambda url: body_of(ask(url)), base.rstrip("/"), BulkLists(listed, bulk_address(base))
    )


@click.command("publish", epilog="Example: scopewatch statutes publish --since 2024-05-27")
@click.option("--since", help="Changes that take effect from this day on (default: a year back).")
def publish_changes(since: str | None) -> None:
    """Hand what the kept laws opened to the ledger, one document per revision; scheduled ones as planned."""
    config = load_config()
    start = day_named(since) if since else today() - A_YEAR
    with open_store(config) as store:
        save_catalogue(store, config, SOURCE)
        done = publish(store, start, today(), now())
    click.echo(json_line(asdict(done)))


def followed(name: str) -> str:
    """The id of a law to follow: any law id of e-Gov, or a name of the list."""
    return name if LAW_ID.fullmatch(name) else law_id_of(name)


def finish(done: Imported, failure: type[ScopewatchError]) -> None:
    """Print what an import or update did; raises `failure` when something failed, after the rest is kept."""
    for failed in done.failed:
        click.echo(json_line({"file": failed.name, "error": str(failed.error)}), err=True)
    total: Counter[str] = Counter()
    for found in done.diffs:
        total["empty"] += found.empty
        total.update({key: n for key, n in counts(found).items() if key != "empty"})
    click.echo(
        json_line(
            {
                "files": done.files,
                "laws": sorted(done.laws),
                "new_revisions": done.new_revisions,
                "new_texts": done.new_texts,
                "states_compared": len(done.diffs),
                "states_without_change": total.pop("empty", 0),
                "changes": dict(total),
                "failed": len(done.failed),
            }
        )
    )
    if done.failed:
        raise failure(_failure(done.failed, done.files))


def _failure(failed: list[Reading], files: int) -> str:
    if files == 1:
        return str(failed[0].error)
    return f"{len(failed)} of {files} files could not be read; the first: {failed[0].error}"


def json_line(value: object) -> str:
    """One line of JSON, Japanese as it is, dates in ISO form."""
    return json.dumps(value, ensure_ascii=False)
