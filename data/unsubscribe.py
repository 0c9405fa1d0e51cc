"""One-click unsubscribing (RFC 8058): the link in a digest, and what a POST to it does.

The token is an HMAC of subscriber and channel under SCOPEWATCH_SECRET, so nothing has to be stored
for it and nobody can make one for somebody else.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from datetime import datetime
from urllib.parse import quote

from data.config import Config
from data.store.connection import Store
from data.store.subscriptions import UNSUBSCRIBED, suspend

VARIABLE = "SCOPEWATCH_SECRET"
PATH = "/-/unsubscribe"


def unsubscribe_token(subscriber: str, channel: str) -> str | None:
    """32 hexadecimal digits, or None when the environment holds no SCOPEWATCH_SECRET."""
    secret = os.environ.get(VARIABLE)
    if not secret:
        return None
    message = f"unsubscribe\n{subscriber}\n{channel}".encode()
    return hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()[:32]


def unsubscribe_link(config: Config, subscriber: str, channel: str) -> str | None:
    """The ASCII address that a mail names, or None without `browse.public_url` or the secret."""
    token = unsubscribe_token(subscriber, channel)
    if not (config.browse.public_url and token):
        return None
    return f"{config.browse.public_url.rstrip('/')}{PATH}/{quote(subscriber, safe='')}/{token}"


def channel_of(config: Config, subscriber: str, token: str) -> str | None:
    """The channel of `subscriber` to which `token` belongs; None for a wrong one. Reads nothing, writes nothing."""
    for known in config.subscribers:
        for channel in known.channels if known.name == subscriber else ():
            expected = unsubscribe_token(subscriber, channel)
            if expected and hmac.compare_digest(expected.encode(), token.encode()):
                return channel
    return None


def unsubscribe(
    store: Store, config: Config, subscriber: str, token: str, at: datetime
) -> str | None:
    """What a POST does: the channel that is switched off now, or None for a wrong token. Twice is fine."""
    channel = channel_of(config, subscriber, token)
    if channel is not None:
        suspend(store, subscriber, channel, UNSUBSCRIBED, at)
    return channel
