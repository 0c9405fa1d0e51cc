"""Which addresses scopewatch may connect to: http and https, ports 80 and 443, global hosts only.

Pure rules, used before a request, again on every resolved address, and again at every redirect.
Source of the ranges: the IANA special-purpose address registries, through `ipaddress`; the forms of a
written address are those that `inet_aton` accepts, because resolvers do.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from urllib.parse import SplitResult, quote, urlsplit

import idna

from data.errors import Refused

PORTS = {"http": 80, "https": 443}
_LONGEST = 8192
_AS_WRITTEN = "%/?:@!$&'()*+,;=-._~[]|"
_SIX_TO_FOUR = IPv6Network("2002::/16")
_NAT64 = IPv6Network("64:ff9b::/96")
_NEVER_4 = (
    # IETF protocol assignments; a cloud has its metadata there (Python < 3.11.10: global).
    IPv4Network("192.0.0.0/24"),
    IPv4Network("192.88.99.0/24"),  # 6to4 relay anycast, deprecated by RFC 7526
    IPv4Network("168.63.129.16/32"),  # the metadata and DNS address of one cloud, publicly routed
)
_NEVER_6 = (
    IPv6Network("2001::/32"),  # Teredo wraps any IPv4 address
    IPv6Network("64:ff9b:1::/48"),  # NAT64 for local use, RFC 8215
    IPv6Network("::/96"),  # IPv4-compatible, deprecated by RFC 4291
    IPv6Network("fec0::/10"),  # site-local, deprecated by RFC 3879
    IPv6Network("5f00::/16"),  # segment routing, RFC 9602
    IPv6Network("3fff::/20"),  # documentation, RFC 9637
)
_NEVER_NAMES = (
    "localhost",
    "local",
    "internal",
    "home.arpa",
    "localdomain",
    "lan",
    "intranet",
    "corp",
)
_NUMBER = re.compile(r"0[xX][0-9a-fA-F]*|\d+")


@dataclass(frozen=True, slots=True)
class Target:
    """Where a URL leads, read once so that the check and the connection cannot disagree."""

    scheme: str
    host: str
    """Lower case, ASCII (IDNA); an address in its usual form without brackets."""
    port: int
    path: str
    """Path and query as sent, starting with a slash."""

    @property
    def authority(self) -> str:
        """`host`, with the port where it is not the scheme's own: the Host header."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS[self.scheme] else f"{host}:{self.port}"


def check_url(url: str, allow_hosts: Collection[str] = ()) -> None:
    """Raise `Refused` unless `url` may be requested; names still have to be resolved and checked.

    `allow_hosts` holds host:port pairs that the configuration allows although they are private.
    """
    check_target(target_of(url), allow_hosts)


def check_target(target: Target, allow_hosts: Collection[str] = ()) -> None:
    """As `check_url`, for a URL that was read already."""
    if allowed(target, allow_hosts):
        return
    if target.port != PORTS[target.scheme]:
        raise Refused(
            f"{target.authority}: port {target.port} is not {PORTS[target.scheme]}, the port of {target.scheme}"
        )
    literal = written_address(target.host)
    if literal is not None:
        check_address(literal)
    elif target.host.rpartition(".")[2] in _NEVER_NAMES or target.host.endswith(".home.arpa"):
        raise Refused(f"{target.host}: is a name of the local network")
    elif "." not in target.host:
        raise Refused(f"{target.host}: is no public host name")


def check_address(address: str | IPv4Address | IPv6Address) -> None:
    """Raise `Refused` unless `address` is a global unicast address, and so is any IPv4 inside it."""
    try:
        ip = ip_address(address)
    except ValueError as error:
        raise Refused(f"{address}: is no address") from error
    if not _is_public(ip):
        raise Refused(f"{address}: is not a public address")


def allowed(target: Target, allow_hosts: Collection[str]) -> bool:
    """Whether the configuration names exactly this host and port."""
    host = f"[{target.host}]" if ":" in target.host else target.host
    return f"{host}:{target.port}" in {entry.strip().lower() for entry in allow_hosts}


