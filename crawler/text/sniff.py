"""What a body is by its bytes, whatever its name and Content-Type say (HTML is served as PDF, and back)."""

from __future__ import annotations

import io
import re
import zipfile
from typing import Literal

from crawler.text.encoding import BOMS, WIDE_MARKUP, decode

Kind = Literal["html", "pdf", "docx", "xlsx", "text", "feed", "json", "xml", "gzip", "unknown"]

ZIP = b"PK\x03\x04"
GZIP = b"\x1f\x8b"
_HEAD = 64 * 1024
_PDF_WITHIN = 1024
_CONTROLS = bytes((*range(7), *range(14, 27), *range(28, 32)))
"""What no text holds: not tabs and line ends, nor the escape of ISO-2022-JP."""
_ROOT = re.compile(r"<([A-Za-z_][\w.:-]{0,80})")
_DOCTYPE_TOKEN = re.compile(
    r"""<!--.*?(?:-->|\Z)|<\?.*?(?:\?>|\Z)|"[^"]*+(?:"|\Z)|'[^']*+(?:'|\Z)|[][>]""", re.DOTALL
)
_FEED_ROOTS = frozenset({"rss", "feed", "rdf", "channel"})
_HTML_ROOTS = frozenset({
    "html", "head", "body", "title", "meta", "link", "base", "script", "style", "div", "p", "table", "h1", "h2",
    "h3", "ul", "ol", "dl", "article", "section", "main", "header", "nav", "a", "span", "center", "font", "img", "br",
    "noscript", "form", "frameset",
})  # fmt: skip
MAX_ENTRIES = 5_000
"""Of an archive: a directory of 60 MB is a million entries and takes a gigabyte as objects."""


def sniff(body: bytes) -> Kind:
    """The kind of `body`; `unknown` for what is none of them (images, old Office files, junk)."""
    if b"%PDF-" in body[:_PDF_WITHIN]:
        return "pdf"
    if body.startswith(ZIP):
        return _office(body)
    if body.startswith(GZIP):
        return "gzip"
    if _is_binary(body):
        return "unknown"
    return sniff_text(decode(body[:_HEAD]).text)


def sniff_text(text: str) -> Kind:
    """The kind of a decoded body: by its root element, else JSON by its first sign, else plain text."""
    head = text[:_HEAD].lstrip("\ufeff\x00 \t\r\n")
    if head[:1] in {"{", "["}:
        return "json"
    if re.match(r"<!doctype\s+html\b", head, re.IGNORECASE):
        return "html"
    root = root_element(head)
    if root is None:
        return "text"
    name = root.lower().rpartition(":")[2]
    if name in _FEED_ROOTS:
        return "feed"
    if name in _HTML_ROOTS or (
        root.islower() and re.search(r"<(?:html|body|head)\b", head, re.IGNORECASE)
    ):
        return "html"
    return "xml" if head.startswith("<") else "text"


def root_element(text: str) -> str | None:
    """The name of the first element after prolog, comments and DOCTYPE, as written; None if there is none."""
    match = root_match(text)
    return match[1] if match else None


def root_match(text: str) -> re.Match[str] | None:
    """Where the first element after prolog, comments and DOCTYPE starts; group 1 is its name."""
    position = 0
    sloppy = False  # asked once only: looking through the rest at every sign would take minutes
    while True:
        position = text.find("<", position)
        if position < 0:
            return None
        if text.startswith("<!--", position):
            end = _after("-->", text, position + 4)
        elif text.startswith(("<?", "<!"), position):
            end = 0 if sloppy else _declaration_end(text, position)
            if not end:  # never closed as it should be
                sloppy, end = True, _after(">", text, position + 2)
        elif match := _ROOT.match(text, position):
            return match
        else:
            end = position + 1
        if not end:
            return None
        position = end


def _after(sign: str, text: str, position: int) -> int:
    found = text.find(sign, position)
    return found + len(sign) if found >= 0 else 0


def _declaration_end(text: str, position: int) -> int:
    if text[position + 1] == "?":
        return _after("?>", text, position + 2)
    return _doctype_end(text, position)


def _doctype_end(text: str, position: int) -> int:
    """Behind the > that ends a DOCTYPE; signs in its strings, comments and instructions do not count."""
    inside = False
    for token in _DOCTYPE_TOKEN.finditer(text, position):
        if token[0] == "[":
            inside = True
        elif token[0] == "]":
            inside = False
        elif token[0] == ">" and not inside:
            return token.end()
    return 0


def _is_binary(body: bytes) -> bool:
    """NUL bytes or many controls, and no BOM or UTF-16 markup that would explain them."""
    head = body[:4096]
    if head.startswith((*(mark for mark, _ in BOMS), *WIDE_MARKUP)):
        return False
    controls = len(head) - len(head.translate(None, _CONTROLS))
    return b"\x00\x00" in head or controls * 20 > len(head)


def entries(body: bytes) -> int:
    """How many entries the archive's directory may have, counted without reading it."""
    return body.count(b"PK\x01\x02")


def _office(body: bytes) -> Kind:
    # A damaged archive, or one that is out of proportion, is still what its first entries say.
    head = body[:_HEAD]
    guess: Kind = "docx" if b"word/" in head else "xlsx" if b"xl/" in head else "unknown"
    if entries(body) > MAX_ENTRIES:
        return guess
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, OverflowError):
        return guess
    if "word/document.xml" in names:
        return "docx"
    return "xlsx" if "xl/workbook.xml" in names else "unknown"
