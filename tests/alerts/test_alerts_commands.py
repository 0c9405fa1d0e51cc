"""The verbs digest and outbox, as a person calls them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from alerts.commands import digest, outbox
from data.config import Config
from data.errors import UsageError
from data.store.connection import Store
from data.store.subscriptions import suspend
from tests.alerts.world import MONDAY, PROMISE, TURN, open_world, tell


@pytest.fixture
def desk(store: Store, config: Config, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A configuration with two subscribers, in the present directory."""
    open_world(store)
    tell(store, PROMISE, TURN)
    (config.base / "scopewatch.toml").write_text(
        '[[subscribers]]\nname = "a"\n[[subscribers]]\nname = "b"\nlanguage = "en"\n',
        encoding="utf-8",
    )
    monkeypatch.chdir(config.base)
    monkeypatch.delenv("SCOPEWATCH_CONFIG", raising=False)
    monkeypatch.setenv("SCOPEWATCH_NOW", MONDAY.isoformat())
    return config.base


def call(group: object, *words: str) -> Result:
    done = CliRunner().invoke(group, list(words))  # type: ignore[arg-type]
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done


@pytest.mark.parametrize("form", ["text", "markdown", "html", "slack"])
def test_preview_in_every_form_writes_nothing(desk: Path, store: Store, form: str) -> None:
    done = call(digest, "--preview", "--format", form, "--lang", "en")
    assert "is now “considered”" in done.output
    assert store.private.table("digests").count == 0
    if form == "slack":
        assert json.loads(done.output)["blocks"][0]["type"] == "header"


def test_a_subscriber_is_chosen_by_name(desk: Path) -> None:
    assert "What changed" in call(digest, "--preview", "--subscriber", "b").output
    with pytest.raises(UsageError, match="no subscriber 'c'; known: a, b"):
        call(digest, "--preview", "--subscriber", "c")
    for words in ([], ["--preview", "--due"]):
        with pytest.raises(UsageError, match="either --preview or --due"):
            call(digest, *words)


def test_compose_send_list_retry_drop_resume(desk: Path, store: Store) -> None:
    assert json.loads(call(digest, "--due", "--json").output) == {"digests": 2}
    parts = [
        json.loads(line) for line in call(outbox, "list", "--state", "pending").output.splitlines()
    ]
    assert {part["subscriber"] for part in parts} == {"a", "b"}
    call(outbox, "drop", parts[0]["id"])
    assert json.loads(call(outbox, "send", "--json").output)["sent"] == 1
    assert "pending" in call(outbox, "retry", parts[0]["id"]).output
    assert json.loads(call(digest, "--due", "--send", "--json").output)["sent"] == 1
    with pytest.raises(UsageError, match="no part that waits"):
        call(outbox, "retry", parts[0]["id"])
    with pytest.raises(UsageError, match="name one part"):
        call(outbox, "retry")
    assert "0 parts" in call(outbox, "retry", "--dead").output
    with pytest.raises(UsageError, match="not suspended"):
        call(outbox, "resume", "a", "file")
    suspend(store, "a", "file", "test", MONDAY)
    assert "resumed" in call(outbox, "resume", "a", "file").output
