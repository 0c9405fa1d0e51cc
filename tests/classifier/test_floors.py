import importlib.util
import json
from pathlib import Path

import pytest

SPEC = importlib.util.spec_from_file_location("floors", Path(__file__).with_name("floors.py"))
floors = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(floors)
CONTENT = json.loads(floors.PATH.read_text("utf-8"))


def test_the_floors_were_moved_by_their_script():
    assert CONTENT["seal"] == floors.seal(CONTENT)
    assert CONTENT["gold"] == floors.gold_digest(), "the shipped sets changed: run floors.py again"
    assert all(entry["reason"] for entry in CONTENT["lowered"])


@pytest.mark.slow
@pytest.mark.parametrize("name", floors.SETS)
def test_quality_stays_above_its_floor(name):
    for measure, value in floors.measured(name).items():
        assert value >= CONTENT["floors"][name][measure], (name, measure)
