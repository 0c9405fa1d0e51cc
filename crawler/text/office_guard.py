"""What an Office file must keep to before it is parsed: sizes, entities, and how many elements there are."""

from __future__ import annotations

import io
import re
import zipfile

from crawler.text.sniff import MAX_ENTRIES, entries
from data.errors import Malformed

MAX_UNPACKED = 64 << 20
MAX_XML = 12 << 20
"""One part as XML; lxml needs about ten times its size."""
MAX_ELEMENTS = 1_500_000
"""In one part. 12 MB of cells hold a million; as empty paragraphs they are two million."""
MAX_RATIO = 200
_ENTITY = re.compile(rb"<!(?:ENTITY|DOCTYPE)", re.IGNORECASE)
_NO_SIGN = b"\0 \t\r\n\xef\xbb\xbf\xfe\xff"
"""What may stand before the first < in any encoding: white space, byte order marks, half of a wide <."""
_EBCDIC = b"\x4c\x6f\xa7\x94"


def guard(body: bytes) -> None:
    """Raise `Malformed` for an archive whose declared or real content is out of proportion."""
    try:
        if entries(body) > MAX_ENTRIES:
            raise Malformed("the Office file has too many parts")
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            members = archive.infolist()
            whole = sum(member.file_size for member in members)
            if whole > MAX_UNPACKED or whole > max(1 << 20, MAX_RATIO * len(body)):
                raise Malformed("the Office file unpacks to an unreasonable size")
            for member in members:
                _guard_part(archive, member)
    except (
        zipfile.BadZipFile,
        OSError,
        EOFError,
        NotImplementedError,
        RuntimeError,
        ValueError,
    ) as error:
        raise Malformed(f"the Office file is a damaged archive ({type(error).__name__})") from error


def _guard_part(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> None:
    """Whatever its name: the relations say which part is the document, and `doc.bin` may be it."""
    with archive.open(member) as part:
        content = part.read(512)
        if not _may_be_xml(content):
            return
        content += part.read(MAX_XML + 1 - len(content))
    if len(content) > MAX_XML:
        raise Malformed("the Office file has a part that is too large")
    if content.count(b"<") - content.count(b"</") > MAX_ELEMENTS:
        raise Malformed(f"the Office file has a part with more than {MAX_ELEMENTS} elements")
    # An image that is SVG has an honest DOCTYPE; read as a part of the document it would meet the limits.
    if not member.filename.lower().endswith(".svg") and _ENTITY.search(content.replace(b"\0", b"")):
        raise Malformed("the Office file declares an ENTITY, which scopewatch does not expand")


def _may_be_xml(head: bytes) -> bool:
    start = head.lstrip(_NO_SIGN)
    return not start or start.startswith((b"<", _EBCDIC))
