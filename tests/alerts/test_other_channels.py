"""Webhook, Atom, apprise and file: what arrives, what is signed, what a repeat does, what a full disk does."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import resource
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import feedparser
import pytest

from alerts.channels import apprise_channel
from alerts.channels.registry import CHANNELS
from alerts.channels.waiting import seconds_asked
from alerts.composing import compose_due
from alerts.sending import send_waiting
from data.clock import now
from data.config import BrowseSection, Config
from data.store.connection import Store
from data.store.outbox_care import list_parts, set_part_state
from data.subscribers import CHANNEL_TARGETS, Subscriber
from tests.alerts.servers import Answer, http_server
from tests.alerts.world import MONDAY, PLAN, PROMISE, TURN, new_use, open_world, put_deadline, tell

HOUR = timedelta(hours=1)
SCHEMA = Path(__file__).resolve().parents[2] / "docs" / "webhook.schema.json"
TYPES = {"object": dict, "array": list, "string": str, "integer": int, "boolean": bool, "null": type(None)}  # fmt: skip


def with_channel(config: Config, named: str) -> Config:
    return config.model_copy(
        update={
            "browse": BrowseSection(public_url="https://watch.example.org/"),
            "subscribers": (
                Subscriber(name="desk", channels=(named,)),
                Subscriber(name="operator", role="operator"),
            ),
        }
    )


def fits(value: Any, schema: dict[str, Any], root: dict[str, Any]) -> bool:
    """The part of JSON Schema that docs/webhook.schema.json uses."""
    if "$ref" in schema:
        return fits(value, root["$defs"][schema["$ref"].rsplit("/", 1)[1]], root)
    if "anyOf" in schema:
        return value is None or fits(value, schema["anyOf"][0], root)
    if "const" in schema or "enum" in schema:
        return value in schema.get("enum", [schema.get("const")])
    names = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    assert isinstance(value, tuple(TYPES[name] for name in names)), (value, schema)
    if isinstance(value, dict):
        known, more = schema.get("properties", {}), schema.get("additionalProperties", True)
        assert set(schema.get("required", ())) <= set(value)
        assert more is not False or set(value) <= set(known), set(value) - set(known)
        return all(fits(v, known.get(k, more), root) for k, v in value.items())
    if isinstance(value, list):
        return all(fits(one, schema["items"], root) for one in value)
    return True


def test_the_configuration_and_the_registry_know_the_same_channels() -> None:
    assert set(CHANNELS) == set(CHANNEL_TARGETS)


def test_a_webhook_is_signed_and_as_the_schema_says(
    store: Store, config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    with http_server() as (inbox, root):
        monkeypatch.setenv("HOOK_URL", f"{root}/hook")
        monkeypatch.setenv("HOOK_URL_KEY", "key-of-the-hook")
        chosen = with_channel(config, "webhook:HOOK_URL")
        open_world(store, failing=1)
        tell(store, PROMISE, TURN, PLAN)
        compose_due(store, chosen, MONDAY)
        inbox.answers.append(Answer(503, "later", {"Retry-After": "60"}))
        assert send_waiting(store, chosen, MONDAY).failed == 1
        assert send_waiting(store, chosen, MONDAY + HOUR).sent == 1
    (first, _), (headers, content) = inbox.requests
    assert first["x-scopewatch-delivery"] == headers["x-scopewatch-delivery"]
    at, _, signature = headers["x-scopewatch-signature"].removeprefix("t=").partition(",v1=")
    expected = hmac.new(b"key-of-the-hook", f"{at}.".encode() + content, hashlib.sha256).hexdigest()
    assert signature == expected
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    body = json.loads(content)
    assert fits(body, schema, schema)
    assert [change["kind"] for change in body["changes"]] == ["reversal", "new", "denial"]
    assert "key-of-the-hook" not in "".join(store.private.conn.iterdump())


@pytest.mark.parametrize(("status", "state"), [(302, "dead"), (400, "dead"), (410, "dead"), (429, "pending"), (500, "pending")])  # fmt: skip
def test_a_webhooks_answers(
    store: Store, config: Config, monkeypatch: pytest.MonkeyPatch, status: int, state: str
) -> None:
    with http_server() as (inbox, root):
        monkeypatch.setenv("HOOK_URL", f"{root}/hook")
        monkeypatch.setenv("HOOK_URL_KEY", "k")
        chosen = with_channel(config, "webhook:HOOK_URL")
        open_world(store)
        compose_due(store, chosen, MONDAY)
        inbox.answers.append(Answer(status, "x", {"Location": f"{root}/other"}))
        send_waiting(store, chosen, MONDAY)
        assert len(inbox.requests) == 1
    [row] = [row for row in list_parts(store) if row["channel"].startswith("webhook")]
    assert row["state"] == state


def test_atom_keeps_its_ids_and_a_repeat_changes_nothing(store: Store, config: Config) -> None:
    chosen = with_channel(config, "atom")
    open_world(store)
    tell(store, PROMISE, TURN)
    compose_due(store, chosen, MONDAY)
    send_waiting(store, chosen, MONDAY)
    path = config.digests / "feeds" / "desk.atom"
    before = path.read_bytes()
    feed = feedparser.parse(before)
    assert not feed.bozo
    assert len(feed.entries) == 2
    assert feed.feed.subtitle == "情報源3のうち3を読みました。"
    [row] = [row for row in list_parts(store) if row["channel"] == "atom"]
    store.private.execute("UPDATE parts SET state = 'pending' WHERE id = ?", [row["id"]])
    send_waiting(store, chosen, MONDAY + HOUR)
    assert path.read_bytes() == before
    tell(store, PLAN)
    compose_due(store, chosen, MONDAY + 24 * HOUR)
    send_waiting(store, chosen, MONDAY + 24 * HOUR)
    later = feedparser.parse(path.read_bytes())
    assert [entry.id for entry in later.entries[1:]] == [entry.id for entry in feed.entries]
    assert len({entry.id for entry in later.entries}) == 3


def test_a_feed_tells_promises_compared_and_dates_too(store: Store, config: Config) -> None:
    chosen = with_channel(config, "atom")
    open_world(store)
    tell(store, PROMISE, replace(TURN, system="driving_licence"))
    put_deadline(store, due="2026-11-20", title="<b>意見募集</b>\u202e")
    compose_due(store, chosen, MONDAY)
    send_waiting(store, chosen, MONDAY)
    feed = feedparser.parse((config.digests / "feeds" / "desk.atom").read_bytes())
    kinds = [entry.tags[0].term for entry in feed.entries]
    assert kinds == ["new", "denial", "comparison", "deadline"]
    compared, due = feed.entries[2:]
    assert compared.title == "約束と、その後: 運転免許証×番号"
    assert PROMISE.text in compared.summary
    assert TURN.text in compared.summary
    assert compared.link.startswith("https://watch.example.org/-/promise/")
    assert due.title == "2026年11月20日（金）まで（あと4日）: <b>意見募集</b>"
    assert len({entry.id for entry in feed.entries}) == 4


def test_a_feed_holds_all_of_a_large_day(store: Store, config: Config) -> None:
    chosen = with_channel(config, "atom")
    open_world(store)
    tell(store, *(new_use(n, name=f"n{n}", text=f"第{n}の計画で使う。") for n in range(120)))
    compose_due(store, chosen, MONDAY)
    send_waiting(store, chosen, MONDAY)
    feed = feedparser.parse((config.digests / "feeds" / "desk.atom").read_bytes())
    assert len({entry.id for entry in feed.entries}) == 120


def test_the_file_channel_writes_a_letter_that_mail_programs_open(
    store: Store, config: Config
) -> None:
    chosen = with_channel(config, "file:archive/2026")
    open_world(store)
    tell(
        store,
        PROMISE,
        replace(TURN, text="警察は\r\nBcc: evil@example.org\r\n番号を照会することを検討"),
    )
    compose_due(store, chosen, MONDAY)
    send_waiting(store, chosen, MONDAY)
    files = sorted((config.digests / "archive/2026/desk").iterdir())
    assert [path.name for path in files] == ["2026-11-16.eml", "2026-11-16.html", "2026-11-16.md"]
    mail = message_from_bytes(files[0].read_bytes(), policy=default)
    assert mail["Subject"] == "警察×番号: 否定→検討 ほか1件"
    assert mail["To"] == "undisclosed-recipients:;"
    assert mail["Bcc"] is None
    assert mail.defects == []
    text, html = mail.iter_parts()
    assert PROMISE.text in text.get_content()
    written = files[1].read_text(encoding="utf-8")
    assert html.get_content().replace("\r\n", "\n") == written
    assert b"\r\n" in files[0].read_bytes()
    assert b"\n" not in files[0].read_bytes().replace(b"\r\n", b"")


@pytest.mark.parametrize("rubbish", [b"", b"\x00\xff", b"<feed", b"<!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>"])  # fmt: skip
def test_a_broken_feed_file_is_replaced(store: Store, config: Config, rubbish: bytes) -> None:
    chosen = with_channel(config, "atom")
    open_world(store)
    tell(store, TURN)
    compose_due(store, chosen, MONDAY)
    path = config.digests / "feeds" / "desk.atom"
    path.parent.mkdir(parents=True)
    path.write_bytes(rubbish)
    send_waiting(store, chosen, MONDAY)
    assert len(feedparser.parse(path.read_bytes()).entries) == 1


@pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")
def test_apprise_sends_through_what_it_knows_and_says_what_is_missing(
    store: Store, config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen = with_channel(config, "apprise:CHAT_URL")
    open_world(store)
    tell(store, TURN)
    compose_due(store, chosen, MONDAY)
    monkeypatch.setattr(apprise_channel, "installed", lambda: None)
    send_waiting(store, chosen, MONDAY)
    [row] = [row for row in list_parts(store) if row["channel"].startswith("apprise")]
    assert "pip install" in row["last_error"]
    monkeypatch.undo()
    with http_server() as (inbox, root):
        monkeypatch.setenv("CHAT_URL", root.replace("http://", "json://") + "/chat")
        set_part_state(store, row["id"], "pending", MONDAY)
        assert send_waiting(store, chosen, MONDAY).sent == 1
    assert "警察" in json.loads(inbox.requests[0][1])["message"]


def test_no_markup_of_a_chat_service_is_left_but_our_addresses(
    store: Store, config: Config
) -> None:
    chosen = with_channel(config, "apprise:CHAT_URL")
    nasty = "[click](https://evil.example) **b** __u__ ~~s~~ `c` ||x|| <@1> <!channel> <#C1> @everyone https://evil.example/a_b"
    open_world(store)
    url = "https://shiomi.example.jp/a_b*c~d"
    tell(store, PROMISE, replace(TURN, text=nasty, actor=nasty, title=nasty, url=url))
    compose_due(store, chosen, MONDAY)
    rows = list(store.private.query("SELECT payload FROM parts WHERE channel LIKE 'apprise%'"))
    whole = "\n".join(json.loads(row["payload"])["body"] for row in rows)
    assert f"原文: {url}" in whole
    rest = re.sub(r"(?m)(?<= )https?://\S+$|^\* ", "", whole)
    assert not set(rest) & set("*_~`|@<>#")
    assert "](" not in rest


def test_a_file_that_cannot_be_written_waits(store: Store, config: Config) -> None:
    open_world(store)
    compose_due(store, config, MONDAY)
    config.digests.mkdir()
    blocked = config.digests / "operator"
    blocked.write_text("a file where a directory is needed", encoding="utf-8")
    assert send_waiting(store, config, MONDAY).failed == 1
    blocked.unlink()
    assert send_waiting(store, config, MONDAY + HOUR).sent == 1


FULL = """
import resource, sys
from pathlib import Path
from alerts.channels.file import write_whole
resource.setrlimit(resource.RLIMIT_FSIZE, (4096, resource.RLIM_INFINITY))
try:
    write_whole(Path(sys.argv[1]), "x" * 100_000)
