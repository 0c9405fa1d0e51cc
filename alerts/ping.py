"""The sign of life: an optional address that is called at the start, success or failure of a run.

The address is a secret of a kind (who knows it can fake life), so it stands in the environment and
in no message. It follows the habit of healthchecks: ADDRESS/start, ADDRESS, ADDRESS/fail.
"""

from __future__ import annotations

import os
import re
import sys
from typing import Literal

import urllib3

VARIABLE = "SCOPEWATCH_PING_URL"
TIMEOUT = urllib3.Timeout(connect=5, read=5)


def ping(moment: Literal["start", "success", "fail"]) -> bool:
    """Call the address, if there is one; a failure is one line on standard error, never the run's end."""
    address = os.environ.get(VARIABLE, "").rstrip("/")
    if not address:
        return False
    if not re.fullmatch(r"https?://[!-~]+", address):
        print(f"scopewatch: {VARIABLE} holds no web address", file=sys.stderr)
        return False
    url = address if moment == "success" else f"{address}/{moment}"
    try:
        with urllib3.PoolManager(timeout=TIMEOUT, retries=False) as pool:
            answer = pool.request("POST", url, redirect=False)
    except (urllib3.exceptions.HTTPError, OSError) as error:
        print(f"scopewatch: the ping got no answer ({type(error).__name__})", file=sys.stderr)
        return False
    if answer.status >= 300:
        print(f"scopewatch: the ping was answered with {answer.status}", file=sys.stderr)
    return answer.status < 300