def target_of(url: str) -> Target:
    """The parts of `url`; raises `Refused` for what is not plain http or https with a host."""
    parts = _split(url)
    if parts.scheme not in PORTS:
        raise Refused(f"{_shown(url)}: scheme {parts.scheme or 'none'!r} is not http or https")
    if parts.username is not None or parts.password is not None:
        raise Refused(f"{_shown(url)}: credentials in an address are not sent")
    try:
        port = parts.port
    except ValueError as error:
        raise Refused(f"{_shown(url)}: its port is no port number") from error
    if port == 0:
        raise Refused(f"{_shown(url)}: port 0 is no port")
    if "[" in parts.netloc and ":" not in (parts.hostname or ""):
        raise Refused(f"{_shown(url)}: has no valid host name")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    host = host_name(parts.hostname or "", url)
    return Target(parts.scheme, host, port or PORTS[parts.scheme], quote(path, safe=_AS_WRITTEN))


def host_name(host: str, url: str = "") -> str:
    """`host` in ASCII lower case without a final dot; addresses in their usual form. Raises `Refused`."""
    plain = unicodedata.normalize("NFKC", host).lower().replace("。", ".").rstrip(".")
    address = written_address(plain)
    if address is not None:
        return str(address)
    try:
        name = plain if plain.isascii() else idna.encode(plain, uts46=True).decode("ascii")
    except (idna.IDNAError, UnicodeError) as error:
        raise Refused(f"{_shown(url or host)}: has no valid host name") from error
    if _NUMBER.fullmatch(name.rpartition(".")[2]):  # what ends in a number is an address or nothing
        raise Refused(f"{_shown(url or host)}: has no valid host name")
    if not re.fullmatch(
        r"(?=.{1,253}$)[a-z0-9_](?:[a-z0-9_-]{0,62})(?:\.[a-z0-9_][a-z0-9_-]{0,62})*", name
    ):
        raise Refused(f"{_shown(url or host)}: has no valid host name")
    return name


def written_address(host: str) -> IPv4Address | IPv6Address | None:
    """The address that `host` writes in any form a resolver takes (decimal, octal, hex, short), else None."""
    bare = host.removeprefix("[").removesuffix("]")
    if ":" in bare:
        try:
            return IPv6Address(bare.partition("%")[0])
        except ValueError:
            return None
    parts = bare.split(".")
    if len(parts) > 4 or not all(_NUMBER.fullmatch(part) for part in parts):
        return None
    return _from_numbers([_number(part) for part in parts])


def _from_numbers(values: list[int | None]) -> IPv4Address | None:
    """inet_aton's rule: each part is a byte, the last fills what remains."""
    room = 256 ** (5 - len(values))
    known = [value for value in values if value is not None]
    if len(known) != len(values) or known[-1] >= room or any(value > 255 for value in known[:-1]):
        return None
    whole = known[-1]
    for place, value in enumerate(known[:-1]):
        whole += value << (24 - 8 * place)
    return IPv4Address(whole)


def _number(text: str) -> int | None:
    if len(text) > 40:
        return None
    try:
        if text[:2].lower() == "0x":
            return int(text[2:] or "0", 16)
        return int(text, 8) if text.startswith("0") else int(text)
    except ValueError:
        return None


def _is_public(ip: IPv4Address | IPv6Address) -> bool:
    if isinstance(ip, IPv6Address):
        inner = _inner(ip)
        if inner is not None:
            return _is_public(inner)
        if any(ip in network for network in _NEVER_6):
            return False
    elif any(ip in network for network in _NEVER_4):
        return False
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or ip.is_unspecified)


def _inner(ip: IPv6Address) -> IPv4Address | None:
    """The IPv4 address that a translation form carries and a gateway would connect to."""
    if ip.ipv4_mapped is not None:
        return ip.ipv4_mapped
    if ip in _SIX_TO_FOUR:
        return ip.sixtofour
    if ip in _NAT64:
        return IPv4Address(int(ip) & 0xFFFFFFFF)
    return None


def _split(url: str) -> SplitResult:
    # Spaces, controls and backslashes are read differently by different parsers (urlsplit drops some).
    if len(url) > _LONGEST or not url.isprintable() or re.search(r"[\s\\]", url):
        raise Refused(f"{_shown(url)}: has characters or a length that no address has")
    try:
        return urlsplit(url)
    except ValueError as error:
        raise Refused(f"{_shown(url)}: is no address") from error


def _shown(url: str) -> str:
    return ascii(url[:100])[1:-1]
