"""The README of alerts has a row for each channel and each setting."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from alerts.channels.registry import CHANNELS
from data.config import MailSection, ScheduleSection
from data.subscribers import Cadence, Filter, Subscriber

TEXT = (Path(__file__).resolve().parents[2] / "alerts" / "README.md").read_text(encoding="utf-8")
ROWS = [line for line in TEXT.splitlines() if line.startswith("| ")]
TABLES = {
    "`[mail]`": MailSection,
    "`[schedule]`": ScheduleSection,
    "`[[subscribers]]`": Subscriber,
    "`[subscribers.filter]`": Filter,
    "`[subscribers.cadence]`": Cadence,
}


@pytest.mark.parametrize("channel", CHANNELS)
def test_each_channel_has_its_row(channel: str) -> None:
    assert [row for row in ROWS if re.match(rf"\| `{channel}[:`]", row)]


@pytest.mark.parametrize("table", TABLES)
def test_each_setting_has_its_row(table: str) -> None:
    rows = " ".join(row for row in ROWS if row.startswith(f"| {table} |"))
    keys = set(TABLES[table].model_fields) - {"filter", "cadence"}
    assert keys <= set(re.findall(r"`(\w+)`", rows))
