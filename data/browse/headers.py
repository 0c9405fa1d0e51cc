"""What every answer carries and which addresses exist at all: the outermost layer of the pages.

Datasette's own debugging pages (`/-/databases`, `/-/threads`, `/-/permissions`, …) tell where files
lie and how the process runs; only the addresses that are listed here are passed on.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from data.browse.desk import desk_of

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]

CONTENT_SECURITY: Final = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
"""Nothing but our own style sheet and images: no script from anywhere, none in the page either."""
WITH_OUR_SCRIPTS: Final = f"{CONTENT_SECURITY}; script-src 'self'"
"""For the two kinds of pages that have one: files of ours, still none within the page."""
_SCRIPTED = re.compile(r"/-/(review(/[0-9]+)?|dashboards/[\w-]+)$")

HEADERS: Final[tuple[tuple[bytes, bytes], ...]] = (
    (b"content-security-policy", CONTENT_SECURITY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    # Nothing to other sites; with no-referrer a browser would hide from us too where a form comes from.
    (b"referrer-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=(), interest-cohort=()"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
)

_OPEN = re.compile(
    r"/$|/robots\.txt$|/assets/[\w.-]{1,80}$|/watch(\.json)?$|/watch/|"
    r"/-/(ladder|finding|use-case|document|story|promise|promises|source|health|search|law|laws|"
    r"feed|deadlines)(/|\.|$)|/-/dashboards(/[\w-]+)?$|/-/static-plugins/datasette_dashboards/vega[\w.-]*\.js$"
)
_REVIEWERS = re.compile(r"/-/(review|reviewed|sign-in|sign-out|act)(/|$)")
_WRITTEN = re.compile(r"/-/(sign-in|sign-out|act/.+)$")
LONGEST_QUERY: Final = 2000
LONGEST_BODY: Final = 16_384


@dataclass(frozen=True, slots=True)
class Gate:
    """What is open beside the pages: the reviewers' addresses, and those of the operator's plugins."""

    reviewers: bool = False
    plugins: tuple[str, ...] = ()

    def opens(self, path: str) -> bool:
        return bool(
            _OPEN.match(path) or (self.reviewers and _REVIEWERS.match(path)) or path in self.plugins
        )


def gate_of(datasette: Any) -> Gate:
    """The gate that belongs to a Datasette."""
    desk = desk_of(datasette)
    return Gate(desk is not None, desk.open_paths if desk else ())


def guarded(app: App, gate: Callable[[], Gate]) -> App:
    """`app` behind the list of addresses, the list of methods, and with the headers above."""

    async def answer(scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        refusal = _refusal(scope, gate())
        if refusal:
            await _refuse(send, *refusal)
            return
        ours = headers_for(scope["path"])

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                names = {name for name, _ in ours}
                kept = [pair for pair in message.get("headers", []) if pair[0].lower() not in names]
                message["headers"] = [*kept, *ours]
            await send(message)

        await app(scope, receive, with_headers)

    return answer


def headers_for(path: str) -> tuple[tuple[bytes, bytes], ...]:
    """The headers of an answer: the same everywhere but for the policy of the pages with a script."""
    if _SCRIPTED.match(path):
        return ((b"content-security-policy", WITH_OUR_SCRIPTS.encode()), *HEADERS[1:])
    return HEADERS


def _refusal(scope: Message, gate: Gate) -> tuple[int, str] | None:
    path = scope["path"]
    if scope["method"] == "POST" and gate.reviewers and _WRITTEN.match(path):
        return _refused_form(dict(scope.get("headers") or []))
    if scope["method"] not in {"GET", "HEAD"}:
        return 405, "These pages are read-only."
    if len(scope.get("query_string", b"")) > LONGEST_QUERY:
        return 414, "The query is too long."
    if not gate.opens(path):
        return 404, "There is no such page. ページはありません。"
    return None


def _refused_form(headers: Mapping[bytes, bytes]) -> tuple[int, str] | None:
    """What is wrong with a form before anybody reads it: it comes from elsewhere, or is too long."""
    length = headers.get(b"content-length", b"")
    if not length.isdigit():
        return 411, "How long is the form?"
    if int(length) > LONGEST_BODY:
        return 413, "The form is too long."
    origin = headers.get(b"origin")
    elsewhere = origin is not None and urlsplit(origin).netloc != headers.get(b"host")
    if elsewhere or headers.get(b"sec-fetch-site", b"same-origin") != b"same-origin":
        return 403, "The form was sent from another site."
    return None


async def _refuse(send: Send, status: int, reason: str) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8"), *HEADERS]
    if status == 405:
        headers.append((b"allow", b"GET, HEAD"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": reason.encode()})
