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
from crawler.turns import Turns
from data.config import Config
from data.errors import Blocked, Malformed, Unreachable
from data.patience import at_most

MAX_HOPS = 8
_CHUNK = 64 * 1024
_LEAST = 0.01
"""Seconds; a time of zero would be none."""
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


def fetch(
    url: str, config: Config, *, user_agent: str, turns: Turns, any_status: bool = False
) -> Fetched:
    """GET `url` within the limits of `config.crawl`, in its host's turn.

    Raises `Refused` for an address that may not be asked (at any hop), `Unreachable` when there is no
    usable answer in `timeout_seconds` over all, or the host wants to be left alone, `Blocked` for 401, 403
    and 429, `Malformed` when the body exceeds `max_body_mib` once decompressed. With `any_status` an answer that is no redirect is
    given whatever its status says.
    """
    left = float(config.crawl.timeout_seconds)
    hops: list[str] = []
    for _ in range(MAX_HOPS):
        hops.append(url)
        target = target_of(url)
        check_target(target, config.crawl.allow_hosts)
        with turns.at(target.host):
            deadline = time.monotonic() + left
            found, leads_to = _hop(url, target, config, user_agent, deadline, any_status)
            left = deadline - time.monotonic()
        turns.heed(target.host, found.status, found.retry_after)
        if leads_to is not None:
            url = leads_to
            continue
        if not any_status:
            _judge(url, found.status)
        return replace(found, hops=tuple(hops))
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
    url: str, target: Target, config: Config, user_agent: str, deadline: float, any_status: bool
) -> tuple[Fetched, str | None]:
    """The answer, and the address that it redirects to; a body is read only where it is wanted."""
    address = resolved(target, config.crawl.allow_hosts)
    body, leads_to = b"", None
    try:
        # The pool's time-outs count from the last byte: headers may drip for hours.
        left = max(deadline - time.monotonic(), _LEAST)
        with at_most(left), _pool(target, address, deadline, url) as pool:
            answer = pool.request(
                "GET",
                target.path,
                headers={**_ASKS, "Host": target.authority, "User-Agent": user_agent},
                redirect=False,
                retries=False,
                preload_content=False,
            )
            if answer.status in _REDIRECTS and answer.headers.get("Location"):
                leads_to = urljoin(url, answer.headers["Location"])
            elif any_status or answer.status == 200:
                body = _body(answer, url, config.crawl.max_body_mib << 20, deadline)
    except (HTTPError, OSError) as error:
        if time.monotonic() >= deadline:
            raise Unreachable(f"{url}: took too long") from error
        raise Unreachable(f"{url}: no usable answer ({type(error).__name__})") from error
    found = Fetched(
        url,
        body,
        answer.headers.get("Content-Type"),
        status=answer.status,
        retry_after=answer.headers.get("Retry-After"),
    )
    return found, leads_to


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
