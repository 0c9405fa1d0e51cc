"""A side that answers one byte at a time holds nobody up for ever."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from alerts import sending
from alerts.composing import compose_due
from alerts.sending import send_waiting
from data.config import Config, MailSection
from data.store.connection import Store
from data.store.outbox_care import list_parts
from data.subscribers import Subscriber
from tests.alerts.servers import mail_server
from tests.alerts.world import MONDAY, open_world


@contextmanager
def dripping(words: bytes) -> Iterator[int]:
    """A server that says `words` over and over, a byte every fifth of a second, and never a line's end."""
    over = threading.Event()

    def serve() -> None:
        while not over.is_set():
            try:
                connection, _ = listener.accept()
            except OSError:
                continue
            with connection:
                while not over.wait(0.2):
                    try:
                        connection.sendall(words)
                    except OSError:
                        break

    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        listener.settimeout(0.2)
        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield listener.getsockname()[1]
        finally:
            over.set()
            thread.join()


@pytest.mark.parametrize("named", ["email:desk@example.org", "slack:SLOW", "webhook:SLOW"])
def test_a_server_that_drips_is_given_up_and_the_part_waits(
    store: Store, config: Config, named: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "LONGEST_TALK", 2.0)
    with dripping(b"2") as port:
        monkeypatch.setenv("SLOW", f"http://127.0.0.1:{port}/x")
        monkeypatch.setenv("SLOW_KEY", "k")
        mail = MailSection(host="127.0.0.1", port=port, security="none", timeout_seconds=5)
        readers = (Subscriber(name="desk", channels=(named,)),)
        chosen = config.model_copy(update={"mail": mail, "subscribers": readers})
        open_world(store)
        compose_due(store, chosen, MONDAY)
        started = time.monotonic()
        assert send_waiting(store, chosen, MONDAY).failed == 1
        assert time.monotonic() - started < 10
    [row] = list_parts(store)
    assert row["state"] == "pending"


@pytest.mark.parametrize("command", ["mail", "data"])
def test_a_mail_server_that_begins_to_drip_is_left_without_a_good_bye(
    store: Store, config: Config, command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "LONGEST_TALK", 2.0)
    with mail_server() as (box, port):
        mail = MailSection(host="127.0.0.1", port=port, security="none", timeout_seconds=5)
        readers = (Subscriber(name="desk", channels=("email:desk@example.org",)),)
        chosen = config.model_copy(update={"mail": mail, "subscribers": readers})
        open_world(store)
        compose_due(store, chosen, MONDAY)
        getattr(box, command).append("drip")
        started = time.monotonic()
        assert send_waiting(store, chosen, MONDAY).failed == 1
        assert time.monotonic() - started < 5
