"""One-click unsubscribing end to end: the header of a delivered mail, called at a real `scopewatch browse`."""

from __future__ import annotations

import os
import re
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import Message
from pathlib import Path

import pytest
import urllib3

from alerts.composing import compose_due
from alerts.sending import send_waiting
from data.config import read_config
from data.store.connection import open_store
from data.store.subscriptions import list_suspensions, resume
from tests.alerts.servers import mail_server
from tests.alerts.world import MONDAY, open_world

SECRET = "s3cret-of-the-house"
NAME = "desk.東京"


@dataclass(frozen=True)
class House:
    """A running `scopewatch browse`, and a mail that a reader of it got."""

    path: Path
    mail: Message
    http: urllib3.PoolManager

    @property
    def link(self) -> str:
        found = re.match(r"<(https?://[^>]+)>,\s+<mailto:", self.mail["List-Unsubscribe"])
        assert found
        return found[1]

    def call(self, method: str, url: str | None = None, **more: object) -> urllib3.BaseHTTPResponse:
        return self.http.request(method, url or self.link, redirect=False, retries=False, **more)

    def switched_off(self) -> list[tuple[str, str]]:
        with open_store(read_config(self.path)) as store:
            return [(row["subscriber"], row["channel"]) for row in list_suspensions(store)]


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """One house for all tests of this file: the server takes seconds to start."""
    tmp_path = tmp_path_factory.mktemp("house")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with pytest.MonkeyPatch.context() as patch, mail_server() as (box, mail_port):
        patch.setenv("SCOPEWATCH_SECRET", SECRET)
        path = tmp_path / "scopewatch.toml"
        path.write_text(
            f'[browse]\nport = {port}\npublic_url = "http://127.0.0.1:{port}/"\n'
            f'[mail]\nhost = "127.0.0.1"\nport = {mail_port}\nsecurity = "none"\n'
            f'[[subscribers]]\nname = "{NAME}"\n'
            'channels = ["file", "email:desk@example.org", "email:home@example.org"]\n',
            encoding="utf-8",
        )
        config = read_config(path)
        with open_store(config) as store:
            open_world(store)
            compose_due(store, config, MONDAY)
            assert send_waiting(store, config, MONDAY).sent == 3
    mail = next(mail for to, mail in box.messages if to == "desk@example.org")
    with browsing(path, port), urllib3.PoolManager(timeout=40) as http:
        yield House(path, mail, http)


@pytest.fixture
def house(standing: House) -> House:
    """The house with every reader subscribed."""
    with open_store(read_config(standing.path)) as store:
        for subscriber, channel in standing.switched_off():
            resume(store, subscriber, channel)
    return standing


@contextmanager
def browsing(path: Path, port: int) -> Iterator[None]:
    environment = os.environ | {"SCOPEWATCH_CONFIG": str(path), "SCOPEWATCH_SECRET": SECRET}
    command = [sys.executable, "-m", "scopewatch", "browse"]
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL) as server:
        try:
            for _ in range(300):
                with socket.socket() as probe:
                    if probe.connect_ex(("127.0.0.1", port)) == 0:
                        break
                assert server.poll() is None
                time.sleep(0.1)
            yield
        finally:
            server.terminate()


def test_the_mail_offers_one_click_and_its_post_needs_nothing_but_the_address(house: House) -> None:
    assert house.mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    body = {
        "body": b"List-Unsubscribe=One-Click",
        "headers": {"Content-Type": "application/x-www-form-urlencoded"},
    }
    for _ in range(2):
        answer = house.call("POST", **body)
        assert answer.status == 200, "twice is fine"
        assert "set-cookie" not in answer.headers
        assert answer.headers["cache-control"] == "no-store"
        assert house.switched_off() == [(NAME, "email:desk@example.org")], "this address, no other"
    assert house.call("POST", body=b"").status == 200


def test_a_get_asks_and_changes_nothing(house: House) -> None:
    for method in ("GET", "HEAD", "GET"):
        answer = house.call(method, headers={"Accept-Language": "en"})
        assert answer.status == 200
    assert '<form method="post"><button>Stop the digests' in answer.data.decode()
    assert "javascript" not in answer.data.decode().lower()
    assert "form-action 'self'" in answer.headers["content-security-policy"]
    assert house.switched_off() == []
    assert "配信を止める" in house.call("GET").data.decode()


def test_the_button_of_the_page_works_from_a_browser_with_cookies(house: House) -> None:
    sent = {"Cookie": "csrftoken=x; ds_actor=y", "Origin": "null"}
    answer = house.call("POST", fields={"x": "y" * 1000}, headers=sent)
    assert answer.status == 200
    assert "配信を止めました" in answer.data.decode()
    assert house.switched_off() == [(NAME, "email:desk@example.org")]


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_wrong_address_says_so_and_changes_nothing(house: House, method: str) -> None:
    start, _, token = house.link.rpartition("/")
    for wrong in (
        f"{start}/{'0' * 32}", f"{start}/{token[:-1]}", f"{start}/%00", f"{start}/%ff%fe", f"{start}/{token}/x",
        house.link.replace("/desk.", "/operator."), f"{start.rpartition('/')[0]}/..%2fdesk/{token}",
    ):  # fmt: skip
        answer = house.call(method, wrong)
        assert answer.status in (404, 405), wrong
    assert house.switched_off() == []


def test_other_methods_and_endless_bodies_are_refused(house: House) -> None:
    for method in ("PUT", "DELETE", "PATCH", "OPTIONS"):
        answer = house.call(method)
        assert (answer.status, answer.headers["allow"]) == (405, "GET, HEAD, POST")
    assert house.call("POST", body=b"x" * 200_000).status == 413
    assert house.switched_off() == []
    assert house.call("POST", house.link.partition("/-/")[0] + "/").status == 405, "as before"


def test_what_could_not_be_written_is_not_confirmed(house: House) -> None:
    config = read_config(house.path)
    with sqlite3.connect(config.private_db) as db:
        db.execute(
            "CREATE TRIGGER full BEFORE INSERT ON suspensions BEGIN SELECT RAISE(ABORT, 'disk is full'); END"
        )
    db.close()
    assert house.call("POST").status == 503
    house.path.rename(house.path.with_suffix(".gone"))
    assert house.call("POST").status == 503, "the configuration cannot be read"
    house.path.with_suffix(".gone").rename(house.path)
    with sqlite3.connect(config.private_db) as db:
        db.execute("DROP TRIGGER full")
    db.close()
    assert house.call("POST").status == 200
    assert house.switched_off() == [(NAME, "email:desk@example.org")]
