"""Office files: what they say, and those that are made to take all memory and time."""

import io
import subprocess
import sys
import zipfile
from pathlib import Path

import docx
import openpyxl
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from crawler.text import office, office_lines
from crawler.text.extract import extract
from crawler.text.office_guard import MAX_ELEMENTS

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
EXCEL = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
TYPE = "application/vnd.openxmlformats-officedocument"


def _archive(parts: dict[str, str]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
        archive.writestr("pad.png", bytes(n * n % 251 for n in range(200)) * 2_000, 0)
    return stream.getvalue()


def _types(**parts: str) -> str:
    overrides = "".join(
        f'<Override PartName="/{name}" ContentType="{TYPE}.{kind}"/>'
        for kind, name in parts.items()
    )
    default = '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    return f'<Types xmlns="{PACKAGE}/content-types">{default}{overrides}</Types>'


def _relations(kind: str, target: str) -> str:
    inner = f'<Relationship Id="r1" Type="{RELATION}/{kind}" Target="{target}"/>'
    return f'<Relationships xmlns="{PACKAGE}/relationships">{inner}</Relationships>'


def word(body: str, name: str = "word/document.xml") -> bytes:
    main = f'<w:document xmlns:w="{WORD}"><w:body>{body}</w:body></w:document>'
    types = _types(**{"wordprocessingml.document.main+xml": name})
    relations = _relations("officeDocument", name)
    parts = {"[Content_Types].xml": types, "_rels/.rels": relations, "word/document.xml": "<x/>"}
    return _archive(parts | {name: main})


def excel(rows: str, strings: str = "", name: str = "xl/sharedStrings.xml") -> bytes:
    book = '<sheets><sheet name="S" sheetId="1" r:id="r1"/></sheets>'
    kinds = {
        "spreadsheetml.sheet.main+xml": "xl/workbook.xml",
        "spreadsheetml.worksheet+xml": "xl/sheet1.xml",
        "spreadsheetml.sharedStrings+xml": name,
    }
    return _archive({
        "[Content_Types].xml": _types(**kinds),
        "_rels/.rels": _relations("officeDocument", "xl/workbook.xml"),
        "xl/workbook.xml": f'<workbook xmlns="{EXCEL}" xmlns:r="{RELATION}">{book}</workbook>',
        "xl/_rels/workbook.xml.rels": _relations("worksheet", "sheet1.xml"),
        "xl/sheet1.xml": f'<worksheet xmlns="{EXCEL}"><sheetData>{rows}</sheetData></worksheet>',
        name: f'<sst xmlns="{EXCEL}">{strings}</sst>',
    })  # fmt: skip


def _saved(made: object) -> bytes:
    stream = io.BytesIO()
    made.save(stream)  # type: ignore[attr-defined]
    return stream.getvalue()


def test_a_word_file_says_the_same_as_python_docx_reads() -> None:
    made = docx.Document()
    paragraph = made.add_paragraph("架空の")
    paragraph.add_run("通知\tその一").add_break()
    paragraph.add_run("次の行")
    link = (
        f"<w:hyperlink {nsdecls('w')}><w:r><w:t>リンク</w:t><w:noBreakHyphen/></w:r></w:hyperlink>"
    )
    paragraph._p.append(parse_xml(link))
    table = made.add_table(4, 3)
    for number, cell in enumerate(cell for row in table.rows for cell in row.cells):
        cell.text = f"欄{number}"
    table.cell(0, 0).merge(table.cell(0, 1))
    table.cell(1, 2).merge(table.cell(3, 2))
    table.cell(2, 0).add_paragraph("二段落目")
    expected = [
        " | ".join(dict.fromkeys(" ".join(cell.text.split()) for cell in row.cells))
        for row in table.rows
    ]
    found = extract(_saved(made))
    assert found.status == "ok"
    assert found.text.split("\n") == ["架空の通知 その一 次の行リンク-", *expected]
    assert expected[2:] == ["欄6 二段落目 | 欄7 | 欄5 欄8 欄11", "欄9 | 欄10 | 欄5 欄8 欄11"]


def test_sheets_keep_their_values_and_the_rows_that_are_not_there_cost_nothing() -> None:
    book = openpyxl.Workbook()
    for name in ("甲", "乙"):
        sheet = book.create_sheet(name)
        sheet.append(["団体", 12, None, 1.5])
        sheet.cell(1_048_576, 2, "最後")
    del book["Sheet"]
    found = extract(_saved(book))
    assert (found.status, found.text) == (
        "ok",
        "甲\n団体 | 12 | 1.5\n最後\n乙\n団体 | 12 | 1.5\n最後",
    )


def test_more_rows_than_are_read_are_told() -> None:
    row = '<row><c t="inlineStr"><is><t>x</t></is></c></row>'
    found = extract(excel(row * 20_001))
    assert (found.status, found.text) == ("truncated", "S" + "\nx" * 20_000)
    far = '<row r="1"><c r="A1"><v>1</v></c></row><row r="999999999"><c r="A999999999"><v>2</v></c></row>'
    assert (extract(excel(far)).status, extract(excel(far)).text) == ("truncated", "S\n1")


def test_an_image_with_an_honest_doctype_harms_nobody() -> None:
    image = '<?xml version="1.0"?><!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "x.dtd"><svg/>'
    stream = io.BytesIO(word("<w:p><w:r><w:t>架空</w:t></w:r></w:p>"))
    with zipfile.ZipFile(stream, "a") as archive:
        archive.writestr("word/media/image1.svg", image)
    assert extract(stream.getvalue()).text == "架空"


SPAN = (
    '<w:tbl><w:tr><w:tc><w:tcPr><w:gridSpan w:val="100000000"/></w:tcPr>'
    "<w:p><w:r><w:t>欄</w:t></w:r></w:p></w:tc></w:tr></w:tbl>"
)
MANY = MAX_ELEMENTS + 1
BOMBS = {
    "a cell that spans everything": (lambda: word(SPAN), "ok"),
    "empty paragraphs": (lambda: word("<w:p/>" * MANY), "malformed"),
    "a part by another name": (lambda: word("<w:p/>" * 5_000_000, "word/doc.bin"), "malformed"),
    "an entity by another name": (
        lambda: _renamed(b"<w:document", b"<!DOCTYPE a [<!ENTITY b 'c'>]><w:document"),
        "malformed",
    ),
    "one row": (lambda: excel(f"<row>{'<c/>' * MANY}</row>"), "malformed"),
    "shared strings": (lambda: excel("", "<si/>" * MANY, "xl/s.bin"), "malformed"),
    "a directory of many parts": (lambda: _archive({f"word/{n}": "" for n in range(6_000)}), "malformed"),
}  # fmt: skip


def _renamed(old: bytes, new: bytes) -> bytes:
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(word("<w:p/>", "word/doc.bin"))) as given,
        zipfile.ZipFile(stream, "w") as made,
    ):
        for member in given.namelist():
            made.writestr(member, given.read(member).replace(old, new))
    return stream.getvalue()


