"""One guarded GET: for verbs that take a URL. Sources are crawled by the spiders, not by this.

Each hop is checked, its name resolved once, every address judged, and the connection made to an
address that was judged: a second answer of the name server cannot lead elsewhere.
"""

from __future__ import annotations

import socket
import ssl
import time
from dataclasses import dataclass, replace
from urllib.parse import urljoin

import urllib3
from urllib3.exceptions import HTTPError

from crawler.addresses import Target, allowed, check_address, check_target, target_of
from data.config import Config
from data.errors import Blocked, Malformed, Unreachable

MAX_HOPS = 8
_CHUNK = 64 * 1024
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_ASKS = {
    "Accept-Encoding": "gzip, deflate",
    "Accept": "*/*",
    "Accept-Language": "ja,en;q=0.5",
    "Connection": "close",
}


@dataclass(frozen=True, slots=True)
class Fetched:
    """A response of status 200; `url` is where the redirects ended, `body` is decompressed."""

    url: str
    body: bytes
    content_type: str | None
    hops: tuple[str, ...] = ()
    """The addresses that were asked, in order."""
    status: int = 200
    retry_after: str | None = None
    """The header in which a server that answers 429 or 503 says how long to wait."""


def fetch(url: str, config: Config, *, user_agent: str, any_status: bool = False) -> Fetched:
    """GET `url` within the limits of `config.crawl`.

    Raises `Refused` for an address that may not be asked (at any hop), `Unreachable` when there is no
    usable answer in `timeout_seconds` over all, `Blocked` for 401, 403 and 429, `Malformed` when the
    body exceeds `max_body_mib` once decompressed. With `any_status` an answer that is no redirect is
    given whatever its status says.
    """
    deadline = time.monotonic() + config.crawl.timeout_seconds
    hops: list[str] = []
    for _ in range(MAX_HOPS):
        hops.append(url)
        found = _hop(url, config, user_agent, deadline, any_status)
        if isinstance(found, Fetched):
            return replace(found, hops=tuple(hops))
        url = found
    raise Unreachable(f"{hops[0]}: more than {MAX_HOPS} redirects")


def resolved(target: Target, allow_hosts: tuple[str, ...]) -> str:
    """An address of `target` to connect to; raises `Refused` if any of its addresses is not public."""
    try:
        found = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Unreachable(f"{target.host}: the name does not resolve") from error
    addresses = [str(entry[4][0]) for entry in found]
    if not addresses:
        raise Unreachable(f"{target.host}: the name has no address")
    if not allowed(target, allow_hosts):
        for address in addresses:
            check_address(address)
    return addresses[0]


def _hop(
    url: str, config: Config, user_agent: str, deadline: float, any_status: bool
) -> Fetched | str:
    """The answer, or the address that it redirects to."""
    target = target_of(url)
    check_target(target, config.crawl.allow_hosts)
    address = resolved(target, config.crawl.allow_hosts)
    with _pool(target, address, deadline, url) as pool:
        try:
            answer = pool.request(
                "GET",
                target.path,
                headers={**_ASKS, "Host": target.authority, "User-Agent": user_agent},
                redirect=False,
                retries=False,
                preload_content=False,
            )
            if answer.status in _REDIRECTS and answer.headers.get("Location"):
                return urljoin(url, answer.headers["Location"])
            if not any_status:
                _judge(url, answer.status)
            body = _body(answer, url, config.crawl.max_body_mib << 20, deadline)
        except (HTTPError, OSError) as error:
            raise Unreachable(f"{url}: no usable answer ({type(error).__name__})") from error
    return Fetched(
        url,
        body,
        answer.headers.get("Content-Type"),
        status=answer.status,
        retry_after=answer.headers.get("Retry-After"),
    )


def _pool(target: Target, address: str, deadline: float, url: str) -> urllib3.HTTPConnectionPool:
    left = deadline - time.monotonic()
    if left <= 0:
        raise Unreachable(f"{url}: took too long")
    timeout = urllib3.Timeout(connect=min(15.0, left), read=left)
    if target.scheme == "http":
        return urllib3.HTTPConnectionPool(address, target.port, timeout=timeout)
    return urllib3.HTTPSConnectionPool(
        address,
        target.port,
        timeout=timeout,
        ssl_context=ssl.create_default_context(),
        assert_hostname=target.host,
        server_hostname=target.host,
    )


def _judge(url: str, status: int) -> None:
    if status in {401, 403, 429}:
        raise Blocked(f"{url}: answered {status}")
    if status != 200:
        raise Unreachable(f"{url}: answered {status}")


def _body(answer: urllib3.BaseHTTPResponse, url: str, limit: int, deadline: float) -> bytes:
    body = bytearray()
    # read1 returns what is there: a server that sends a byte a second does not hold the clock up.
    while chunk := answer.read1(_CHUNK, decode_content=True):
        body += chunk
        if len(body) > limit:
            raise Malformed(f"{url}: its body is larger than {limit >> 20} MiB")
        if time.monotonic() > deadline:
            raise Unreachable(f"{url}: took too long")
    return bytes(body)
