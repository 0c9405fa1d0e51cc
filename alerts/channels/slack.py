"""The Slack channel: an incoming webhook, or a bot token with a conversation, through slack_sdk."""

from __future__ import annotations

import http.client
import json
import logging
import os
import re
import time
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.webhook import WebhookClient

from alerts.channels.address import may_be_called
from alerts.channels.base import Letter, Receipt
from alerts.channels.shared import Shared
from alerts.channels.slack_blocks import messages, mrkdwn, pack, section
from alerts.channels.waiting import seconds_asked
from alerts.digest import Digest
from data.config import Config
from data.store.outbox import Part

TIMEOUT = 30
PAUSE = 1.0
"""Slack takes one message per second and channel (maknz/slack#36)."""
_WORD = re.compile(r"[a-z][a-z_]{2,60}")
_TEMPORARY_WORDS = frozenset(
    {"ratelimited", "rate_limited", "internal_error", "fatal_error", "service_unavailable",
     "request_timeout", "team_added_to_org", "rollup_error"}
)  # fmt: skip
_BROKEN = (OSError, http.client.HTTPException, SlackClientError, UnicodeError, LookupError)

# slack_sdk would log the webhook's address, which is the secret.
_SILENT = logging.getLogger("scopewatch.slack")
_SILENT.setLevel(logging.CRITICAL + 1)
_SILENT.propagate = False


class SlackChannel:
    """`target` is the NAME of the variable with the webhook's address, or TOKEN_VARIABLE/CONVERSATION."""

    def __init__(self, config: Config) -> None:
        self._public_url = config.browse.public_url
        self._last: dict[str, float] = {}
        self._shared: Shared[list[str]] = Shared()

    def parts(self, digest: Digest, target: str) -> list[str]:
        return self._shared.of(digest.said, lambda: self._payloads(digest))

    def _payloads(self, digest: Digest) -> list[str]:
        return [json.dumps(body, ensure_ascii=False) for body in messages(digest, self._public_url)]

    def letter(self, letter: Letter, target: str) -> list[str]:
        entries = [[section(mrkdwn(line, 2_900))] for line in letter.lines]
        return [json.dumps(body, ensure_ascii=False) for body in pack(letter.subject, entries)]

    def send(self, part: Part, target: str) -> Receipt:
        variable, _, conversation = target.partition("/")
        secret = os.environ.get(variable, "").strip()
        if not secret:
            return Receipt("temporary", f"Slack: {variable} is not set", down=False)
        self._pace(target)
        body = json.loads(part.payload)
        try:
            if conversation:
                return _post_as_bot(secret, conversation, body)
            return _post_to_webhook(variable, secret, body)
        except _BROKEN as error:
            # The text of these errors may name the address; their type says enough.
            reason = getattr(error, "reason", None)
            why = type(reason if isinstance(reason, Exception) else error).__name__
            return Receipt("temporary", f"Slack: no answer ({why})")
        finally:
            self._last[target] = time.monotonic()

    def _pace(self, target: str) -> None:
        if target in self._last:
            time.sleep(max(0.0, PAUSE - (time.monotonic() - self._last[target])))

    def close(self) -> None:
        """Nothing is kept open."""


def _post_to_webhook(variable: str, url: str, body: dict[str, Any]) -> Receipt:
    if not may_be_called(url):
        return Receipt("temporary", f"Slack: {variable} holds no https:// address")
    client = WebhookClient(url, timeout=TIMEOUT, logger=_SILENT, retry_handlers=[])
    answer = client.send_dict(body)
    said = answer.body.strip()
    if answer.status_code == 200 and said == "ok":
        return Receipt("sent", "Slack: ok")
    asked = seconds_asked(answer.headers)
    return _refused(answer.status_code, said, asked)


def _post_as_bot(token: str, conversation: str, body: dict[str, Any]) -> Receipt:
    base = os.environ.get("SCOPEWATCH_SLACK_API", WebClient.BASE_URL)
    client = WebClient(token, base_url=base, timeout=TIMEOUT, logger=_SILENT, retry_handlers=[])
    try:
        answer = client.chat_postMessage(channel=conversation, **body)
    except SlackApiError as error:
        reply: Any = error.response
        data = reply.data if isinstance(reply.data, dict) else {}
        return _refused(reply.status_code, str(data.get("error", "")), seconds_asked(reply.headers))
    return Receipt("sent", f"Slack: ok {answer.get('ts')}")


def _refused(status: int, said: str, asked: float | None) -> Receipt:
    """Anything but ok is a failure; a word of Slack's own is final, what a proxy says is not."""
    word = said if _WORD.fullmatch(said) else "an answer that is not Slack's"
    detail = f"Slack: {status} {word}"
    passing = status == 429 or status >= 500 or said in _TEMPORARY_WORDS
    if passing or not (_WORD.fullmatch(said) or status in (403, 404, 410)):
        return Receipt("temporary", detail, retry_after=asked)
    return Receipt("permanent", detail)