def test_bombs_are_contained_and_the_file_beside_them_is_read(tmp_path: Path) -> None:
    # In a process of its own, because the peak of children is kept over all that a process had.
    for number, (make, _) in enumerate(BOMBS.values()):
        (tmp_path / f"{number}").write_bytes(make())
    (tmp_path / "last").write_bytes(word("<w:p><w:r><w:t>架空</w:t></w:r></w:p>"))
    program = (
        "import pathlib, resource, sys\n"
        "from crawler.text.extract import extract\n"
        "for name in sys.argv[1:]:\n"
        "    print(extract(pathlib.Path(name).read_bytes()).status)\n"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)\n"
        "own = pathlib.Path('/proc/self/status').read_text().partition('VmHWM:')[2].split()[0]\n"
        "print(own)  # ru_maxrss would be that of the process which started this one\n"
    )
    names = [*map(str, range(len(BOMBS))), "last"]
    done = subprocess.run(
        [sys.executable, "-c", program, *names], capture_output=True, check=True, cwd=tmp_path
    )
    *states, children, parent = done.stdout.decode().split()
    assert dict(zip(BOMBS, states, strict=False)) == {name: bomb[1] for name, bomb in BOMBS.items()}
    assert states[-1] == "ok"
    assert int(children) + int(parent) < 600 << 10


def test_a_child_that_takes_too_long_is_a_state(monkeypatch: pytest.MonkeyPatch) -> None:
    assert office_lines.CPU_SECONDS < office.CPU_SECONDS
    assert office_lines.SECONDS < office.CLOCK_SECONDS <= 12
    monkeypatch.setattr("crawler.text.office.CLOCK_SECONDS", 0)
    assert (extract(word("<w:p/>")).kind, extract(word("<w:p/>")).status) == ("docx", "malformed")
