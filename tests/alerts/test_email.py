"""E-mail over a real server: TLS, login, every way to fail, and headers that no server refuses."""

from __future__ import annotations

import base64
import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes
from email.header import decode_header, make_header
from email.utils import parseaddr
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.channels.mime import Mail, encoded, message
from alerts.composing import compose_due
from alerts.sending import Sent, send_waiting
from data.config import BrowseSection, Config, MailSection
from data.store.connection import Store
from data.store.outbox_care import list_parts, retry_dead
from data.store.subscriptions import UNSUBSCRIBED, list_suspensions, resume, suspend
from data.subscribers import Subscriber
from data.unsubscribe import channel_of, unsubscribe, unsubscribe_link
from tests.alerts.servers import PASSWORD, USER, Mailbox, authority_file, mail_server
from tests.alerts.world import MONDAY, PLAN, PROMISE, TURN, new_use, open_world, tell

DESK = "desk@example.org"
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
MIXES = st.text(
    alphabet=st.one_of(
        st.characters(min_codepoint=0x20, max_codepoint=0x7E),
        st.sampled_from("旅券番号検討決定ほか件ＰＩＡ①髙﨑ｶﾞ　、。→×（）😀𠮷é=?_"),
    ),
    max_size=120,
)


@settings(max_examples=1000, deadline=None)
@given(MIXES)
def test_subjects_obey_rfc_2047(text: str) -> None:
    wire = encoded(text)
    words = wire.split("\r\n ")
    assert "?==?" not in wire
    assert wire.isascii()
    for word in words if wire.startswith("=?") else []:
        found = re.fullmatch(r"=\?utf-8\?B\?([A-Za-z0-9+/]+=*)\?=", word)
        assert found, word
        assert len(word) <= 75
        assert base64.b64decode(found[1]).decode("utf-8")
    lines = f"Subject: {wire}".split("\r\n")
    assert max(map(len, lines)) <= 76, "RFC 2047: of a line that holds an encoded word"
    assert str(make_header(decode_header(wire.replace("\r\n ", "\n ")))) == " ".join(text.split())


def test_a_long_japanese_sender_stays_within_the_line_and_is_read_back() -> None:
    name = "番号利用を見守る市民の会・配信係（試験）"
    mail = Mail(
        sender=f"{name} <watch-the-number@mail.watch.example.org>", to=DESK, subject="x", message_id="1@x",
        date=MONDAY, text="t",
    )  # fmt: skip
    head = message(mail).split(b"\r\n\r\n")[0]
    assert max(map(len, head.split(b"\r\n"))) <= 76
    read = str(make_header(decode_header(message_from_bytes(message(mail))["From"])))
    assert parseaddr(read) == (name, "watch-the-number@mail.watch.example.org")


@pytest.mark.parametrize("value", ["a\r\nBcc: all@example.org", "a\nb", "a\x00b", "ä"])
def test_a_header_cannot_begin_another(value: str) -> None:
    mail = Mail(
        sender="w@example.org", to=DESK, subject="x", message_id="1@x", date=MONDAY, text="t"
    )
    with pytest.raises(ValueError, match="header"):
        message(replace(mail, to=value))
    if value != "ä":
        head = message(replace(mail, subject=value)).split(b"\r\n\r\n")[0]
        assert b"\nBcc:" not in head


def mailing(config: Config, port: int, channels: tuple[str, ...] = (f"email:{DESK}",), **mail: object) -> Config:  # fmt: skip
    section = MailSection(
        host="127.0.0.1", port=port, sender="watch@example.org",
        **{"security": "none", "timeout_seconds": 1, **mail},
    )  # fmt: skip
    return config.model_copy(
        update={
            "mail": section,
            "browse": BrowseSection(public_url="https://watch.example.org"),
            "subscribers": (
                Subscriber(name="desk", channels=channels, language="both"),
                Subscriber(name="operator", role="operator"),
            ),
        }
    )


@contextmanager
def delivering(
    store: Store, config: Config, security: str = "none", *, login: bool = False, **mail: object
) -> Iterator[tuple[Mailbox, Config]]:
    with mail_server(security, login=login) as (box, port):
        chosen = mailing(config, port, security=security, **mail)
        open_world(store)
        tell(store, PROMISE, TURN, PLAN)
        compose_due(store, chosen, MONDAY)
        yield box, chosen


def state(store: Store) -> str:
    [row] = [row for row in list_parts(store) if row["channel"].startswith("email")]
    return str(row["state"])


