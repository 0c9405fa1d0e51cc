"""A real mail server and a real HTTP server on loopback that answer as a test tells them to."""

from __future__ import annotations

import asyncio
import json
import socket
import ssl
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

USER, PASSWORD = "watch", "only-for-this-test"


@dataclass
class Mailbox:
    """What the mail server got, and how it is to behave. Replies are used up one by one, then 250."""

    messages: list[tuple[str, Message]] = field(default_factory=list)
    connections: int = 0
    rcpt: deque[str] = field(default_factory=deque)
    mail: deque[str] = field(default_factory=deque)
    data: deque[str] = field(default_factory=deque)
    """`hang` takes the message and never answers, `drop` takes it and hangs up, `half` takes it and closes
    its side without a word, `refuse …` as it says."""
    pause: float = 0.0
    """Seconds before each answer, as over a real distance."""

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.mail_from = address
        reply = self.mail.popleft() if self.mail else "250 OK"
        await asyncio.sleep(self.pause)
        await _misbehave(reply, server)
        return reply

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        reply = self.rcpt.popleft() if self.rcpt else "250 OK"
        await asyncio.sleep(self.pause)
        if reply.startswith("250"):
            envelope.rcpt_tos.append(address)
        return reply

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        reply = self.data.popleft() if self.data else "250 OK"
        await asyncio.sleep(self.pause)
        if reply[:1] not in "45":
            content = envelope.content
            assert isinstance(content, bytes)
            self.messages.append((envelope.rcpt_tos[0], message_from_bytes(content)))
        await asyncio.sleep(self.pause)
        await _misbehave(reply, server)
        return reply


async def _misbehave(reply: str, server: SMTP) -> None:
    assert isinstance(server.transport, asyncio.Transport)
    if reply == "drop":
        server.transport.close()
    if reply == "half":
        server.transport.write_eof()
    if reply in ("hang", "half"):
        await asyncio.sleep(30)
    while reply == "drip" and not server.transport.is_closing():
        server.transport.write(b"2")
        await asyncio.sleep(0.2)


class CountingController(Controller):
    def factory(self) -> SMTP:
        self.handler.connections += 1
        return super().factory()


def _judge(
    server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any
) -> AuthResult:
    good = isinstance(data, LoginPassword) and data == LoginPassword(
        USER.encode(), PASSWORD.encode()
    )
    return AuthResult(success=good, handled=good)


@contextmanager
def mail_server(security: str = "none", *, login: bool = False) -> Iterator[tuple[Mailbox, int]]:
    """A mail server with `security` none, starttls or tls, as in scopewatch.toml; gives mailbox and port."""
    box = Mailbox()
    context = None
    if security != "none":
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        CERTIFICATE.configure_cert(context)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = CountingController(
        box,
        hostname="127.0.0.1",
        port=port,
        ssl_context=context if security == "tls" else None,
        tls_context=context if security == "starttls" else None,
        require_starttls=security == "starttls",
        authenticator=_judge if login else None,
        auth_required=login and security == "starttls",
        auth_require_tls=security == "starttls",
        ready_timeout=20,
    )
    controller.start()
    box.connections = 0
    try:
        yield box, port
    finally:
        controller.stop()


AUTHORITY = trustme.CA()
CERTIFICATE = AUTHORITY.issue_cert("127.0.0.1", "localhost")


def authority_file(directory: Path) -> Path:
    path = directory / "ca.pem"
    AUTHORITY.cert_pem.write_to_path(path)
    return path


@dataclass
class Answer:
    """One scripted HTTP answer; `seconds` before it, `cut` hangs up in the middle."""

    status: int = 200
    body: str = "ok"
    headers: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.0
    cut: bool = False
    taken: bool = True
    """Whether the service acted on the request, as far as the test's count goes."""


@dataclass
class Inbox:
    """What the HTTP server got, and the answers that it is to give one by one, then 200 ok."""

    requests: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    answers: deque[Answer] = field(default_factory=deque)
    taken: list[dict[str, Any]] = field(default_factory=list)
    pause: float = 0.0
    released: threading.Event = field(default_factory=threading.Event)


@contextmanager
def http_server() -> Iterator[tuple[Inbox, str]]:
    """An HTTP server that takes POSTs, as Slack or a webhook; gives its inbox and its root address."""
    inbox = Inbox()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            content = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            inbox.paths.append(self.path)
            inbox.requests.append(({k.lower(): v for k, v in self.headers.items()}, content))
            answer = inbox.answers.popleft() if inbox.answers else Answer()
            inbox.released.wait(inbox.pause)
            if (
                answer.status == 200
                and answer.body.startswith(("ok", '{"ok": true'))
                and answer.taken
            ):
                inbox.taken.append(json.loads(content or b"{}"))
            inbox.released.wait(inbox.pause + answer.seconds)
            if answer.cut:
                self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\nok")
                self.close_connection = True
                return
            body = answer.body.encode()
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            """Quiet."""

    class Server(ThreadingHTTPServer):
        def handle_error(self, request: object, client_address: object) -> None:
            """A client that hung up is what the tests are about."""

    with Server(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield inbox, f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            inbox.released.set()
            server.shutdown()
            thread.join()
