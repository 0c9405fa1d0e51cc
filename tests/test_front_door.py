"""`scopewatch` as a user meets it: fast help, every verb with an example, one line per error."""

from __future__ import annotations

import importlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import click
import pytest

import scopewatch
from data import interrupts

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


@pytest.mark.parametrize(
    ("number", "status", "said"),
    [
        (signal.SIGINT, 130, b"scopewatch: interrupted\n"),
        (signal.SIGTERM, -signal.SIGTERM, b"scopewatch: ended by SIGTERM\n"),
        (signal.SIGHUP, -signal.SIGHUP, b""),
    ],
)
@pytest.mark.parametrize("importing", [True, False])
def test_a_signal_ends_a_verb_with_one_line_also_while_it_is_imported(
    tmp_path: Path, importing: bool, number: signal.Signals, status: int, said: bytes
) -> None:
    # In small pieces: a signal that comes just before one long sleep is heard after it.
    waits = "print('there', flush=True)\nimport time\nwhile True:\n    time.sleep(0.05)\n"
    module = tmp_path / ("click.py" if importing else "rich.py")  # `python -m` looks here first
    module.write_text(waits, encoding="utf-8")
    with subprocess.Popen(
        [*COMMAND, "sources", "list"], cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        preexec_fn=lambda: [signal.signal(one, signal.SIG_DFL) for one in (number, signal.SIGINT)],
    ) as process:  # fmt: skip
        assert process.stdout is not None
        assert process.stdout.readline() == b"there\n"
        process.send_signal(number)
        assert (process.wait(30), process.stderr and process.stderr.read()) == (status, said)


def test_a_verb_that_a_verb_began_ends_with_it(tmp_path: Path) -> None:
    """`scopewatch run` hears Ctrl-C alone, and its stage has time to put its work down."""
    stage = (
        "import signal, sys, time\n"
        "from data import interrupts\n"
        "interrupts.install()\n"
        "try:\n"
        "    with interrupts.in_order():\n"
        "        open(sys.argv[1], 'w').close()\n"
        "        while True: time.sleep(0.05)\n"
        "except interrupts.Ended as ended:\n"
        "    open(sys.argv[2], 'w').close(); interrupts.at_once(ended.number)\n"
    )
    own = (
        "import sys\nfrom data import interrupts, own_command\n"
        "interrupts.install()\n"
        "with interrupts.in_order():\n"
        "    own_command.call(['-c', sys.argv[1], *sys.argv[2:]])\n"
    )
    begun, ended = tmp_path / "begun", tmp_path / "ended"
    with subprocess.Popen(
        [sys.executable, "-c", own, stage, str(begun), str(ended)], start_new_session=True,
        preexec_fn=lambda: [signal.signal(one, signal.SIG_DFL) for one in interrupts.LINES],
    ) as process:  # fmt: skip
        while not begun.exists() and process.poll() is None:
            time.sleep(0.02)
        os.killpg(process.pid, signal.SIGINT)
        assert process.wait(30) == 130
    assert ended.exists()
