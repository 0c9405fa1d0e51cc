"""Write a plain PDF of Japanese lines, as a ministry's word processor would: one CID font, not embedded."""

from __future__ import annotations

LINE_HEIGHT = 18
LINES_A_PAGE = 40


def japanese_pdf(lines: list[str]) -> bytes:
    """A PDF 1.4 whose text is `lines`, 40 to a page, with the predefined CMap UniJIS-UTF16-H (ISO 32000-1, 9.7.5.2)."""
    pages = [
        lines[start : start + LINES_A_PAGE] for start in range(0, len(lines), LINES_A_PAGE)
    ] or [[]]
    kids = " ".join(f"{5 + 2 * index} 0 R" for index in range(len(pages)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>".encode(),
        b"<< /Type /Font /Subtype /Type0 /BaseFont /HeiseiMin-W3 /Encoding /UniJIS-UTF16-H"
        b" /DescendantFonts [4 0 R] >>",
        b"<< /Type /Font /Subtype /CIDFontType0 /BaseFont /HeiseiMin-W3 /DW 1000"
        b" /CIDSystemInfo << /Registry (Adobe) /Ordering (Japan1) /Supplement 4 >>"
        b" /FontDescriptor << /Type /FontDescriptor /FontName /HeiseiMin-W3 /Flags 4"
        b" /FontBBox [0 -200 1000 900] /ItalicAngle 0 /Ascent 800 /Descent -200 /CapHeight 700 /StemV 80 >> >>",
    ]
    for index, page in enumerate(pages):
        stream = _page_stream(page)
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {6 + 2 * index} 0 R"
            " /Resources << /Font << /F1 3 0 R >> >> >>".encode()
        )
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream))
    return _assemble(objects)


def _page_stream(lines: list[str]) -> bytes:
    shown = [f"<{line.encode('utf-16-be').hex()}> Tj T*" for line in lines]
    return (
        f"BT /F1 11 Tf {LINE_HEIGHT} TL 60 780 Td\n".encode() + "\n".join(shown).encode() + b"\nET"
    )


def _assemble(objects: list[bytes]) -> bytes:
    out = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
    offsets = []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    for offset in offsets:
        out += b"%010d 00000 n \n" % offset
    out += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (
        len(objects) + 1,
        start,
    )
    return bytes(out)
