"""`scopewatch` as a user meets it: fast help, every verb with an example, one line per error."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
from pathlib import Path

import click
import pytest

import scopewatch

COMMAND = [sys.executable, "-m", "scopewatch"]


def call(*words: str, cwd: Path, text: str | bytes = b"") -> subprocess.CompletedProcess[bytes]:
    data = text.encode() if isinstance(text, str) else text
    environment = {
        key: value for key, value in os.environ.items() if not key.startswith("SCOPEWATCH_")
    }
    return subprocess.run(
        [*COMMAND, *words],
        cwd=cwd,
        input=data,
        capture_output=True,
        check=False,
        env=environment,
        timeout=110,
    )


def verbs() -> list[tuple[str, click.Command]]:
    """Every verb and every verb below a group, as the words a user types."""
    found: list[tuple[str, click.Command]] = []

    def walk(words: str, command: click.Command) -> None:
        found.append((words, command))
        if isinstance(command, click.Group):
            for name in command.commands:
                walk(f"{words} {name}", command.commands[name])

    for verb, (target, _) in scopewatch.VERBS.items():
        module, _, attribute = target.partition(":")
        walk(verb, getattr(importlib.import_module(module), attribute))
    return found


def test_help_lists_every_verb_and_imports_nothing_heavy() -> None:
    program = (
        "import sys, scopewatch\n"
        "try:\n    scopewatch.cli(['--help'])\nexcept SystemExit:\n    pass\n"
        "heavy = {'spacy', 'scrapy', 'datasette', 'sklearn', 'twisted', 'pydantic'} & set(sys.modules)\n"
        "sys.exit(f'imported {heavy}' if heavy else 0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, check=False, text=True
    )
    assert done.returncode == 0, done.stderr
    for verb in scopewatch.VERBS:
        assert f"\n  {verb} " in done.stdout


@pytest.mark.parametrize(("words", "command"), verbs(), ids=[words for words, _ in verbs()])
def test_every_verb_explains_itself_with_an_example(words: str, command: click.Command) -> None:
    context = click.Context(command, info_name=f"scopewatch {words}")
    assert command.help, f"{words}: no sentence"
    assert f"scopewatch {words.split()[0]}" in (command.epilog or ""), f"{words}: no example"
    assert command.get_help(context)


def test_an_unknown_verb_is_a_usage_error(tmp_path: Path) -> None:
    done = call("watch", cwd=tmp_path)
    assert done.returncode == 2
    assert b"No such command" in done.stderr


def test_a_wrong_configuration_is_one_line_and_exit_status_2(tmp_path: Path) -> None:
    (tmp_path / "scopewatch.toml").write_text("colour = 1\n", encoding="utf-8")
    done = call("ledger", "update", cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.decode().startswith("scopewatch: scopewatch.toml: colour:")
    assert len(done.stderr.decode().strip().splitlines()) == 1


BAD_INPUT = {
    "missing": None,
    "empty": b"",
    "binary": bytes(range(256)) * 40,
    "wrong json": b'{"id": 1, \n[',
}
FILE_VERBS = (("feed",), ("extract",), ("classify",), ("evaluate",))


BAD_CALLS = [
    (words, kind)
    for words in FILE_VERBS
    for kind in BAD_INPUT
    # A text that is not JSON is still a text that can be extracted.
    if (words, kind) != (("extract",), "wrong json")
]


@pytest.mark.parametrize(("words", "kind"), BAD_CALLS, ids=lambda value: str(value))
def test_a_bad_file_is_one_clear_line_and_no_traceback(
    tmp_path: Path, words: tuple[str, ...], kind: str
) -> None:
    path = tmp_path / "input.bin"
    content = BAD_INPUT[kind]
    if content is not None:
        path.write_bytes(content)
    done = call(*words, str(path), cwd=tmp_path)
    stderr = done.stderr.decode("utf-8", "replace")
    assert done.returncode == 2, (done.stdout, stderr)
    assert "Traceback" not in stderr
    assert len(stderr.strip().splitlines()) == 1, stderr
    assert "input.bin" in stderr


@pytest.mark.parametrize("words", FILE_VERBS, ids=lambda words: words[0])
def test_a_directory_is_one_clear_line(tmp_path: Path, words: tuple[str, ...]) -> None:
    done = call(*words, str(tmp_path), cwd=tmp_path)
    assert done.returncode == 2
    assert b"Traceback" not in done.stderr
