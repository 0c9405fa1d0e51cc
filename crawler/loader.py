"""Read the sources' YAML files: the shipped catalogue and the directories that the configuration names."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path

import yaml
from pydantic import ValidationError

from crawler.source import Part, Source
from data.config import Config, explain
from data.errors import ConfigError
from data.store.sources import SourceRecord

SHIPPED = Path(__file__).parent / "sources"
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""libyaml where the wheel has it: the whole catalogue is read at each start."""

MANY_SIGNS = 1_000
"""Below that many, no nesting is deep enough to do harm."""
DEEPEST = 50


def load_sources(config: Config) -> dict[str, Source]:
    """Every source by its id, in the order of ids; a later directory replaces an earlier one's source.

    Raises `ConfigError` naming the file, the key, what was found and what is allowed.
    """
    sources: dict[str, Source] = {}
    for place in config.crawl.sources:
        directory = SHIPPED if place == "shipped" else config.base / place
        if not directory.is_dir():
            raise ConfigError(
                f"crawl.sources: found {place!r}, allowed are `shipped` and directories; {directory} is none"
            )
        for path in source_files(directory):
            source = read_source(path)
            sources[source.id] = source
    return dict(sorted(sources.items()))


def source_files(directory: Path) -> list[Path]:
    return sorted(path for path in directory.iterdir() if path.suffix in {".yml", ".yaml"})


def read_source(path: Path) -> Source:
    """The source in one YAML file, whose `id` is the file's stem; raises `ConfigError`."""
    try:
        body = path.read_bytes()
        _refuse_depth(body)
        content = yaml.load(body, Loader=_Loader)  # noqa: S506  # a safe loader, either way
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from error
    except (yaml.YAMLError, UnicodeDecodeError, ValueError) as error:
        if not is_utf8(body):
            raise ConfigError(f"{path}: is not UTF-8: save it in that encoding") from error
        raise ConfigError(f"{path}: is not YAML: {' '.join(str(error).split())}") from error
    if not isinstance(content, dict):
        words = {"NoneType": "nothing", "list": "a list", "str": "a text"}
        held = words.get(type(content).__name__, type(content).__name__)
        raise ConfigError(f"{path}: holds {held}, a source is a mapping of keys")
    found = content.setdefault("id", path.stem)
    if found != path.stem:
        raise ConfigError(f"{path}: id: found {found!r}, allowed is the file's stem {path.stem!r}")
    try:
        return Source.model_validate(content)
    except ValidationError as error:
        raise ConfigError("; ".join(explain(path, error, all_keys()))) from error


@cache
def all_keys() -> frozenset[str]:
    """The keys of a source and of its blocks."""
    blocks: list[type[Part]] = [Source, *Part.__subclasses__()]
    return frozenset(name for block in blocks for name in block.model_fields)


def is_utf8(body: bytes) -> bool:
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return True


def _refuse_depth(body: bytes) -> None:
    """Raise `ValueError` for nesting that would end the process in libyaml, without a word."""
    if sum(map(body.count, (b"[", b"{", b"- ", b"? ", b": "))) <= MANY_SIGNS:
        return
    depth = 0
    for event in yaml.parse(body, Loader=_Loader):
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            raise ValueError(f"is nested more than {DEEPEST} deep")


def records(sources: Iterable[Source]) -> list[SourceRecord]:
    """The sources as rows of the public table."""
    return [
        SourceRecord(
            id=source.id,
            publisher_ja=source.publisher.ja,
            publisher_en=source.publisher.en,
            name_ja=source.name.ja,
            name_en=source.name.en,
            source_group=source.group,
            source_class=source.source_class.value,
            kind=source.kind.value,
            url=source.url,
            enabled=source.enabled,
            disabled_reason=source.disabled_reason,
            cadence_minutes=source.cadence,
            silence_days=source.expect.silence_days,
            terms=source.terms,
        )
        for source in sources
    ]
