import gzip
import io
import zipfile

import docx
import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.text.extract import extract
from crawler.text.sniff import sniff
from data.clock import TOKYO
from tests.crawler.text.pdf_writer import pdf

LINE = "見本銀行は、マイナンバーカードによる本人確認をはじめる。"


def word() -> bytes:
    document = docx.Document()
    document.add_heading("架空の通知", 0)
    document.add_paragraph("令和8年1月15日")
    table = document.add_table(1, 2)
    table.cell(0, 0).text, table.cell(0, 1).text = "銀行", "四月"
    document.add_paragraph(LINE)
    document.core_properties.title = ""
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def excel() -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "一覧"
    sheet.append(["団体", "件数"])
    sheet.append(["見本市", 12])
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def rezipped(body: bytes, name: str, content: bytes) -> bytes:
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(body)) as old,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for member in old.namelist():
            new.writestr(member, content if member == name else old.read(member))
    return stream.getvalue()


def test_html_in_shift_jis_served_as_pdf() -> None:
    page = f'<html><head><meta charset="Shift_JIS"><title>①架空</title></head><body><p>{LINE * 5}</p></body></html>'
    found = extract(page.encode("cp932"), content_type="application/pdf")
    assert (found.kind, found.status, found.encoding, found.title) == (
        "html",
        "ok",
        "cp932/meta",
        "①架空",
    )
    assert LINE in found.text


def test_pdf_served_as_html() -> None:
    found = extract(pdf([["架空の通知である", LINE]]), content_type="text/html; charset=utf-8")
    assert (found.kind, found.status, found.title) == ("pdf", "ok", "架空の通知である")


def test_word_and_excel() -> None:
    found = extract(word())
    assert (found.kind, found.status, found.title) == ("docx", "ok", "架空の通知")
    assert found.text == f"架空の通知\n令和8年1月15日\n銀行 | 四月\n{LINE}"
    assert found.published is not None
    assert found.published.at.astimezone(TOKYO).date().isoformat() == "2026-01-15"
    sheet = extract(excel())
    assert (sheet.kind, sheet.status, sheet.text) == (
        "xlsx",
        "ok",
        "一覧\n団体 | 件数\n見本市 | 12",
    )


def test_what_programs_call_a_file_is_no_title() -> None:
    made = docx.Document()
    for line in ("令和8年1月15日", "架空の通知である"):
        made.add_paragraph(line)
    made.core_properties.title = "Word Document"
    packed = io.BytesIO()
    made.save(packed)
    assert extract(packed.getvalue()).title == "架空の通知である"
    book = openpyxl.Workbook()
    book.active.append(["団体の一覧", "件数"])
    packed = io.BytesIO()
    book.save(packed)
    assert extract(packed.getvalue()).title == "団体の一覧 | 件数"


def test_plain_text_json_feed_and_gzip() -> None:
    text = extract(gzip.compress(f"架空の通知\n令和8年1月15日\n\n{LINE}".encode("euc_jp")))
    assert (text.kind, text.title, text.encoding) == ("text", "架空の通知", "euc_jp/strict")
    assert text.published is not None
    assert extract(b'{"a": 1}').kind == "json"
    feed = extract(
        b"<rss version='2.0'><channel><item><title>A</title><description>B</description></item></channel></rss>"
    )
    assert (feed.kind, feed.status, feed.text) == ("feed", "ok", "A\nB")


ENTITY = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"\x00\x01\x02binary" * 20, "unknown"),
        (b"\x89PNG\r\n\x1a\n" + bytes(40), "unknown"),
        (bytes(0x80 | n * n * 37 % 127 for n in range(9_000)), "unknown"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "unknown"),
        (b"%PDF-1.7 broken", "pdf"),
        (word()[:3000], "docx"),
        (rezipped(word(), "word/document.xml", ENTITY), "docx"),
        (rezipped(word(), "word/document.xml", b"<w" + b" " * (80 << 20)), "docx"),
        (rezipped(excel(), "xl/workbook.xml", ENTITY), "xlsx"),
        (rezipped(excel(), "xl/workbook.xml", b"<broken"), "xlsx"),
        (gzip.compress(b"<html>" + bytes(70 << 20)), "unknown"),
        (b"\x1f\x8b broken", "unknown"),
        (b'<!DOCTYPE rss [<!ENTITY a "b">]><rss><channel/></rss>', "feed"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_malformed(body: bytes, kind: str) -> None:
    found = extract(body)
    assert (found.kind, found.status, found.text) == (kind, "malformed", "")


def test_nothing_is_empty() -> None:
    assert extract(b"").status == "empty"


@settings(deadline=None, max_examples=80)
@given(
    st.binary(max_size=300),
    st.sampled_from([b"", b"<html>", b"%PDF-1.4", b"PK\x03\x04", b"\x1f\x8b", b"<rss>", b"{"]),
)
def test_any_bytes_give_a_state(body: bytes, start: bytes) -> None:
    if start == b"%PDF-1.4" and len(body) > 30:
        return  # a child process each: a few will do
    sniff(start + body)
    found = extract(start + body, url="https://example.jp/a")
    assert found.status in {"ok", "title_only", "empty", "malformed", "pdf_unreadable", "truncated"}
