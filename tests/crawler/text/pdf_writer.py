"""Writes small PDFs by hand, so that tests need no recorded papers: text, metadata, encryption, bombs."""

import zlib
from collections.abc import Sequence


def pdf(
    pages: Sequence[Sequence[str]],
    *,
    title: str = "",
    created: str = "",
    content: bytes | None = None,
    trailer: str = "",
    encoding: str = "UniJIS-UTF16-H",
) -> bytes:
    """A PDF of `pages`, each a list of lines, in the CID font HeiseiMin-W3 that readers map themselves.

    `content`, already deflated, stands for every page's drawing.
    """
    streams = [content if content is not None else _drawn(lines) for lines in pages]
    first = 6
    kids = " ".join(f"{first + 2 * number} 0 R" for number in range(len(pages)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>".encode(),
        f"<< /Type /Font /Subtype /Type0 /BaseFont /HeiseiMin-W3 /Encoding /{encoding} /DescendantFonts [4 0 R] >>".encode(),
        b"<< /Type /Font /Subtype /CIDFontType0 /BaseFont /HeiseiMin-W3 /DW 1000"
        b" /CIDSystemInfo << /Registry (Adobe) /Ordering (Japan1) /Supplement 2 >> >>",
        f"<< /Title <{_hex(title, mark=True)}> /CreationDate ({created}) >>".encode(),
    ]
    for number, stream in enumerate(streams):
        page = first + 2 * number
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {page + 1} 0 R"
            " /Resources << /Font << /F1 3 0 R >> >> >>".encode()
        )
        packed = stream if content is not None else zlib.compress(stream)
        head = f"<< /Length {len(packed)} /Filter /FlateDecode >>\nstream\n".encode()
        objects.append(head + packed + b"\nendstream")
    return _file(objects, trailer)


def _drawn(lines: Sequence[str]) -> bytes:
    shown = "".join(f"<{_hex(line)}> Tj T*\n" for line in lines)
    return f"BT /F1 12 Tf 14 TL 50 790 Td\n{shown}ET".encode()


def _hex(text: str, *, mark: bool = False) -> str:
    return (("\ufeff" if mark and text else "") + text).encode("utf-16-be").hex()


def _file(objects: list[bytes], trailer: str) -> bytes:
    out = b"%PDF-1.5\n"
    offsets = []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += f"{number} 0 obj\n".encode() + body + b"\nendobj\n"
    table = "".join(f"{offset:010d} 00000 n \n" for offset in offsets)
    size = len(objects) + 1
    end = f"xref\n0 {size}\n0000000000 65535 f \n{table}trailer\n<< /Size {size} /Root 1 0 R /Info 5 0 R {trailer} >>\n"
    return out + end.encode() + f"startxref\n{len(out)}\n%%EOF\n".encode()


def deflated(part: bytes, times: int) -> bytes:
    """`part` repeated and deflated without ever being held whole."""
    packer = zlib.compressobj(9)
    return b"".join(packer.compress(part) for _ in range(times)) + packer.flush()
