"""Write the catalogue into the store, with the sources under whose names scopewatch keeps notices of its own."""

from __future__ import annotations

from crawler.loader import SHIPPED, load_sources, read_source, records
from crawler.source import Source
from data.config import Config
from data.store.connection import Store
from data.store.sources import save_sources


def save_catalogue(store: Store, config: Config, *ours: str) -> dict[str, Source]:
    """Keep the configured sources; gives them by id.

    `ours` are shipped sources that a configuration with sources of its own may lack: their rows are
    there all the same, disabled, because documents refer to them.
    """
    sources = load_sources(config)
    lacking = [
        read_source(SHIPPED / f"{one}.yml").model_copy(
            update={"enabled": False, "disabled_reason": "not crawled; scopewatch writes it"}
        )
        for one in ours
        if one not in sources
    ]
    save_sources(store, records([*sources.values(), *lacking]))
    return sources
