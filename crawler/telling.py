"""What a reader tells its parent: one JSON line on standard output for each event."""

from __future__ import annotations

import json
import os
import sys
from typing import Any

from crawler.items import Tally


def tell(event: dict[str, Any]) -> None:
    """One line to the parent; a parent that is gone ends this process."""
    try:
        sys.stdout.write(json.dumps(event) + "\n")
        sys.stdout.flush()
    except BrokenPipeError:
        os._exit(1)


def counted(tally: Tally) -> dict[str, int]:
    """What a run over a source has done until now."""
    return {
        "requests": tally.requests,
        "bytes": tally.bytes,
        "seen": tally.seen,
        "new": tally.new,
        "changed": tally.changed,
    }
