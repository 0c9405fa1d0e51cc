"""Which class serves which channel word of scopewatch.toml; adding a channel is one file and one line here."""

from __future__ import annotations

from alerts.channels.base import Channel
from alerts.channels.file import FileChannel
from data.config import Config
from data.errors import ConfigError

CHANNELS: dict[str, type[Channel]] = {
    "file": FileChannel,
}


def channel(config: Config, named: str) -> Channel:
    """The channel that `named` (such as `email:desk@example.org`) asks for; raises `ConfigError`."""
    kind, _, target = named.partition(":")
    if kind not in CHANNELS:
        raise ConfigError(
            f"subscribers: the channel {named!r} is none of {', '.join(sorted(CHANNELS))}"
        )
    return CHANNELS[kind](config, target)
