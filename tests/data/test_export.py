"""Exports: equal contents give equal bytes, and nothing can be changed without notice."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from data.browse.tables import load_metadata
from data.config import Config
from data.errors import InputError, UsageError
from data.export import (
    KEY_VARIABLE,
    TamperedError,
    make_key,
    public_key,
    signing_key,
    verify_export,
    write_export,
)
from data.store.connection import Store
from data.store.export import INTERNAL, TABLES
from data.store.ledger import save_baseline


@pytest.fixture
def key_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "export.key"
    make_key(path)
    monkeypatch.setenv(KEY_VARIABLE, str(path))
    return path


@pytest.fixture
def exported(store: Store, config: Config, key_file: Path, tmp_path: Path) -> Path:
    save_baseline(store)
    write_export(config.watch_db, tmp_path / "out", signing_key())
    return tmp_path / "out"


def test_an_untouched_export_verifies(exported: Path, key_file: Path) -> None:
    manifest = verify_export(exported, public_key(Path(f"{key_file}.pub")))
    names = {entry["name"]: entry["records"] for entry in manifest["files"]}
    assert names["use_cases.jsonl"] > 10
    assert "search_id" not in (exported / "findings.jsonl").read_text(encoding="utf-8")
    assert stat.S_IMODE(key_file.stat().st_mode) == 0o600


def test_the_manifest_names_every_column_that_cc0_does_not_cover(
    exported: Path, store: Store
) -> None:
    manifest = json.loads((exported / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["licence"].startswith("CC0-1.0 for the facts and labels")
    assert "Article 32" in manifest["licence"]
    files = {entry["name"] for entry in manifest["files"]}
    assert manifest["not_covered"]["findings.jsonl"] == ["evidence"]
    told = (Path(__file__).parents[2] / "docs" / "data.md").read_text(encoding="utf-8")
    for file, columns in manifest["not_covered"].items():
        assert file in files
        for column in columns:
            assert column in store.public[file.removesuffix(".jsonl")].columns_dict
            assert f".{column}`" in told, column


@pytest.mark.parametrize("change", ["edit", "remove", "add", "manifest", "other key", "signature"])
def test_any_change_is_noticed(exported: Path, key_file: Path, tmp_path: Path, change: str) -> None:
    key = public_key(Path(f"{key_file}.pub"))
    file = exported / "use_cases.jsonl"
    if change == "edit":
        file.write_bytes(file.read_bytes().replace(b"adopted", b"planned", 1))
    elif change == "remove":
        file.unlink()
    elif change == "add":
        (exported / "more.jsonl").write_text("{}\n")
    elif change == "manifest":
        path = exported / "manifest.json"
        path.write_bytes(path.read_bytes().replace(b'"records": 0', b'"records": 1', 1))
    elif change == "other key":
        make_key(tmp_path / "other.key")
        key = public_key(tmp_path / "other.key.pub")
    else:
        (exported / "manifest.json.sig").write_bytes(b"\x00junk")
    with pytest.raises(TamperedError):
        verify_export(exported, key)


def test_equal_contents_give_equal_bytes(exported: Path, config: Config, tmp_path: Path) -> None:
    write_export(config.watch_db, tmp_path / "again", None)
    for path in exported.glob("*.jsonl"):
        assert path.read_bytes() == (tmp_path / "again" / path.name).read_bytes()


def test_wrong_places_and_keys_are_one_clear_line(
    exported: Path, config: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(UsageError, match="not empty"):
        write_export(config.watch_db, exported, None)
    with pytest.raises(InputError, match="no database"):
        write_export(tmp_path / "none.db", tmp_path / "new", None)
    with pytest.raises(UsageError, match="never overwritten"):
        make_key(tmp_path / "export.key")
    with pytest.raises(UsageError, match="not a public key"):
        public_key(exported / "manifest.json")
    monkeypatch.setenv(KEY_VARIABLE, str(exported / "manifest.json"))
    with pytest.raises(UsageError, match="not a private key"):
        signing_key()
    monkeypatch.delenv(KEY_VARIABLE)
    with pytest.raises(UsageError, match=KEY_VARIABLE):
        signing_key()


def test_the_command_signs_and_verifies(
    store: Store, key_file: Path, tmp_path: Path, config: Config
) -> None:
    (tmp_path / "scopewatch.toml").write_text("", encoding="utf-8")
    environment = os.environ | {"SCOPEWATCH_CONFIG": str(tmp_path / "scopewatch.toml")}

    def scopewatch(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "scopewatch", *words],
            env=environment, capture_output=True, text=True, check=False,
        )  # fmt: skip

    out = str(tmp_path / "day")
    done = scopewatch("export", "write", "--sign", out)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["signed_by"].startswith("ed25519:")
    assert scopewatch("export", "verify", out, "--key", f"{key_file}.pub").returncode == 0
    (tmp_path / "day" / "events.jsonl").write_text("{}\n")
    done = scopewatch("export", "verify", out, "--key", f"{key_file}.pub")
    assert done.returncode == 1
    assert "events.jsonl is not what was signed" in done.stderr


def test_the_export_of_the_day_is_signed_and_written_once(
    store: Store, key_file: Path, tmp_path: Path
) -> None:
    (tmp_path / "scopewatch.toml").write_text("", encoding="utf-8")
    environment = os.environ | {
        "SCOPEWATCH_CONFIG": str(tmp_path / "scopewatch.toml"),
        "SCOPEWATCH_NOW": "2026-11-20T23:30:00+09:00",
    }

    def export(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "scopewatch", "export", *words],
            env=environment, capture_output=True, text=True, check=False,
        )  # fmt: skip

    done = export("--sign")
    assert done.returncode == 0, done.stderr
    day = tmp_path / "var" / "exports" / "2026-11-20"
    assert json.loads(done.stdout)["directory"] == str(day)
    assert export("verify", str(day), "--key", f"{key_file}.pub").returncode == 0
    again = export("--sign")
    assert again.returncode == 2
    assert "is not empty" in again.stderr
    assert export("verify", str(day), "--key", f"{key_file}.pub").returncode == 0
    environment.pop(KEY_VARIABLE)
    assert KEY_VARIABLE in export("--sign").stderr


def test_everything_that_datasette_shows_as_a_table_is_exported() -> None:
    shown = {
        name
        for name, about in load_metadata()["databases"]["watch"]["tables"].items()
        if not about.get("hidden")
    }
    views = {"evidence", "law_uses"}
    operations = {"source_runs", "issues", "rules"}
    assert shown - views - operations <= TABLES.keys()
    private = {"texts", "reviewers", "review_authors", "verdicts", "digests", "parts"}
    assert not private & TABLES.keys()


@pytest.mark.parametrize("table", TABLES)
def test_every_exported_field_is_documented(store: Store, table: str) -> None:
    text = (Path(__file__).parents[2] / "docs" / "data.md").read_text(encoding="utf-8")
    section = text.partition(f"\n## {table}\n")[2].partition("\n## ")[0]
    columns = {column.name for column in store.public.table(table).columns} - INTERNAL
    missing = sorted(name for name in columns if f"`{name}`" not in section)
    assert columns
    assert missing == []
