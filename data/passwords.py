"""Passwords as they are kept: scrypt (RFC 7914) with a salt of their own, checked in constant time."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from functools import cache

COST, BLOCK, PARALLEL = 2**15, 8, 1
"""About a tenth of a second and 32 MB for one check: enough to make guessing dear, little for a person."""
MEMORY = 128 * 1024 * 1024
SHORTEST = 12
LONGEST = 200


def hashed(password: str) -> str:
    """The record of a password: `scrypt$cost$block$parallel$salt$digest`."""
    salt = secrets.token_bytes(16)
    digest = _digest(password, salt, COST, BLOCK, PARALLEL)
    return "$".join(["scrypt", str(COST), str(BLOCK), str(PARALLEL), _text(salt), _text(digest)])


def fits(password: str, record: str) -> bool:
    """Does the password belong to the record? A record of another kind fits none."""
    parts = record.split("$")
    if len(parts) != 6 or parts[0] != "scrypt" or len(password) > LONGEST:
        return False
    cost, block, parallel = (int(part) for part in parts[1:4])
    salt, known = (base64.b64decode(part) for part in parts[4:])
    return hmac.compare_digest(_digest(password, salt, cost, block, parallel), known)


@cache
def nobody() -> str:
    """What a name that nobody has is checked against, so that it takes as long as one that somebody has."""
    return hashed(secrets.token_hex(16))


def _digest(password: str, salt: bytes, cost: int, block: int, parallel: int) -> bytes:
    return hashlib.scrypt(
        password.encode(), salt=salt, n=cost, r=block, p=parallel, maxmem=MEMORY, dklen=32
    )


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