except OSError as error:
    print("refused")
"""


def test_a_full_disk_leaves_the_old_file_and_no_half_one(tmp_path: Path) -> None:
    path = tmp_path / "feed.atom"
    path.write_text("old", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-c", FULL, str(path)], capture_output=True, text=True, check=True
    )
    assert done.stdout == "refused\n"
    assert path.read_text(encoding="utf-8") == "old"
    assert [found.name for found in tmp_path.iterdir()] == ["feed.atom"]
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] == resource.RLIM_INFINITY


def test_a_full_database_stops_the_sending_before_the_message(store: Store, config: Config) -> None:
    open_world(store)
    compose_due(store, config, MONDAY)
    store.private.execute(
        "CREATE TRIGGER full BEFORE UPDATE ON parts BEGIN SELECT RAISE(ABORT, 'disk is full'); END"
    )
    with pytest.raises(Exception, match="disk is full"):
        send_waiting(store, config, MONDAY)
    assert not (config.digests / "operator").exists()
    store.private.execute("DROP TRIGGER full")
    assert send_waiting(store, config, MONDAY).sent == 1


@pytest.mark.parametrize(
    ("header", "least", "most"),
    [("120", 120, 120), ("0", 0, 0), ("Wed, 21 Oct 2015 07:28:00 GMT", 0, 0)],
)
def test_retry_after(header: str, least: float, most: float) -> None:
    asked = seconds_asked({"retry-after": header})
    assert asked is not None
    assert least <= asked <= most


@pytest.mark.parametrize("header", ["", "soon", "-5", "1e9", "９", "9" * 30, "Mon, 99 Foo 2026"])
def test_a_retry_after_that_is_none(header: str) -> None:
    assert seconds_asked({"Retry-After": header}) is None
    assert seconds_asked({}) is None
    assert now().tzinfo is not None
