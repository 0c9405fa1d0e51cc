"""The house rules that no linter holds: imports, SQL, and what must never be committed."""

from __future__ import annotations

import ast
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("crawler", "classifier", "data", "alerts")
MODULES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))


def committed() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if listed.returncode:
        pytest.skip("not a git checkout")
    return [ROOT / name for name in listed.stdout.decode().split("\0") if name]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_opens_with_a_sentence_and_never_imports_the_front_door(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert ast.get_docstring(tree), "a module opens with one sentence that says what it is for"
    for node in ast.walk(tree):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module or ""]
        assert "scopewatch" not in {name.split(".")[0] for name in names}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_nothing_is_imported_inside_a_function(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for function in ast.walk(tree):
        if isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)):
            inside = [
                node
                for node in ast.walk(function)
                if isinstance(node, (ast.Import, ast.ImportFrom))
            ]
            assert not inside, f"{function.name} imports inside (only scopewatch.py may)"


def test_only_the_store_the_schema_and_the_pages_know_sql() -> None:
    knows = re.compile(
        r"\b(SELECT\s.+\sFROM|INSERT\s+INTO|UPDATE\s+\w+\s+SET|DELETE\s+FROM|CREATE\s+TABLE)\b",
        re.S,
    )
    allowed = ("data/store/", "data/schema/", "data/browse/")
    for path in MODULES:
        name = path.relative_to(ROOT).as_posix()
        if not name.startswith(allowed):
            assert not knows.search(path.read_text(encoding="utf-8")), name


def test_no_commit_names_a_registry_or_a_machine() -> None:
    host = "files." + "pythonhosted.org"
    path_of_a_machine = re.compile(
        r"(?<![\w.])/(work|farm)/\w|" + re.escape(host) + r"|--(extra-)?index-url\s"
    )
    for path in committed():
        if path.suffix in {".png", ".gz", ".npz"} or not path.is_file():
            continue
        found = path_of_a_machine.search(path.read_text(encoding="utf-8", errors="replace"))
        assert not found, f"{path.relative_to(ROOT)}: {found and found.group(0)}"


def test_the_locks_pin_every_package_by_hash() -> None:
    for name in ("requirements.lock", "requirements-dev.lock"):
        text = (ROOT / name).read_text(encoding="utf-8")
        for entry in re.split(r"\n(?=\S)", text.strip()):
            assert re.match(r"[\w.\-]+(\[[\w,-]+\])?==\S+", entry), entry[:60]
            assert "--hash=sha256:" in entry, entry[:60]
