"""How the bytes of a list were read: the encoding decision that stands with what a list alone tells."""

from __future__ import annotations

import io
import json
import zipfile
import zlib
from typing import IO

from crawler.text.encoding import decode
from crawler.text.sniff import GZIP, ZIP

_SAMPLE = 1 << 20
_UNREADABLE = "binary/none"


def encoding_of_list(body: bytes, content_type: str | None = None, hint: str | None = None) -> str:
    """Codec and rung, as `decode` gives them, of a list's body; of a packed one those of what it holds."""
    try:
        if body.startswith(GZIP):
            body = zlib.decompressobj(31).decompress(body, _SAMPLE)
        elif body.startswith(ZIP):
            body = _first_table(body)
    except (zlib.error, zipfile.BadZipFile, EOFError, RuntimeError, NotImplementedError):
        return _UNREADABLE
    if body[:1] in {b"{", b"["} and b"\0" in body[:4]:
        return f"{json.detect_encoding(body)}/json"
    return decode(_begun(body), content_type, hint).encoding


def codec_of_table(file: IO[bytes]) -> str:
    """The codec in which a CSV is read on from its beginning."""
    codec = decode(_begun(file.read(_SAMPLE))).encoding.partition("/")[0]
    file.seek(0)
    return "utf-8-sig" if codec == "utf-8" else codec


def _first_table(body: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        for member in archive.infolist():
            if member.filename.endswith(".csv"):
                with archive.open(member) as file:
                    return file.read(_SAMPLE)
    return b""


def _begun(body: bytes) -> bytes:
    """The beginning of a long body, up to a sign that is no part of another in the web's encodings."""
    if len(body) < _SAMPLE:
        return body
    cut = body[:_SAMPLE]
    return cut[: max(cut.rfind(b"\n"), cut.rfind(b">")) + 1] or cut
