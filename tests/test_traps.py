"""docs/traps.md names modules and tests: each exists, so that the table cannot promise what is gone."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
ROWS = [
    line
    for line in (ROOT / "docs" / "traps.md").read_text(encoding="utf-8").splitlines()
    if line.startswith("| ") and "`" in line
]


@cache
def _tests_in(path: Path) -> frozenset[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.split("|")[1].strip()[:40])
def test_what_a_row_names_exists(row: str) -> None:
    *_, where, shown, _ = row.split("|")
    modules = re.findall(r"`([\w/]+\.py)`", where)
    assert modules or "not here" in where
    for module in modules:
        folder = ROOT if module.startswith("data/") else ROOT / "crawler"
        assert (folder / module).is_file(), module
    named = re.findall(r"`([\w/]+\.py)::(\w+)`", shown)
    assert named
    for file, test in named:
        assert test in _tests_in(ROOT / "tests" / file), f"{file}::{test}"


def test_every_format_trap_has_its_row() -> None:
    numbers = [
        int(n) for row in ROWS for n in re.findall(r"\d+", row.split("|")[1]) if row.count("|") == 5
    ]
    assert sorted(numbers) == list(range(1, 43))
