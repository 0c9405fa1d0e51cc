"""Text of .docx and .xlsx, behind guards against zip bombs and XML entities."""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass

import docx
import openpyxl
from docx.document import Document as Docx
from docx.opc.exceptions import OpcError
from docx.table import Table
from lxml import etree
from openpyxl.utils.exceptions import InvalidFileException

from crawler.text.heads import heading_of
from crawler.text.markup import one_line
from data.errors import Malformed

MAX_UNPACKED = 64 << 20
MAX_XML = 12 << 20
"""One part as XML; lxml needs about ten times its size."""
MAX_RATIO = 200
MAX_FILES = 5_000
MAX_CHARACTERS = 2_000_000
MAX_ROWS = 20_000
_READ_FAULTS = (
    OpcError, InvalidFileException, zipfile.BadZipFile, etree.LxmlError, KeyError, ValueError, TypeError,
    AttributeError, IndexError, OSError, EOFError, NotImplementedError, RecursionError, SyntaxError,
)  # fmt: skip
"""What python-docx and openpyxl raise on damaged files (SyntaxError: xml.etree's ParseError)."""
_NO_TITLES = frozenset({"Word Document", "Word 文書"})
"""What python-docx and templates say where nobody gave a title."""
_SHEET = re.compile(r"\A(?:Sheet|シート) ?\d{0,3}\n")
_ENTITY = re.compile(rb"<!(?:ENTITY|DOCTYPE)", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeText:
    title: str
    text: str
    truncated: bool


def read_docx(body: bytes) -> OfficeText:
    """Paragraphs and tables in their order, one line per paragraph or row. Raises `Malformed`."""
    _guard(body)
    try:
        document = docx.Document(io.BytesIO(body))
        text, truncated = _joined(_docx_lines(document))
        title = one_line(document.core_properties.title or "")
    except _READ_FAULTS as error:
        raise Malformed(f"the Word file cannot be read ({type(error).__name__})") from error
    title = "" if title in _NO_TITLES else title
    return OfficeText(title=title[:500] or heading_of(text), text=text, truncated=truncated)


def read_xlsx(body: bytes) -> OfficeText:
    """Each sheet's name and rows, cells parted by ` | `. Raises `Malformed`."""
    _guard(body)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter(
                "ignore"
            )  # openpyxl warns of styles and extensions that hold no text
            book = openpyxl.load_workbook(
                io.BytesIO(body), read_only=True, data_only=True, keep_links=False
            )
            try:
                text, truncated = _joined(_xlsx_lines(book))
                title = one_line(book.properties.title or "")
            finally:
                book.close()
    except _READ_FAULTS as error:
        raise Malformed(f"the Excel file cannot be read ({type(error).__name__})") from error
    title = title[:500] or heading_of(_SHEET.sub("", text, count=1))
    return OfficeText(title=title, text=text, truncated=truncated)


def _guard(body: bytes) -> None:
    """Raise `Malformed` before anything is unpacked whose declared or real size is out of proportion."""
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            members = archive.infolist()
            whole = sum(member.file_size for member in members)
            if (
                len(members) > MAX_FILES
                or whole > MAX_UNPACKED
                or whole > max(1 << 20, MAX_RATIO * len(body))
            ):
                raise Malformed("the Office file unpacks to an unreasonable size")
            for member in members:
                if member.filename.endswith((".xml", ".rels")):
                    _guard_xml(archive, member)
    except (
        zipfile.BadZipFile,
        OSError,
        EOFError,
        NotImplementedError,
        RuntimeError,
        ValueError,
    ) as error:
        raise Malformed(f"the Office file is a damaged archive ({type(error).__name__})") from error


def _guard_xml(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> None:
    with archive.open(member) as part:
        content = part.read(MAX_XML + 1)
    if len(content) > MAX_XML:
        raise Malformed("the Office file has a part that is too large")
    if _ENTITY.search(content.replace(b"\0", b"")):
        raise Malformed("the Office file declares an ENTITY, which scopewatch does not expand")


def _docx_lines(document: Docx) -> Iterator[str]:
    for block in document.iter_inner_content():
        if isinstance(block, Table):
            for row in block.rows:
                yield " | ".join(dict.fromkeys(one_line(cell.text) for cell in row.cells))
        else:
            yield one_line(block.text)


def _xlsx_lines(book: openpyxl.Workbook) -> Iterator[str]:
    for sheet in book.worksheets:
        yield one_line(sheet.title)
        for number, row in enumerate(sheet.iter_rows(values_only=True, max_col=200)):
            if number >= MAX_ROWS:
                break
            yield " | ".join(one_line(str(value)) for value in row if value is not None)


def _joined(lines: Iterator[str]) -> tuple[str, bool]:
    kept: list[str] = []
    length = 0
    for line in lines:
        if line.strip(" |"):
            kept.append(line)
            length += len(line) + 1
        if length > MAX_CHARACTERS:
            return "\n".join(kept)[:MAX_CHARACTERS], True
    return "\n".join(kept), False
