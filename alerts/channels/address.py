"""The addresses that secrets may hold: https, and plain http on this machine alone."""

from __future__ import annotations

import re

_ADDRESS = re.compile(r"https://[!-~]+|http://(127\.0\.0\.1|localhost)(:\d+)?/[!-~]*")


def may_be_called(url: str) -> bool:
    """True for an address to which a message may be posted."""
    return _ADDRESS.fullmatch(url) is not None
