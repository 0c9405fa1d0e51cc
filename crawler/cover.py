"""The cover sheet of an evidence zip, in ja and en: drawn from its facts alone, so that it can be drawn again."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from jinja2 import Environment

from data.clock import from_text, tokyo

_SHEET = Path(__file__).parent / "cover.html"


def cover(facts: dict[str, Any], text: bytes) -> bytes:
    """The sheet for the facts of evidence.json; `text` is text.txt."""
    template = Environment(autoescape=True).from_string(_SHEET.read_text(encoding="utf-8"))
    document, published = facts["document"], facts["document"]["published_at"]
    sheet = template.render(
        **facts["names"],
        url=document["url"],
        title=document["title"],
        version=document["version"],
        published=_minute(published) if published else None,
        fetched=_minute(document["fetched_at"]),
        finding=facts["finding"],
        text_file_sha256=hashlib.sha256(text).hexdigest(),
        archived=bool(facts["record"]),
        listed=bool(facts["list"]),
        sealed=facts["sealed"],
    )
    return sheet.encode("utf-8", "surrogatepass")


def _minute(moment: str) -> str:
    return f"{tokyo(from_text(moment)):%Y-%m-%d %H:%M} JST"
