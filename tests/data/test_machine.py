"""What a machine denies is one line that says what to do; a bug stays a bug."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from data.machine import denied


def test_a_database_that_another_program_holds(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    other = sqlite3.connect(path, isolation_level=None, timeout=0)
    with pytest.raises(sqlite3.OperationalError) as caught:
        other.execute("BEGIN IMMEDIATE")
    holder.close()
    other.close()
    assert "another program holds it" in (denied(caught.value) or "")


def test_a_bug_is_nothing_that_a_machine_denies() -> None:
    database = sqlite3.connect(":memory:")
    with pytest.raises(sqlite3.OperationalError) as caught:
        database.execute("SELECT * FROM nowhere")
    database.close()
    assert denied(caught.value) is None
    assert denied(FileNotFoundError(2, "No such file or directory", "x")) is None
    assert denied(ValueError("x")) is None


def test_a_full_disk_is_one_line() -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "scopewatch", "sources", "list"],
            stdout=full, stderr=subprocess.PIPE, text=True, timeout=60, check=False,
        )  # fmt: skip
    assert done.returncode == 1
    [line] = done.stderr.splitlines()
    assert line == "scopewatch: No space left on device; free some room and run it again"
