"""The process in which PDFium reads one PDF: `python -m crawler.text.pdf_child BYTES SECONDS PAGES CHARACTERS`.

PDF on standard input, one JSON object on standard output: {text, title, created, pages, truncated} or
{error}. It limits its own memory (BYTES of address space) and CPU before it reads a byte, and the parent
(pdf.py) watches the clock: PDFium is C++ that reads what strangers write.
"""

from __future__ import annotations

import json
import sys
from typing import Any

import pypdfium2

from crawler.text.reading_child import LIMITS, limit

_ENCRYPTED = ("password", "security")


def read(body: bytes, most_pages: int, most_characters: int) -> dict[str, Any]:
    """Text page by page up to the caps, and what the document says of itself."""
    try:
        document = pypdfium2.PdfDocument(body)
    except pypdfium2.PdfiumError as error:
        encrypted = any(word in str(error).lower() for word in _ENCRYPTED)
        return {"error": "encrypted" if encrypted else "damaged"}
    meta = document.get_metadata_dict(skip_empty=True)
    pages = len(document)
    texts: list[str] = []
    length = 0
    for number in range(min(pages, most_pages)):
        text = _page(document, number)
        texts.append(text)
        length += len(text)
        if length >= most_characters:
            break
    return {
        "text": "\n".join(texts)[:most_characters],
        "title": str(meta.get("Title", ""))[:1000],
        "created": str(meta.get("CreationDate", ""))[:60],
        "pages": pages,
        "truncated": len(texts) < pages or length > most_characters,
    }


def _page(document: pypdfium2.PdfDocument, number: int) -> str:
    try:
        page = document[number]
        text = page.get_textpage().get_text_bounded()
    except pypdfium2.PdfiumError:
        return ""
    return str(text).replace("\r\n", "\n").replace("\ufffe", "")


if __name__ == "__main__":
    memory, seconds, pages, characters = (int(argument) for argument in sys.argv[1:])
    limit(memory, seconds)
    try:
        found = read(sys.stdin.buffer.read(), pages, characters)
    except MemoryError:
        found = LIMITS
    sys.stdout.write(json.dumps(found))
