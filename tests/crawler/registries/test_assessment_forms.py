"""Assessment reports in the files they come in, and the way in which an operator turns the register on."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import docx
import openpyxl
import pytest

from crawler.registries.assessment_lists import read_list
from crawler.registries.assessments import assessment_of, read_report
from data.errors import Blocked, LayoutChanged
from tests.crawler.registries import registry_pages as pages
from tests.crawler.web import Place, Web, serving

COVER = [
    ["特定個人情報保護評価書（基礎項目評価書）"],
    ["評価書番号", "評価書名"],
    [12, "花火手当に関する事務　基礎項目評価書"],
    ["評価実施機関名"],
    ["青葉市長"],
    ["公表日", "令和7年3月31日"],
]
FORM = [
    ["Ⅰ　関連情報"],
    ["①事務の名称", "花火手当に関する事務"],
    ["③システムの名称", "花火手当システム"],
    ["③他のシステムとの接続", "[　○　]", "情報提供ネットワークシステム", "[　　　]", "庁内連携システム"],
    ["３．個人番号の利用"],
    ["法令上の根拠", "番号法第９条第１項　別表の５６の項"],
    ["４．情報提供ネットワークシステムによる情報連携"],
]  # fmt: skip


def excel() -> bytes:
    book = openpyxl.Workbook()
    first = book.active
    assert first is not None
    first.title = "表紙"
    for row in COVER:
        first.append(row)
    second = book.create_sheet("基礎項目")
    for row in FORM:
        second.append(row)
    packed = io.BytesIO()
    book.save(packed)
    return packed.getvalue()


def word() -> bytes:
    document = docx.Document()
    for rows in (COVER, FORM):
        table = document.add_table(rows=0, cols=5)
        for row in rows:
            cells = table.add_row().cells
            for cell, value in zip(cells, row, strict=False):
                cell.text = str(value)
    packed = io.BytesIO()
    document.save(packed)
    return packed.getvalue()


def page(tag: str) -> bytes:
    rows = "".join(
        f"<tr>{''.join(f'<{tag}>{cell}</{tag}>' for cell in row)}</tr>" for row in (*COVER, *FORM)
    )
    return f"<html><head><meta charset='utf-8'><title>評価書</title></head><body><main><table>{rows}</table></main></body></html>".encode()


@pytest.mark.parametrize("body", [excel(), word(), page("td")], ids=["Excel", "Word", "HTML"])
def test_a_form_is_read_from_each_kind_of_file(body: bytes) -> None:
    report = read_report(body, "form")
    assert (report.number, report.body, report.kind) == ("12", "青葉市長", "basic")
    assert report.title.startswith("花火手当に関する事務")
    assert (report.published, report.items) == (date(2025, 3, 31), ("56",))
    assert report.systems == ("花火手当システム",)
    assert report.links == ("情報提供ネットワークシステム",)


@pytest.mark.parametrize(
    ("written", "links"),
    [
        ("[　○　]情報提供ネットワークシステム　[　　]庁内連携システム", ("情報提供ネットワークシステム",)),
        ("［◯］情報提供ネットワークシステム\n［ ］庁内連携システム", ("情報提供ネットワークシステム",)),
        ("☑情報提供ネットワークシステム　☐庁内連携システム", ("情報提供ネットワークシステム",)),
        ("■情報提供ネットワークシステム　□庁内連携システム　■宛名システム等", ("情報提供ネットワークシステム", "宛名システム等")),
    ],
)  # fmt: skip
def test_ticks_in_any_plausible_writing(written: str, links: tuple[str, ...]) -> None:
    text = (
        f"花火手当に関する事務　基礎項目評価書\n評価書番号\n12\n他のシステムとの接続\n{written}\n"
    )
    assert assessment_of(text, "x").links == links


COLUMNS = ("評価書番号", "評価書名", "評価実施機関", "評価書種別", "公表日", "評価書")
ROWS = [
    ("12", "花火手当に関する事務", "青葉市長", "基礎項目", "令和7年3月31日", "/files/12.pdf"),
    ("１３", "大玉税に関する事務　全項目評価書", "若葉町長", "全項目評価", "2025/04/01", "/files/13.xlsx"),
]  # fmt: skip


def listing(order: tuple[int, ...] = (0, 1, 2, 3, 4, 5), heading: str = "th") -> bytes:
    head = "".join(f"<{heading}>{COLUMNS[i]}</{heading}>" for i in order)
    rows = ""
    for row in ROWS:
        cells = [*row[:5], f'<a href="{row[5]}">表示</a>']
        rows += f"<tr>{''.join(f'<td>{cells[i]}</td>' for i in order)}</tr>"
    return (
        f"<html><body><h1>検索結果</h1><table><tr>{head}</tr>{rows}</table></body></html>".encode()
    )


@pytest.mark.parametrize("order", [(0, 1, 2, 3, 4, 5), (5, 4, 3, 2, 1, 0), (2, 1, 3, 4, 5, 0)])
def test_a_list_of_reports_is_read_by_its_columns_names(order: tuple[int, ...]) -> None:
    first, second = read_list(listing(order), "https://pia.example.jp/list")
    assert (first.title, first.url) == (
        "花火手当に関する事務 基礎項目評価書 青葉市長",
        "https://pia.example.jp/files/12.pdf",
    )
    assert second.title == "大玉税に関する事務　全項目評価書 若葉町長"
    assert [one.published.raw if one.published else "" for one in (first, second)] == [
        "令和7年3月31日",
        "2025/04/01",
    ]


def test_the_search_form_in_the_place_of_its_results_is_told() -> None:
    form = "<html><body><form><table><tr><th>評価実施機関</th><td><input></td></tr></table></form></body></html>"
    with pytest.raises(LayoutChanged, match="search form"):
        read_list(form.encode(), "https://pia.example.jp/search")
    with pytest.raises(Blocked):
        read_list(pages.SORRY, "https://pia.example.jp/search")


@pytest.fixture
def web() -> Iterator[Web]:
    found = Web()
    with serving(found) as found.host:
        yield found


def test_the_operators_way_copy_the_file_and_try_it(web: Web, tmp_path: Path) -> None:
    """docs/registries.md, "Turning the register on", with the register on loopback."""
    web.put("/list.html", listing())
    web.put("/files/13.xlsx", excel(), content_type="application/octet-stream")
    web.put("/files/12.pdf", "gone", status=404)
    place = Place(tmp_path)
    shipped = Path(__file__).resolve().parents[3] / "crawler" / "sources" / "ppc_pia_search.yml"
    own = tmp_path / "sources" / "ppc_pia_search.yml"
    own.parent.mkdir()
    kept = [
        line
        for line in shipped.read_text(encoding="utf-8").splitlines()
        if not line.startswith(("enabled:", "disabled_reason:"))
    ]
    text = "\n".join(kept).replace("evidence: unverified", "evidence: seen")
    own.write_text(
        text.replace(
            "https://www.ppc.go.jp/mynumber/evaluationSearch/", f"http://{web.host}/list.html"
        )
    )
    place.hosts.append(web.host)
    place.configure()

    tried = subprocess.run(
        [sys.executable, "-m", "scopewatch", "sources", "try", str(own)],
        env=place.environment(),
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert "2 items" in tried.stderr, tried.stderr
    titles = [json.loads(line)["title"] for line in tried.stdout.splitlines()]
    assert titles[0] == "花火手当に関する事務 基礎項目評価書 青葉市長"
