"""Name resolution that hands the connection only public addresses, and pins them for the process.

The connection is made to the very addresses that were checked, so a name cannot change its answer
between check and use; a name that answers with public and private addresses mixed is refused whole.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from scrapy.crawler import Crawler
from twisted.internet.base import ReactorBase
from twisted.internet.interfaces import (
    IAddress,
    IHostnameResolver,
    IHostResolution,
    IResolutionReceiver,
)
from zope.interface.declarations import implementer, provider

from crawler.addresses import check_address
from data.errors import Refused

refusals: dict[str, str] = {}
"""Host -> why its addresses were refused; read by the guard to name the reason."""


@implementer(IHostResolution)
class _Pinned:
    def __init__(self, name: str) -> None:
        self.name = name

    def cancel(self) -> None:
        """A pinned answer is given at once; there is nothing left to cancel."""


@provider(IResolutionReceiver)
class _Checking:
    """Collects all answers, then passes on all of them or none."""

    def __init__(self, resolver: GuardedResolver, receiver: Any, name: str, port: int) -> None:
        self._resolver = resolver
        self._receiver = receiver
        self._name = name
        self._port = port
        self._addresses: list[Any] = []

    def resolutionBegan(self, resolution: IHostResolution) -> None:  # noqa: N802  # Twisted's name
        self._receiver.resolutionBegan(resolution)

    def addressResolved(self, address: IAddress) -> None:  # noqa: N802
        self._addresses.append(address)

    def resolutionComplete(self) -> None:  # noqa: N802
        for address in self._resolver.admitted(self._name, self._port, self._addresses):
            self._receiver.addressResolved(address)
        self._receiver.resolutionComplete()


@implementer(IHostnameResolver)
class GuardedResolver:
    """Scrapy's TWISTED_DNS_RESOLVER; `allow_hosts` names the private hosts that are meant."""

    def __init__(self, reactor: Any, allow_hosts: Collection[str]) -> None:
        self.reactor = reactor
        self._allowed = frozenset(allow_hosts)
        self._original: Any = reactor.nameResolver
        self._pinned: dict[tuple[str, int], list[Any]] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler, reactor: ReactorBase) -> GuardedResolver:
        return cls(reactor, crawler.settings.getlist("SCOPEWATCH_ALLOW_HOSTS"))

    def install_on_reactor(self) -> None:
        self.reactor.installNameResolver(self)

    def admitted(self, name: str, port: int, addresses: list[Any]) -> list[Any]:
        """The addresses that may be used: all of them, or none when one is not public."""
        if f"{name}:{port}" not in self._allowed:
            try:
                for address in addresses:
                    check_address(address.host)
            except Refused as error:
                refusals[name] = f"{name}: {error}"
                return []
        if addresses:
            self._pinned[name, port] = addresses
        return addresses

    def resolveHostName(  # noqa: N802  # Twisted's name
        self,
        resolutionReceiver: Any,  # noqa: N803
        hostName: str,  # noqa: N803
        portNumber: int = 0,  # noqa: N803
        addressTypes: Sequence[type[IAddress]] | None = None,  # noqa: N803
        transportSemantics: str = "TCP",  # noqa: N803
    ) -> Any:
        pinned = self._pinned.get((hostName, portNumber))
        if pinned is not None:
            resolution = _Pinned(hostName)
            resolutionReceiver.resolutionBegan(resolution)
            for address in pinned:
                resolutionReceiver.addressResolved(address)
            resolutionReceiver.resolutionComplete()
            return resolution
        return self._original.resolveHostName(
            _Checking(self, resolutionReceiver, hostName, portNumber),
            hostName,
            portNumber,
            addressTypes,
            transportSemantics,
        )
