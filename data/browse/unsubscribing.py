"""The one door that writes (RFC 8058): a POST to a digest's link switches that channel off, a GET asks first.

It stands before Datasette, which serves watch.db read-only and never opens private.db. No cookie, no
referrer and no form field decides; the token in the address does. Mail scanners follow links by GET,
so a GET changes nothing.
"""

from __future__ import annotations

import asyncio
import logging
import os
import re
import sqlite3
from collections.abc import Callable
from typing import Any, Final
from urllib.parse import unquote

from datasette.utils.asgi import Request

from data.browse.headers import HEADERS, App, Message, Receive, Send
from data.clock import now
from data.config import Config
from data.errors import ScopewatchError
from data.store.connection import open_store
from data.unsubscribe import PATH, VARIABLE, channel_of, unsubscribe

_ADDRESS: Final = re.compile(
    re.escape(PATH) + r"/(?P<subscriber>[^/]{1,300})/(?P<token>[^/]{1,100})/?"
)
LONGEST_BODY: Final = 65_536
"""Bytes of a body that are read and thrown away; RFC 8058 sends 27."""
log = logging.getLogger(__name__)


def with_unsubscribing(app: App, datasette: Any, configured: Callable[[], Config]) -> App:
    """`app`, with the unsubscribing page before it. `configured` is asked at each call: readers come and go."""

    async def answer(scope: Message, receive: Receive, send: Send) -> None:
        found = _ADDRESS.fullmatch(_path(scope)) if scope["type"] == "http" else None
        if found is None:
            await app(scope, receive, send)
            return
        method = scope["method"]
        if method not in {"GET", "HEAD", "POST"}:
            await _respond(
                send, 405, "This page knows GET and POST.", [(b"allow", b"GET, HEAD, POST")]
            )
            return
        if method == "POST" and not await _read_away(receive):
            await _respond(send, 413, "The request is too long.")
            return
        status, message = await asyncio.to_thread(
            _decide, configured, unquote(found["subscriber"]), found["token"], method == "POST"
        )
        html = await datasette.render_template(
            "unsubscribe.html",
            {"message": message, "ask": status == 200 and method != "POST"},
            request=Request({**scope, "csrftoken": str}, receive),
        )
        await _respond(
            send, status, "" if method == "HEAD" else html, kind=b"text/html; charset=utf-8"
        )

    return answer


def _path(scope: Message) -> str:
    """The path as it was sent, so that a slash within a name stays part of the name."""
    raw: bytes | None = scope.get("raw_path")
    return raw.split(b"?")[0].decode("ascii", "replace") if raw else str(scope["path"])


def _decide(
    configured: Callable[[], Config], subscriber: str, token: str, wanted: bool
) -> tuple[int, str]:
    """Status and phrase: 404 for a wrong token, 503 where nothing could be written, so that it is tried again."""
    if not os.environ.get(VARIABLE):
        log.error("an unsubscribing link was called, but %s is not set for `browse`", VARIABLE)
        return 503, "unsubscribe_later"
    try:
        config = configured()
        if channel_of(config, subscriber, token) is None:
            return 404, "unsubscribe_unknown"
        if wanted:
            with open_store(config) as store:
                unsubscribe(store, config, subscriber, token, now())
    except (ScopewatchError, sqlite3.Error, OSError):
        log.exception("unsubscribing failed and was not confirmed")
        return 503, "unsubscribe_later"
    return 200, "unsubscribe_done" if wanted else "unsubscribe_ask"


async def _read_away(receive: Receive) -> bool:
    """Read the body to its end without keeping it; False when it is longer than anybody needs."""
    size = 0
    while True:
        message = await receive()
        size += len(message.get("body", b""))
        if size > LONGEST_BODY:
            return False
        if not message.get("more_body"):
            return True


async def _respond(
    send: Send,
    status: int,
    body: str,
    more: list[tuple[bytes, bytes]] | None = None,
    *,
    kind: bytes = b"text/plain; charset=utf-8",
) -> None:
    headers = [(b"content-type", kind), (b"cache-control", b"no-store"), *HEADERS, *(more or [])]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body.encode()})
