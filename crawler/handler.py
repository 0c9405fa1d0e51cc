"""Scrapy's HTTP/1.1 download handler behind the process-wide gate; a body that grows large waits for room."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.core.downloader.handlers import http11
from scrapy.crawler import Crawler
from scrapy.http import Response
from twisted.internet.interfaces import ITransport
from twisted.internet.protocol import Protocol, connectionDone
from twisted.python.failure import Failure

from crawler.memory import LIGHT, Room
from crawler.session import Session
from crawler.tls import Verified

_PAUSED = 3600.0
"""Seconds that a download is given while it waits for us; what it had left is given back."""


class GatedHandler(http11.HTTP11DownloadHandler):
    """Waits for the host's turn before it sends; the time-out counts from then."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        spider: Any = crawler.spider
        self._session: Session = spider.session
        if crawler.settings.getbool("DOWNLOAD_VERIFY_CERTIFICATES"):
            policy: Any = Verified(self._contextFactory)
            self._contextFactory = policy

    async def download_request(self, request: Request) -> Response:
        async with self._session.gate.turn(urlsplit(request.url).hostname or ""):
            return await super().download_request(request)


class _Agent(http11._ScrapyAgent):
    """Scrapy's agent whose bodies are paced."""

    def _cb_bodyready(self, txresponse: Any, request: Request) -> Any:
        spider: Any = self._crawler.spider
        deliver: Callable[[Protocol], None] = txresponse.deliverBody
        most = int(request.meta.get("download_maxsize", self._maxsize))
        length = txresponse.length if isinstance(txresponse.length, int) else most

        def paced(reader: Protocol) -> None:
            deliver(_Paced(reader, spider.session.room, min(length, most), self._wait))

        txresponse.deliverBody = paced
        return super()._cb_bodyready(txresponse, request)

    def _wait(self) -> Callable[[], None]:
        """Stop the clock of the download; gives what lets it go on."""
        clock: Any = self._timeout_cl
        left = clock.getTime() - clock.seconds() if clock.active() else 0.0
        if clock.active():
            clock.reset(_PAUSED)

        def go_on() -> None:
            if clock.active():
                clock.reset(max(left, 1.0))

        return go_on


http11._ScrapyAgent = _Agent  # type: ignore[misc]


class _Paced(Protocol):
    """Between a connection and the reader of its body: what is larger than a page comes in when there is room."""

    def __init__(
        self, reader: Protocol, room: Room, size: int, wait: Callable[[], Callable[[], None]]
    ) -> None:
        self._reader: Any = reader
        self._room = room
        self._size = size
        self._wait = wait
        self._count = 0
        self._waiting: asyncio.Task[None] | None = None
        self._paused = False
        self._ended = asyncio.Event()

    def makeConnection(self, transport: ITransport) -> None:  # noqa: N802 - Twisted's name
        self.transport = transport
        self._reader.makeConnection(transport)

    def dataReceived(self, data: bytes) -> None:  # noqa: N802
        self._count += len(data)
        self._reader.dataReceived(data)
        if self._count > LIGHT and self._waiting is None:
            self._paused = True
            self._waiting = asyncio.create_task(self._make_room())
        if self._paused:
            self._connection.pauseProducing()

    def connectionLost(self, reason: Failure = connectionDone) -> None:  # noqa: N802
        self._ended.set()
        if self._waiting is not None and self._paused:
            self._waiting.cancel()
        self._reader.connectionLost(reason)

    async def _make_room(self) -> None:
        go_on = self._wait()
        async with self._room.body(self._size):
            self._paused = False
            go_on()
            self._connection.resumeProducing()
            await self._ended.wait()

    @property
    def _connection(self) -> Any:
        return self.transport
