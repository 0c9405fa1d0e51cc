"""A server's certificate is valid, trusted and made out for the host that was asked, or nothing is sent to it.

Twisted's own check (26.10) lets a certificate pass whose names cannot be read: one of a trusted issuer that
names no host at all stood for every host.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from weakref import ref

from OpenSSL.crypto import X509
from OpenSSL.SSL import VERIFY_FAIL_IF_NO_PEER_CERT, VERIFY_PEER, Connection
from service_identity.hazmat import DNS_ID, IPAddress_ID, ServiceID, verify_service_identity
from service_identity.pyopenssl import extract_patterns
from twisted.internet.abstract import isIPAddress, isIPv6Address
from twisted.internet.interfaces import IOpenSSLClientConnectionCreator
from twisted.protocols.tls import TLSMemoryBIOProtocol
from twisted.python import failure
from twisted.web.iweb import IPolicyForHTTPS
from zope.interface.declarations import implementer

from data.errors import Unreachable

_failed: Any = failure.Failure
_REASONS = {
    9: "it is not valid yet",
    10: "it has expired",
    18: "it is signed by itself",
    19: "its issuer is not trusted",
    20: "its issuer is not known, or the server does not send the certificates between",
    21: "the server does not send the certificates between it and its issuer",
    23: "it was revoked",
    24: "what issued it is no issuer",
    79: "what issued it is no issuer",
}
"""By OpenSSL's numbers (X509_V_ERR)."""


@implementer(IPolicyForHTTPS)
class Verified:
    """`policy`, whose connections are checked by us."""

    def __init__(self, policy: Any) -> None:
        self._policy = policy

    def creatorForNetloc(self, hostname: bytes, port: int) -> _Creator:  # noqa: N802 - Twisted's name
        return _Creator(self._policy.creatorForNetloc(hostname, port), hostname.decode("ascii"))


@implementer(IOpenSSLClientConnectionCreator)
class _Creator:
    def __init__(self, creator: Any, host: str) -> None:
        self._creator = creator
        self._host = host

    def clientConnectionForTLS(self, tlsProtocol: TLSMemoryBIOProtocol) -> Connection:  # noqa: N802, N803
        connection: Connection = self._creator.clientConnectionForTLS(tlsProtocol)
        check = _check(ref(tlsProtocol), self._host)
        connection.set_verify(VERIFY_PEER | VERIFY_FAIL_IF_NO_PEER_CERT, check)
        return connection


def _check(
    protocol: Callable[[], TLSMemoryBIOProtocol | None], host: str
) -> Callable[[Connection, X509, int, int, int], bool]:
    is_address = isIPAddress(host) or isIPv6Address(host)
    wanted: ServiceID = IPAddress_ID(host) if is_address else DNS_ID(host)

    def check(_: Connection, certificate: X509, error: int, depth: int, valid: int) -> bool:
        why = None if valid else _REASONS.get(error, f"OpenSSL's error {error}")
        if valid and depth == 0:
            try:
                verify_service_identity(extract_patterns(certificate), [wanted], [])
            except Exception:  # whatever is wrong with its names
                why = f"it is not made out for {host}"
        if why is None:
            return True
        asked: Any = protocol()
        if asked is not None:
            asked.failVerification(_failed(Unreachable(f"its certificate is refused: {why}")))
        return False

    return check
