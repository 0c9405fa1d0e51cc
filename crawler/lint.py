"""What is wrong with a source beyond what its model refuses: placeholders, https, stale evidence."""

from __future__ import annotations

from collections.abc import Iterator

from crawler.registries.readers import READERS
from crawler.source import Kind, Source
from crawler.templates import unknown_placeholders
from data.vocabulary import OFFICIAL

_OFFICIAL_GROUPS = frozenset({"ministry", "registry", "diet", "law"})


def lint(source: Source) -> list[str]:
    """Each fault as one clause; an empty list for a source that is well formed."""
    return list(_faults(source))


def _faults(source: Source) -> Iterator[str]:
    for name in sorted(unknown_placeholders(source)):
        yield f"url: {{{name}}} is filled by nothing; it belongs into `vars`"
    if any("{WORD}" in url for url in source.addresses) != (source.query is not None):
        yield "query: {WORD} in the address and the block `query` need each other"
    for url in source.addresses:
        if url.startswith("http://") and "http only" not in source.note and not _local(url):
            yield f"url: {url} is not https, and the note does not say `http only`"
    if source.paging and source.paging.url and "{n}" not in source.paging.url:
        yield "paging: its url has no {n}"
    if source.paging and not (source.paging.url or source.paging.next):
        yield "paging: needs url or next"
    if source.kind is Kind.FEED and source.select:
        yield "select: a feed has no selectors"
    if source.kind is Kind.REGISTRY and source.registry not in READERS:
        yield f"registry: found {source.registry!r}, allowed is one of {', '.join(sorted(READERS))}"
    if source.source_class in OFFICIAL and source.group not in _OFFICIAL_GROUPS:
        yield f"source_class: {source.source_class} does not go with the group {source.group}"
    if source.enabled and source.expect.silence_days is None:
        yield "expect: silence_days is missing; without it a frozen source goes unnoticed"


def _local(url: str) -> bool:
    return url.startswith(("http://127.", "http://localhost", "http://[::1]"))
