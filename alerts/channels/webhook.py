"""The webhook channel: a digest as JSON, POSTed with an HMAC-SHA256 signature (docs/webhook.md)."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
from typing import Any

import urllib3

from alerts import inert, words
from alerts.channels.address import may_be_called
from alerts.channels.base import Letter, Receipt
from alerts.channels.waiting import seconds_asked
from alerts.digest import Digest
from alerts.render import base_url, finding_page, languages, subject
from data.clock import now, to_text
from data.config import Config
from data.store.events import Quotation
from data.store.outbox import Part

TIMEOUT = urllib3.Timeout(connect=10, read=30)
SIGNATURE = "X-Scopewatch-Signature"
DELIVERY = "X-Scopewatch-Delivery"
KEY_SUFFIX = "_KEY"
"""HOOK_URL holds the address, HOOK_URL_KEY the key of its signature."""


class WebhookChannel:
    """`target` is the NAME of the variable with the address; NAME_KEY holds the signing key."""

    def __init__(self, config: Config) -> None:
        self._public_url = base_url(config.browse.public_url)
        self._pool = urllib3.PoolManager(timeout=TIMEOUT, retries=False)

    def parts(self, digest: Digest, target: str) -> list[str]:
        return [json.dumps(body(digest, self._public_url), ensure_ascii=False)]

    def letter(self, letter: Letter, target: str) -> list[str]:
        content = {"type": "letter", "subject": letter.subject, "lines": list(letter.lines)}
        return [json.dumps(content, ensure_ascii=False)]

    def send(self, part: Part, target: str) -> Receipt:
        url, key = os.environ.get(target, ""), os.environ.get(target + KEY_SUFFIX, "")
        if not (url and key):
            missing = target if not url else target + KEY_SUFFIX
            return Receipt("temporary", f"webhook: {missing} is not set")
        if not may_be_called(url):
            return Receipt("temporary", f"webhook: {target} holds no https:// address")
        content = part.payload.encode()
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            DELIVERY: part.id,
            SIGNATURE: sign(key, int(now().timestamp()), content),
        }
        try:
            answer = self._pool.request(
                "POST", url, body=content, headers=headers, redirect=False, preload_content=False
            )
            answer.read(65_536)
            answer.release_conn()
        except (urllib3.exceptions.HTTPError, OSError) as error:
            return Receipt("temporary", f"webhook: no answer ({type(error).__name__})")
        return _receipt(answer.status, seconds_asked(answer.headers))

    def close(self) -> None:
        self._pool.clear()


def _receipt(status: int, asked: float | None) -> Receipt:
    if 200 <= status < 300:
        return Receipt("sent", f"webhook: {status}")
    if status in (408, 425, 429) or status >= 500:
        return Receipt("temporary", f"webhook: {status}", retry_after=asked)
    return Receipt("permanent", f"webhook: {status}")


def sign(key: str, at: int, content: bytes) -> str:
    """`t=<unix seconds>,v1=<hex>`: HMAC-SHA256 over the seconds, a dot and the body."""
    digest = hmac.new(key.encode(), f"{at}.".encode() + content, hashlib.sha256).hexdigest()
    return f"t={at},v1={digest}"


def body(digest: Digest, public_url: str | None) -> dict[str, Any]:
    """The JSON of docs/webhook.md."""
    coverage, dropped = digest.coverage, digest.dropped
    return {
        "type": "digest",
        "version": 1,
        "subscriber": digest.subscriber.name,
        "period": digest.period,
        "composed_at": to_text(digest.composed_at),
        "late": digest.late,
        "subject": subject(digest),
        "changes": [
            {
                "event": change.event.id,
                "kind": change.event.kind,
                "use_case": change.event.use_case_id,
                "sector": change.event.sector,
                "identifier": change.event.identifier,
                "stage_before": change.event.stage_before,
                "stage_after": change.event.stage_after,
                "standing": change.event.standing,
                "unlawful": change.event.unlawful,
                "gloss": {x: words.gloss(change, x) for x in languages(digest)},
                "more_outlets": change.more_outlets,
                "quotation": _quotation(change.event.quotation, public_url),
                "against": _quotation(change.event.against, public_url)
                if change.event.against
                else None,
            }
            for change in digest.changes
        ],
        "comparisons": [
            {
                "promise": comparison.promise_id,
                "use_case": comparison.use_case_id,
                "days": comparison.days,
                "conditional": comparison.conditional,
                "promised": _quotation(comparison.promised, public_url),
                "later": _quotation(comparison.later, public_url),
            }
            for comparison in digest.comparisons
        ],
        "deadlines": [
            {"title": inert.line(x.title_ja), "due": x.due.isoformat(), "url": inert.link(x.url)}
            for x in digest.deadlines
        ],
        "counts": {
            "repeats": digest.repeats,
            "history": digest.history,
            "filtered": digest.filtered,
            "documents": dropped.documents,
            "gated": dropped.gated,
            "also_seen": dropped.also_seen,
            "quarantined": dropped.quarantined,
        },
        "coverage": {
            "enabled": coverage.enabled,
            "read": coverage.read,
            "never_read": coverage.never_read,
            "failing": [
                {"source": row["id"], "state": row["state"], "since": row["since"]}
                for row in coverage.failing
            ],
        },
    }


def _quotation(quotation: Quotation, public_url: str | None) -> dict[str, Any]:
    evidence = finding_page(public_url, quotation.finding_id) if public_url else None
    return {
        "finding": quotation.finding_id,
        "text": inert.line(quotation.text),
        "actor": inert.line(quotation.actor, 80) if quotation.actor else None,
        "stage": quotation.stage,
        "at": to_text(quotation.at),
        "title": inert.line(quotation.title, 300),
        "url": inert.link(quotation.url),
        "source_ja": inert.line(quotation.source_ja, 80),
        "source_en": inert.line(quotation.source_en, 80),
        "evidence": evidence,
    }
