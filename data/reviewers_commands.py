"""The verb `reviewers`: who may sign in to the pages and review there."""

from __future__ import annotations

import json
import sys

import click

from data.config import load_config
from data.store.connection import open_store
from data.store.reviewers import add_reviewer, remove_reviewer, reviewers


@click.group(name="reviewers", epilog="Example: scopewatch reviewers add tsuru")
def reviewers_group() -> None:
    """Say who may review in the browser (`scopewatch browse --review`)."""


@reviewers_group.command(epilog="Example: scopewatch reviewers add tsuru < password.txt")
@click.argument("name")
@click.option(
    "--plugin",
    is_flag=True,
    help="No password: a sign-in plugin of Datasette vouches for this actor id.",
)
def add(name: str, plugin: bool) -> None:
    """Add NAME, or change its password, which ends its sessions; asks for it, or reads it from a pipe."""
    password = None if plugin else _password()
    with open_store(load_config()) as store:
        add_reviewer(store, name, password)
    click.echo(json.dumps({"reviewer": name, "signs_in_by": "plugin" if plugin else "password"}))


@reviewers_group.command(name="list", epilog="Example: scopewatch reviewers list")
def list_reviewers() -> None:
    """Print the reviewers as JSON lines, without their passwords."""
    with open_store(load_config()) as store:
        for row in reviewers(store.private):
            click.echo(json.dumps(row, ensure_ascii=False))


@reviewers_group.command(epilog="Example: scopewatch reviewers remove tsuru")
@click.argument("name")
def remove(name: str) -> None:
    """Let NAME review no more, at once; what it reviewed stays."""
    with open_store(load_config()) as store:
        remove_reviewer(store, name)
    click.echo(json.dumps({"reviewer": name, "removed": True}))


def _password() -> str:
    if sys.stdin.isatty():
        return str(click.prompt("Password", hide_input=True, confirmation_prompt=True))
    return sys.stdin.readline().rstrip("\r\n")