@pytest.mark.parametrize("security", ["none", "starttls", "tls"])
def test_a_digest_arrives_whole(
    store: Store, config: Config, security: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SCOPEWATCH_SECRET", "s3cret")
    monkeypatch.setenv("SCOPEWATCH_SMTP_PASSWORD", PASSWORD)
    options = {"user": USER, "ca_file": authority_file(config.base)} if security != "none" else {}
    with delivering(store, config, security, login=security != "none", **options) as (box, chosen):
        assert send_waiting(store, chosen, MONDAY) == Sent(sent=2)
    [(to, mail)] = box.messages
    assert to == DESK
    assert str(make_header(decode_header(mail["Subject"]))) == "警察×番号: 否定→検討 ほか2件"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert re.match(r"<https://watch\.example\.org/-/unsubscribe/desk/[0-9a-f]{32}>", mail["List-Unsubscribe"])  # fmt: skip
    assert mail["Message-ID"].endswith("@example.org>")
    assert mail["Date"] == "Mon, 16 Nov 2026 07:30:00 +0900"
    text, html = mail.get_payload()
    assert text.get_content_type() == "text/plain"
    assert PROMISE.text in text.get_payload(decode=True).decode()
    page = html.get_payload(decode=True).decode()
    assert PROMISE.text in page
    assert "/-/unsubscribe/desk/" in page
    assert "s3cret" not in "".join(store.private.conn.iterdump())


def test_one_connection_serves_the_whole_pass(store: Store, config: Config) -> None:
    channels = tuple(f"email:reader{number}@example.org" for number in range(20))
    with mail_server() as (box, port):
        chosen = mailing(config, port, channels)
        open_world(store)
        compose_due(store, chosen, MONDAY)
        box.connections = 0
        assert send_waiting(store, chosen, MONDAY).sent == 21
        assert (box.connections, len(box.messages)) == (1, 20)


REPLIES = {
    "greylisted": ({"rcpt": ["451 4.7.1 try later"]}, "pending"),
    "server going down": ({"rcpt": ["421 4.3.2 shutting down"]}, "pending"),
    "no such user": ({"rcpt": ["550 5.1.1 no such user"]}, "dead"),
    "sender refused for now": ({"mail": ["452 4.3.1 no space"]}, "pending"),
    "content put off": ({"data": ["451 4.3.0 scanner down"]}, "pending"),
    "content refused": ({"data": ["554 5.7.1 refused"]}, "dead"),
}


@pytest.mark.parametrize("case", REPLIES.values(), ids=REPLIES.keys())
def test_4xx_is_tried_again_and_5xx_is_not(
    store: Store, config: Config, case: tuple[dict[str, list[str]], str]
) -> None:
    script, expected = case
    with delivering(store, config) as (box, chosen):
        for command, replies in script.items():
            getattr(box, command).extend(replies)
        done = send_waiting(store, chosen, MONDAY)
        assert (done.failed, done.dead) == ((1, 0) if expected == "pending" else (0, 1))
        assert state(store) == expected
        assert box.messages == []
        send_waiting(store, chosen, MONDAY + HOUR)
        assert len(box.messages) == (1 if expected == "pending" else 0)


def test_a_dead_letter_reaches_the_operator_another_way_and_can_be_retried(
    store: Store, config: Config
) -> None:
    with delivering(store, config) as (box, chosen):
        box.rcpt.append("550 5.1.1 no such user")
        assert send_waiting(store, chosen, MONDAY).dead == 1
        [letter] = (config.digests / "letters").glob("*.txt")
        text = letter.read_text(encoding="utf-8")
        assert "550 5.1.1 no such user" in text
        assert "desk, email:desk@example.org, 2026-11-16" in text
        assert send_waiting(store, chosen, MONDAY + HOUR) == Sent()
        assert retry_dead(store, MONDAY + HOUR) == 1
        assert send_waiting(store, chosen, MONDAY + HOUR).sent == 1
        assert len(box.messages) == 1


def test_an_address_that_refuses_three_digests_is_suspended(store: Store, config: Config) -> None:
    with delivering(store, config) as (box, chosen):
        box.rcpt.extend(["550 5.1.1 no such user"] * 9)
        for number in range(4):
            at = MONDAY + number * DAY
            compose_due(store, chosen, at)
            send_waiting(store, chosen, at)
        assert [row["channel"] for row in list_suspensions(store)] == [f"email:{DESK}"]
        assert len(box.rcpt) == 6
        letters = [path.read_text() for path in (config.digests / "letters").glob("*.txt")]
        assert any(f"outbox resume desk email:{DESK}" in letter for letter in letters)


def test_what_waits_for_a_suspended_address_is_kept_and_goes_out_when_it_is_resumed(
    store: Store, config: Config
) -> None:
    with delivering(store, config) as (box, chosen):
        box.rcpt.extend(["550 5.1.1 no such user"] * 3)
        for number in range(6):
            at = MONDAY + number * DAY
            if number:
                said = f"第{number}の計画で番号を使うことを決めた。"
                tell(store, new_use(number, name=f"n{number}", text=said, at=at - HOUR))
            compose_due(store, chosen, at)
            send_waiting(store, chosen, at)
        assert box.messages == []
        assert resume(store, "desk", f"email:{DESK}")
        assert retry_dead(store, at) == 3
        assert send_waiting(store, chosen, at).sent == 6
        told = "".join(str(mail.get_payload(0).get_payload(decode=True).decode()) for _, mail in box.messages)  # fmt: skip
        assert all(told.count(f"第{number}の計画") == 2 for number in range(1, 6)), (
            "ja and en, once"
        )
        assert send_waiting(store, chosen, at + DAY) == Sent()


def test_a_resumed_channel_is_not_suspended_again_for_what_was_told(
    store: Store, config: Config
) -> None:
    with delivering(store, config) as (box, chosen):
        box.rcpt.extend(["550 5.1.1 no such user"] * 3)
        for number in range(3):
            compose_due(store, chosen, MONDAY + number * DAY)
            send_waiting(store, chosen, MONDAY + number * DAY)
        assert resume(store, "desk", f"email:{DESK}")
        send_waiting(store, chosen, MONDAY + 2 * DAY + HOUR)
        assert list_suspensions(store) == []


def test_a_reader_who_unsubscribes_from_a_suspended_address_gets_nothing_after_a_resume(
    store: Store, config: Config
) -> None:
    with delivering(store, config) as (box, chosen):
        suspend(store, "desk", f"email:{DESK}", "refused", MONDAY)
        assert send_waiting(store, chosen, MONDAY) == Sent(sent=1), "the operator's file only"
        suspend(store, "desk", f"email:{DESK}", UNSUBSCRIBED, MONDAY)
        [row] = list_suspensions(store)
        assert row["reason"] == UNSUBSCRIBED
        assert resume(store, "desk", f"email:{DESK}")
        assert send_waiting(store, chosen, MONDAY) == Sent()
        assert box.messages == []


def test_a_server_that_wants_few_messages_per_connection_gets_the_rest_over_new_ones(
    store: Store, config: Config
) -> None:
    channels = tuple(f"email:reader{number}@example.org" for number in range(5))
    with mail_server() as (box, port):
        chosen = mailing(config, port, channels)
        open_world(store)
        compose_due(store, chosen, MONDAY)
        box.mail.extend(["250 OK", "250 OK", "421 4.7.0 too many messages in this connection"])
        assert send_waiting(store, chosen, MONDAY) == Sent(sent=6)
        assert len(box.messages) == 5
        assert box.connections == 2


@pytest.mark.parametrize(
    "reply", ["530 5.7.0 must issue STARTTLS first", "550 5.7.1 sender not allowed"]
)
def test_a_refused_sender_is_the_operators_to_mend_and_costs_no_reader(
    store: Store, config: Config, reply: str
) -> None:
    with delivering(store, config) as (box, chosen):
        box.mail.append(reply)
        assert send_waiting(store, chosen, MONDAY) == Sent(sent=1, failed=1)
        [row] = [row for row in list_parts(store) if row["channel"].startswith("email")]
        assert (row["state"], row["last_error"]) == ("pending", reply)
        assert send_waiting(store, chosen, MONDAY + HOUR).sent == 1
        assert len(box.messages) == 1


def test_a_server_that_repeats_the_password_does_not_get_it_into_the_database(
    store: Store, config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SCOPEWATCH_SMTP_PASSWORD", PASSWORD)
    with delivering(store, config) as (box, chosen):
        coded = base64.b64encode(PASSWORD.encode()).decode()
        box.mail.append(f"535 5.7.8 no: {PASSWORD} {coded}")
        send_waiting(store, chosen, MONDAY)
    [row] = [row for row in list_parts(store) if row["channel"].startswith("email")]
    assert row["last_error"] == "535 5.7.8 no: *** ***"


@pytest.mark.parametrize(("behaviour", "copies"), [("hang", 2), ("drop", 2)])
def test_no_answer_after_data_repeats_the_same_message_id(
    store: Store, config: Config, behaviour: str, copies: int
) -> None:
    """The ambiguous case: the server has the message and did not say so."""
    with delivering(store, config) as (box, chosen):
        box.data.append(behaviour)
        assert send_waiting(store, chosen, MONDAY).failed == 1
        assert send_waiting(store, chosen, MONDAY + HOUR).sent == 1
        assert len(box.messages) == copies
        assert len({mail["Message-ID"] for _, mail in box.messages}) == 1


def test_a_server_that_is_not_there_costs_one_attempt_and_keeps_all(
    store: Store, config: Config
) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        chosen = mailing(config, unused.getsockname()[1], (f"email:{DESK}", "email:b@example.org"))
        open_world(store)
        compose_due(store, chosen, MONDAY)
        assert send_waiting(store, chosen, MONDAY) == Sent(sent=1, failed=1)
    rows = [row for row in list_parts(store) if row["channel"].startswith("email")]
    assert sorted(row["attempts"] for row in rows) == [0, 1]
    with mail_server() as (box, port):
        later = mailing(config, port, (f"email:{DESK}", "email:b@example.org"))
        assert send_waiting(store, later, MONDAY + HOUR).sent == 2
        assert len(box.messages) == 2


def test_a_server_that_never_speaks_is_given_up_after_the_timeout(
    store: Store, config: Config
) -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        chosen = mailing(config, silent.getsockname()[1])
        open_world(store)
        compose_due(store, chosen, MONDAY)
        assert send_waiting(store, chosen, MONDAY).failed == 1


WRONG = {
    "certificate of nobody we know": ("starttls", {}, "CERTIFICATE_VERIFY_FAILED"),
    "tls where starttls is spoken": ("tls-on-plain", {}, "SSLError|WRONG_VERSION|UNEXPECTED_EOF|wrong version"),
    "wrong password": ("auth", {}, "SMTPAuthenticationError 535"),
    "no password": ("nopass", {}, "SCOPEWATCH_SMTP_PASSWORD is not set"),
    "certificate file is gone": ("nofile", {}, "FileNotFoundError"),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG.values(), ids=WRONG.keys())
def test_what_the_operator_set_wrong_waits_and_is_said(
    store: Store, config: Config, monkeypatch: pytest.MonkeyPatch,
    case: tuple[str, dict[str, object], str],
) -> None:  # fmt: skip
    kind, _, said = case
    secure = "none" if kind == "tls-on-plain" else "starttls"
    monkeypatch.setenv("SCOPEWATCH_SMTP_PASSWORD", "" if kind == "nopass" else "wrong-pass-word")
    ca_file: Path | None = authority_file(config.base) if kind in ("auth", "nopass") else None
    if kind == "nofile":
        ca_file = Path("gone.pem")
    with mail_server(secure, login=kind in ("auth", "nopass")) as (box, port):
        chosen = mailing(
            config, port, security="tls" if kind == "tls-on-plain" else "starttls",
            user=USER if kind in ("auth", "nopass") else None, ca_file=ca_file,
        )  # fmt: skip
        open_world(store)
        compose_due(store, chosen, MONDAY)
        assert send_waiting(store, chosen, MONDAY).failed == 1
        assert box.messages == []
    [row] = [row for row in list_parts(store) if row["channel"].startswith("email")]
    assert row["state"] == "pending"
    assert re.search(said, row["last_error"])
    assert "wrong-pass-word" not in "".join(store.private.conn.iterdump())


def test_unsubscribing_needs_the_token_and_stops_what_waits(
    store: Store, config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SCOPEWATCH_SECRET", "s3cret")
    with delivering(store, config) as (box, chosen):
        link = unsubscribe_link(chosen, "desk", f"email:{DESK}")
        assert link is not None
        token = link.rsplit("/", 1)[1]
        assert channel_of(chosen, "desk", token) == f"email:{DESK}"
        assert list_suspensions(store) == [], "looking changes nothing"
        for wrong in ("", "0" * 32, token[:-1], token.upper() + "x", "令"):
            assert unsubscribe(store, chosen, "desk", wrong, MONDAY) is None
        assert unsubscribe(store, chosen, "operator", token, MONDAY) is None
        assert unsubscribe(store, chosen, "desk", token, MONDAY) == f"email:{DESK}"
        assert unsubscribe(store, chosen, "desk", token, MONDAY) == f"email:{DESK}"
        assert state(store) == "dropped"
        send_waiting(store, chosen, MONDAY)
        compose_due(store, chosen, MONDAY + DAY)
        send_waiting(store, chosen, MONDAY + DAY)
        assert box.messages == []


def test_without_secret_or_address_only_mailto_is_offered(
    store: Store, config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SCOPEWATCH_SECRET", raising=False)
    with delivering(store, config) as (box, chosen):
        send_waiting(store, chosen, MONDAY)
    [(_, mail)] = box.messages
    assert mail["List-Unsubscribe"] == "<mailto:watch@example.org?subject=unsubscribe>"
    assert mail["List-Unsubscribe-Post"] is None


def test_a_subscriber_who_left_the_file_gets_nothing_more(store: Store, config: Config) -> None:
    with delivering(store, config) as (box, chosen):
        gone = chosen.model_copy(update={"subscribers": chosen.subscribers[1:]})
        done = send_waiting(store, gone, MONDAY)
        assert (done.sent, done.dropped) == (1, 1)
        assert box.messages == []
