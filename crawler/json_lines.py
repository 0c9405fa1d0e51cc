"""JSON as scopewatch reads it from others, in whatever encoding, and prints it, one object a line."""

from __future__ import annotations

import json
from typing import Any

from crawler.text.encoding import decode

_BREAKS = str.maketrans({"\x85": "\\u0085", "\u2028": "\\u2028", "\u2029": "\\u2029"})
"""What is a line's end to many readers, and a sign like any other to JSON."""


def json_line(fields: dict[str, Any]) -> str:
    """`fields` on one line, by whatever a reader takes for a line's end; Japanese as it is."""
    return json.dumps(fields, ensure_ascii=False).translate(_BREAKS)


def parse_json(body: bytes, content_type: str | None = None, hint: str | None = None) -> Any:
    """The value in `body`; raises `ValueError` or `RecursionError` for what is no JSON in any encoding."""
    try:
        if b"\x1b" not in body:  # JSON has no bare escape, ISO-2022-JP is full of them
            return json.loads(body)
    except UnicodeDecodeError:
        pass
    return json.loads(decode(body, content_type, hint).text)
