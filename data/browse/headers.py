"""What every answer carries and which addresses exist at all: the outermost layer of the pages.

Datasette's own debugging pages (`/-/databases`, `/-/threads`, `/-/permissions`, …) tell where files
lie and how the process runs; only the addresses that are listed here are passed on.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Final

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]

CONTENT_SECURITY: Final = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
"""Nothing but our own style sheet and images: no script from anywhere, none in the page either."""

HEADERS: Final[tuple[tuple[bytes, bytes], ...]] = (
    (b"content-security-policy", CONTENT_SECURITY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=(), interest-cohort=()"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
)

_OPEN = re.compile(
    r"/$|/robots\.txt$|/assets/|/watch(\.json)?$|/watch/|"
    r"/-/(ladder|finding|use-case|document|story|promise|promises|source|health|search|law|laws|"
    r"feed|data)(/|\.|$)"
)
LONGEST_QUERY: Final = 2000


def guarded(app: App) -> App:
    """`app` behind the list of addresses, the list of methods, and with the headers above."""

    async def answer(scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        refusal = _refusal(scope)
        if refusal:
            await _refuse(send, *refusal)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                names = {name for name, _ in HEADERS}
                kept = [pair for pair in message.get("headers", []) if pair[0].lower() not in names]
                message["headers"] = [*kept, *HEADERS]
            await send(message)

        await app(scope, receive, with_headers)

    return answer


def _refusal(scope: Message) -> tuple[int, str] | None:
    if scope["method"] not in {"GET", "HEAD"}:
        return 405, "These pages are read-only."
    if len(scope.get("query_string", b"")) > LONGEST_QUERY:
        return 414, "The query is too long."
    if not _OPEN.match(scope["path"]):
        return 404, "There is no such page. ページはありません。"
    return None


async def _refuse(send: Send, status: int, reason: str) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8"), *HEADERS]
    if status == 405:
        headers.append((b"allow", b"GET, HEAD"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": reason.encode()})
