"""Where the table, the ledger and the assessments disagree: the verb `gaps` on the real states of 番号法."""

from __future__ import annotations

import json
import tarfile
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from crawler.registries_commands import gaps
from crawler.statutes_commands import statutes
from data.config import load_config
from data.store.connection import open_store
from data.store.ledger import update_ledger
from tests.data.record import add_sources, record

LAW = "425AC0000000027"
TAX = """個人住民税に関する事務　全項目評価書
評価書番号
7
評価実施機関名
青葉市長
公表日
令和6年3月1日
システムの名称
税務システム
４．個人番号の利用
法令上の根拠
番号法第９条第１項　別表第一の１６の項
"""
LIBRARY = """図書館の貸出に関する事務　基礎項目評価書
評価書番号: 12
公表日: 2025年7月1日
システムの名称: 図書館情報システム
個人番号の利用
法令上の根拠
番号法第9条第1項 別表の300の項、1の項
"""


@pytest.fixture
def place(shared_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A store with three real states of 番号法: before and after the merge of 2024-05-27, and the last one."""
    (tmp_path / "scopewatch.toml").write_text('[store]\ndirectory = "var"\n')
    monkeypatch.setenv("SCOPEWATCH_CONFIG", str(tmp_path / "scopewatch.toml"))
    monkeypatch.setenv("SCOPEWATCH_NOW", "2026-01-10T07:00+09:00")
    laws = tmp_path / "laws"
    laws.mkdir()
    days = ("20240301", "20240527_505AC0000000048", "20251212")
    with tarfile.open(shared_data / "laws" / "md" / f"{LAW}.tar.xz") as archive:
        for member in archive:
            name = Path(member.name).name
            if any(name.startswith(f"{LAW}_{day}") for day in days):
                file = archive.extractfile(member)
                assert file is not None
                (laws / name).write_bytes(file.read())
    assert CliRunner().invoke(statutes, ["import", str(laws)]).exit_code == 0
    return tmp_path


def call(place: Path, *reports: str) -> tuple[list[dict[str, Any]], Result]:
    paths = []
    for number, text in enumerate(reports):
        path = place / f"{number}.txt"
        path.write_text(text)
        paths.append(str(path))
    result = CliRunner().invoke(gaps, paths)
    return [json.loads(line) for line in result.stdout.splitlines()], result


def test_uses_without_reports_and_reports_without_uses(place: Path) -> None:
    """181 rows; 別表第一 16 of 2024-03-01 (地方税法) is 別表 24 today, with the same words."""
    found, result = call(place, TAX, LIBRARY)
    assert result.exit_code == 0
    kinds = Counter(gap["gap"] for gap in found)
    assert kinds == {"no_assessment": 179, "not_in_table": 1}
    missing = {gap["item"] for gap in found if gap["gap"] == "no_assessment"}
    assert not missing & {"1", "24"}
    [lost] = [gap for gap in found if gap["gap"] == "not_in_table"]
    assert (lost["item"], lost["by"], lost["kind"]) == ("300", "", "basic")
    # The register's address is unproven: what is missing is missing among these reports.
    assert {gap["register"] for gap in found} == {"off"}
    assert "2 assessments of 1 bodies, table of 2025-12-12" in result.stderr
    assert "register is not read (ppc_pia_search: unverified URL)" in result.stderr


def test_a_report_older_than_the_amendment_of_its_row(place: Path) -> None:
    """健康保険 (row 1) gained the registration of doctors on 2024-05-27."""
    old = TAX.replace("１６の項", "１の項").replace("個人住民税", "健康保険")
    found, _ = call(place, old)
    [stale] = [gap for gap in found if gap["gap"] == "older_than_amendment"]
    assert (stale["item"], stale["published"]) == ("1", "2024-03-01")
    fresh = LIBRARY.replace("300の項、", "")
    found, _ = call(place, old, fresh)
    assert [gap for gap in found if gap["gap"] == "older_than_amendment"] == []


def test_a_use_of_the_ledger_beside_the_table_lacks_its_report(place: Path) -> None:
    with open_store(load_config()) as store:
        add_sources(store)
        for system, sector in (("libraries", "other"), ("casinos", "other"), ("local_tax", "tax")):
            record(store, system, "adopted", system=system, sector=sector, identifier="number")
        record(store, "card", "adopted", system="libraries", sector="other")
        update_ledger(store)
    found, _ = call(place)
    assert [gap["use_case"] for gap in found if gap["use_case"]] == [
        "casinos:number",
        "libraries:number",
    ]
    found, _ = call(place, LIBRARY)
    assert [gap["use_case"] for gap in found if gap["use_case"]] == ["casinos:number"]


def test_a_report_that_cannot_be_read_is_named_and_the_others_count(place: Path) -> None:
    found, result = call(place, TAX, "花火大会のお知らせ", "")
    assert Counter(gap["gap"] for gap in found) == {"no_assessment": 180}
    assert "1.txt: has no" in str(result.exception)
    assert "2.txt: the answer is empty" in str(result.exception)
