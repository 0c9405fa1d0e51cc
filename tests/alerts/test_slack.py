"""Slack over a real HTTP server: its limits on the biggest day, every refusal, and text that pings nobody."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.channels import slack
from alerts.channels.slack_blocks import messages, mrkdwn
from alerts.composing import compose_due, preview
from alerts.sending import Sent, send_waiting
from data.clock import to_text
from data.config import Config
from data.store.connection import Store
from data.store.outbox_care import list_parts
from data.subscribers import Subscriber
from tests.alerts.servers import Answer, Inbox, http_server
from tests.alerts.test_inert import NASTY
from tests.alerts.world import MONDAY, PLAN, PROMISE, TURN, Said, new_use, open_world, tell

HOUR = timedelta(hours=1)
HOOK = "slack:SCOPEWATCH_SLACK_URL"


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slack, "TIMEOUT", 1)
    monkeypatch.setattr(slack, "PAUSE", 0.0)


@contextmanager
def delivering(
    store: Store, config: Config, monkeypatch: pytest.MonkeyPatch, named: str = HOOK, big: bool = False
) -> Iterator[tuple[Inbox, Config]]:  # fmt: skip
    with http_server() as (inbox, root):
        monkeypatch.setenv("SCOPEWATCH_SLACK_URL", f"{root}/services/T0/B0/secretsecret")
        monkeypatch.setenv("SCOPEWATCH_SLACK_TOKEN", "xoxb-secretsecret")
        monkeypatch.setenv("SCOPEWATCH_SLACK_API", f"{root}/api/")
        chosen = config.model_copy(
            update={
                "subscribers": (
                    Subscriber(name="desk", channels=(named,), language="both"),
                    Subscriber(name="operator", role="operator"),
                )
            }
        )
        open_world(store)
        tell(store, PROMISE, TURN, PLAN)
        if big:
            tell(store, *big_day())
        compose_due(store, chosen, MONDAY)
        yield inbox, chosen


def big_day() -> list[Said]:
    return [
        new_use(
            number,
            name=f"n{number}",
            text=f"{number}番" + "の計画で番号を使う" * 30,
            title="題" * 300,
            actor="甲" * 200,
            stage="adopted",
        )
        for number in range(60)
    ]


def limits_hold(body: dict[str, object]) -> None:
    blocks = body["blocks"]
    assert isinstance(blocks, list)
    assert len(blocks) <= 40
    assert len(json.dumps(blocks, ensure_ascii=False)) <= 10_000
    assert body["text"]
    for block in blocks:
        if block["type"] == "header":
            assert len(block["text"]["text"]) <= 150
        if block["type"] == "section":
            assert 0 < len(block["text"]["text"]) <= 3000
            assert block["text"]["verbatim"] is True
            assert len(block.get("fields", [])) <= 10
        for field in block.get("fields", []):
            assert 0 < len(field["text"]) <= 2000
        for element in block.get("elements", []):
            assert 0 < len(element["text"]) <= 3000


@pytest.mark.parametrize("language", ["ja", "en", "both"])
def test_the_biggest_day_stays_within_the_limits(store: Store, language: str) -> None:
    open_world(store, failing=3)
    tell(store, PROMISE, TURN, *big_day())
    digest = preview(store, Subscriber(name="desk", language=language), MONDAY)
    bodies = messages(digest, "https://watch.example.org")
    assert len(bodies) > 3
    for body in bodies:
        limits_hold(body)
    whole = json.dumps(bodies, ensure_ascii=False)
    told = {int(number) for number in re.findall(r"「(\d+)番の計画", whole)}
    assert len(told) == 59, "60 changes are spelled out, the reversal first, the rest are counted"


@given(st.text(), st.integers(min_value=2, max_value=100))
def test_escaped_text_is_cut_between_entities(text: str, longest: int) -> None:
    shown = mrkdwn(text, longest)
    assert len(shown) <= longest
    assert not set(re.sub(r"&(amp|lt|gt);", "", shown)) & set("<>&*_~`")


def test_fetched_text_pings_nobody_and_links_nowhere(store: Store) -> None:
    open_world(store)
    tell(
        store,
        PROMISE,
        replace(TURN, text=NASTY, actor=NASTY, title=NASTY, url="https://e.example/a|b>c"),
    )
    text = json.dumps(
        messages(preview(store, Subscriber(name="d"), MONDAY), None), ensure_ascii=False
    )
    assert "<!channel>" not in text
    assert "&lt;!channel&gt;" in text
    assert "<https://evil.example" not in text
    assert "*太*" not in text
    assert "<https://e.example/a%7Cb%3Ec|原文 (e.example)>" in text
    assert re.findall(r"<(?!https://[!-;=?-~]+\|[^<>|]+>)", text) == []


def test_every_part_arrives_in_order(
    store: Store, config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    with delivering(store, config, monkeypatch, big=True) as (inbox, chosen):
        done = send_waiting(store, chosen, MONDAY)
        heads = [body["blocks"][0]["text"]["text"] for body in inbox.taken]
        assert done.failed == done.dead == 0
        assert len(heads) > 3
        assert [head.rsplit("(", 1)[1] for head in heads] == [
            f"{number}/{len(heads)})" for number in range(1, len(heads) + 1)
        ]


FAULTS = {
    "429 with Retry-After": (Answer(429, "rate_limited", {"Retry-After": "1800"}), "pending"),
    "500": (Answer(500, "oops"), "pending"),
    "200 with invalid_blocks": (Answer(200, "invalid_blocks"), "dead"),
    "400 invalid_payload": (Answer(400, "invalid_payload"), "dead"),
    "404 no_service": (Answer(404, "no_service"), "dead"),
    "410 archived": (Answer(410, "channel_is_archived"), "dead"),
    "200 from a captive portal": (Answer(200, "<html>please log in</html>"), "pending"),
    "200 and empty": (Answer(200, ""), "pending"),
    "a hang": (Answer(200, "ok", seconds=3, taken=False), "pending"),
    "half-closed": (Answer(200, "ok", cut=True, taken=False), "pending"),
    "redirected away": (Answer(302, "", {"Location": "/elsewhere"}), "pending"),
}


@pytest.mark.parametrize("case", FAULTS.values(), ids=FAULTS.keys())
def test_anything_but_ok_is_a_failure(
    store: Store, config: Config, monkeypatch: pytest.MonkeyPatch, case: tuple[Answer, str]
) -> None:
    answer, expected = case
    with delivering(store, config, monkeypatch) as (inbox, chosen):
        inbox.answers.append(answer)
        done = send_waiting(store, chosen, MONDAY)
        assert (done.failed, done.dead) == ((1, 0) if expected == "pending" else (0, 1))
        assert inbox.taken == []
        [row] = [row for row in list_parts(store) if row["channel"] == HOOK]
        assert row["state"] == expected
        if "Retry-After" in answer.headers:
            assert row["next_attempt_at"] == to_text(MONDAY + timedelta(minutes=30))
        inbox.released.set()
        send_waiting(store, chosen, MONDAY + HOUR)
        assert len(inbox.taken) == (1 if expected == "pending" else 0)
        if expected == "dead":
            [letter] = (config.digests / "letters").glob("*.txt")
            assert answer.body in letter.read_text(encoding="utf-8")


def test_a_part_that_waits_holds_back_the_later_ones(
    store: Store, config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    with delivering(store, config, monkeypatch, big=True) as (inbox, chosen):
        inbox.answers.extend([Answer(), Answer(429, "rate_limited", {"Retry-After": "600"})])
        done = send_waiting(store, chosen, MONDAY)
        assert (done.failed, len(inbox.taken)) == (1, 1)
        assert send_waiting(store, chosen, MONDAY + timedelta(minutes=5)) == Sent()
        send_waiting(store, chosen, MONDAY + timedelta(minutes=11))
        heads = [body["blocks"][0]["text"]["text"] for body in inbox.taken]
        assert heads == sorted(
            set(heads), key=lambda head: int(head.rsplit("(", 1)[1].split("/")[0])
        )


@pytest.mark.parametrize("named", [HOOK, "slack:SCOPEWATCH_SLACK_TOKEN/C0123ABCD"])
def test_the_secret_is_written_nowhere(
    store: Store, config: Config, monkeypatch: pytest.MonkeyPatch, named: str,
    caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    caplog.set_level(0)
    with delivering(store, config, monkeypatch, named) as (inbox, chosen):
        inbox.answers.extend([Answer(500, "oops"), Answer(404, "no_service")])
        send_waiting(store, chosen, MONDAY)
        send_waiting(store, chosen, MONDAY + HOUR)
    send_waiting(store, chosen, MONDAY + 9 * HOUR)
    written = "".join(store.private.conn.iterdump()) + caplog.text + "".join(capfd.readouterr())
    assert "secretsecret" not in written
    assert "oops" not in written


def test_a_bot_token_posts_to_its_conversation(
    store: Store, config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    with delivering(store, config, monkeypatch, "slack:SCOPEWATCH_SLACK_TOKEN/C0123ABCD") as (inbox, chosen):  # fmt: skip
        inbox.answers.extend(
            [
                Answer(429, '{"ok": false, "error": "ratelimited"}', {"Retry-After": "60", "Content-Type": "application/json"}),
                Answer(200, '{"ok": true, "ts": "1.2"}', {"Content-Type": "application/json"}),
            ]
        )  # fmt: skip
        assert send_waiting(store, chosen, MONDAY).failed == 1
        assert send_waiting(store, chosen, MONDAY + HOUR).sent == 1
        headers, content = inbox.requests[-1]
        assert headers["authorization"] == "Bearer xoxb-secretsecret"
        assert json.loads(content)["channel"] == "C0123ABCD"


@pytest.mark.parametrize(
    "value", ["", "not-an-address", "http://slack.example/x", "file:///etc/passwd"]
)
def test_a_variable_without_an_address_waits_and_names_itself(
    store: Store, config: Config, monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    with delivering(store, config, monkeypatch) as (_, chosen):
        monkeypatch.setenv("SCOPEWATCH_SLACK_URL", value)
        assert send_waiting(store, chosen, MONDAY).failed == 1
    [row] = [row for row in list_parts(store) if row["channel"] == HOOK]
    assert "SCOPEWATCH_SLACK_URL" in row["last_error"]
