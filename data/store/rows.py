"""How records become table rows: times as UTC text, enums as their words, lists as JSON."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from data.clock import to_text


def stored_time(moment: datetime | None) -> str | None:
    return None if moment is None else to_text(moment)


def stored_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def stored_simhash(value: int) -> str:
    """Sixteen hexadecimal digits, because SQLite's integers are signed."""
    return f"{value:016x}"
