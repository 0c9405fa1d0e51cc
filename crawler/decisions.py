"""What the archive is told of a response beside its bytes: whose it is, how it was read, what was made of it."""

from __future__ import annotations

from typing import Any

from crawler.items import Capture, Place
from crawler.source import Kind, Source
from data.clock import to_text
from data.models import Document

MADE = ("id", "url", "title", "published_at", "published_as_written", "text_sha256")
"""What a page's record says of the document that was made of it."""
_MEANS = {"select", "article", "records", "registry", "vars", "categories", "hints"}


def decision_of(source: Source) -> dict[str, Any]:
    """What is the same for all responses of a source: enough to read one again on another machine."""
    means = _MEANS | ({"query"} if source.kind is Kind.REGISTRY else set())
    said = source.model_dump(mode="json", include=means, exclude_defaults=True)
    return {
        "source": source.id,
        "names": {
            "publisher_ja": source.publisher.ja,
            "publisher_en": source.publisher.en,
            "name_ja": source.name.ja,
            "name_en": source.name.en,
        },
        "means": {"kind": source.read_as.value, **said},
    }


def listed_as(capture: Capture | None) -> str:
    """The encoding of what a list alone tells: that of the list."""
    return f"{capture.encoding if capture else 'utf-8'}/list"


def is_page(encoding: str) -> bool:
    """Whether a document with that encoding was made of a page of its own, and not of a list's words or fields."""
    return encoding.rpartition("/")[2] not in {"list", "api"}


def of_page(document: Document, listed: Place | None) -> dict[str, Any]:
    """What is said of a page: the document that was made of it, and where the list lies that named it."""
    published = document.published
    return {
        "encoding": document.encoding,
        "document": {
            "id": document.id,
            "url": document.url,
            "title": document.title,
            "published_at": to_text(published.at) if published else None,
            "published_as_written": published.raw if published else None,
            "text_sha256": document.text_sha256,
        },
        "list": {"file": listed.file, "record": listed.record_id} if listed else None,
    }
