"""Which class serves which channel word of scopewatch.toml; adding a channel is one file and one line here."""

from __future__ import annotations

from importlib import import_module
from types import TracebackType

from alerts.channels.base import Channel
from data.config import Config
from data.errors import ConfigError

CHANNELS: dict[str, str] = {
    # channel word: module:class, imported when a subscriber uses it
    "file": "alerts.channels.file:FileChannel",
    "email": "alerts.channels.email:EmailChannel",
    "slack": "alerts.channels.slack:SlackChannel",
    "webhook": "alerts.channels.webhook:WebhookChannel",
    "atom": "alerts.channels.atom:AtomChannel",
    "apprise": "alerts.channels.apprise_channel:AppriseChannel",
}


def kind_of(named: str) -> str:
    """`email` of `email:desk@example.org`."""
    return named.partition(":")[0]


def target_of(named: str) -> str:
    """`desk@example.org` of `email:desk@example.org`; empty where the channel needs none."""
    return named.partition(":")[2]


class OpenChannels:
    """The channels of one pass, each made when it is first asked for and closed at the end."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._open: dict[str, Channel] = {}

    def of(self, named: str) -> Channel:
        """The channel that serves `named`; raises `ConfigError` for a kind that does not exist."""
        kind = kind_of(named)
        if kind not in CHANNELS:
            raise ConfigError(
                f"subscribers: the channel {named!r} is none of {', '.join(sorted(CHANNELS))}"
            )
        if kind not in self._open:
            module, _, attribute = CHANNELS[kind].partition(":")
            made: Channel = getattr(import_module(module), attribute)(self._config)
            self._open[kind] = made
        return self._open[kind]

    def __enter__(self) -> OpenChannels:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for channel in self._open.values():
            channel.close()
