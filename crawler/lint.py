"""What is wrong with a source beyond what its model refuses: placeholders, https, stale evidence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from datetime import date
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import yaml

from crawler.addresses import check_target, target_of
from crawler.loader import SHIPPED, read_source, source_files
from crawler.registries.readers import READERS
from crawler.source import Kind, Source
from crawler.templates import unknown_placeholders
from crawler.text.encoding import codec_name
from data.clock import now, tokyo
from data.errors import Refused
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
    for url in source.addresses:
        yield from _address_faults(url)
    yield from _block_faults(source)
    if source.paging and source.paging.url and "{n}" not in source.paging.url:
        yield "paging: its url has no {n}"
    if source.paging and not (source.paging.url or source.paging.next):
        yield "paging: needs url or next"
    if source.kind is Kind.REGISTRY and source.registry not in READERS:
        yield f"registry: found {source.registry!r}, allowed is one of {', '.join(sorted(READERS))}"
    if source.source_class in OFFICIAL and source.group not in _OFFICIAL_GROUPS:
        yield f"source_class: {source.source_class} does not go with the group {source.group}"
    if source.enabled and source.expect.silence_days is None:
        yield "expect: silence_days is missing; without it a frozen source goes unnoticed"


def _address_faults(url: str) -> Iterator[str]:
    parts = urlsplit(url)
    if any(sign.isspace() for sign in url):
        yield f"url: {url!r} has white space in it; write %20 where the address has some"
    if parts.username or parts.password:
        yield f"url: {url} holds a name or password, which every log and the evidence would show"
    if url.count("{") != url.count("}"):
        yield f"url: {url} has a brace that is not closed"


def _block_faults(source: Source) -> Iterator[str]:
    """Blocks that the source's kind does not read, and blocks that lack what they need."""
    listed = source.read_as is Kind.LISTING
    for name in ("select", "hub", "paging"):
        if getattr(source, name) and not listed:
            yield f"{name}: a source of kind {source.kind} does not read it; a listing does"
    records = source.records
    if records and source.kind is not Kind.API:
        yield f"records: a source of kind {source.kind} does not read it; an api does"
    if records and records.format == "xml" and not records.items:
        yield "records: xml needs `items`, the name of a record's element"
    if records and records.format == "csv_zip" and not records.columns:
        yield "records: csv_zip needs `columns`, the names of its columns in their order"
    if records and bool(records.next) != bool(records.next_parameter):
        yield "records: `next` and `next_parameter` need each other"
    least, most = source.expect.items_min, source.expect.items_max
    if least and most and least > most:
        yield f"expect: items_min {least} is more than items_max {most}"
    if source.hints.encoding and codec_name(source.hints.encoding) is None:
        yield f"hints: encoding {source.hints.encoding!r} is none that can be read"
    if is_to_come(source) and source.seen > last_look():
        yield f"seen: {source.seen} is still to come"


def is_to_come(source: Source) -> bool:
    """Whether the source was seen later than the clock says: one of the two is wrong."""
    return source.seen > tokyo(now()).date()


@cache
def last_look() -> date:
    """The latest day on which a source of the catalogue was looked at: no right clock is behind it."""
    return max(read_source(path).seen for path in source_files(SHIPPED))


def refused(source: Source, allow_hosts: Collection[str]) -> Iterator[str]:
    """The addresses to which no request would go, each with the reason."""
    for url in source.addresses:
        try:
            check_target(target_of(url), allow_hosts)
        except Refused as error:
            yield f"url: {error}; `crawl.allow_hosts` names the exceptions"


def repeated_keys(path: Path) -> list[str]:
    """The keys that one mapping of a YAML file has twice: the second would count, without a word."""
    waiting: list[yaml.Node | None] = [yaml.compose(path.read_bytes(), Loader=yaml.SafeLoader)]
    found = []
    while waiting:
        node = waiting.pop()
        if isinstance(node, yaml.SequenceNode):
            waiting += node.value
        elif isinstance(node, yaml.MappingNode):
            counts = Counter(key.value for key, _ in node.value if isinstance(key, yaml.ScalarNode))
            found += [f"{key}: stands there {n} times" for key, n in counts.items() if n > 1]
            waiting += [value for _, value in node.value]
    return found


def _local(url: str) -> bool:
    return url.startswith(("http://127.", "http://localhost", "http://[::1]"))
