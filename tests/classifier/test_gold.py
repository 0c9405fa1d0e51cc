import json

import pytest

from classifier.gold import read_all, read_gold, training_files
from data.errors import InputError

GOOD = {
    "id": "x",
    "date": "2024-01-01",
    "source_kind": "news",
    "publisher": "p",
    "title": "題",
    "body": "警察は番号を使う。",
    "findings": [
        {
            "sector": "police",
            "identifier": "number",
            "stage": "adopted",
            "unlawful": False,
            "actor": None,
            "evidence": "警察は番号を使う。",
        }
    ],
    "note": "",
}


def write(tmp_path, *rows):
    path = tmp_path / "a_01.jsonl"
    path.write_text("\n".join(r if isinstance(r, str) else json.dumps(r) for r in rows), "utf-8")
    return path


def test_reads_a_label_with_its_offsets(tmp_path):
    (text,) = read_gold(write(tmp_path, GOOD))
    (label,) = text.labels
    assert f"{text.title}\n{text.body}"[label.start : label.end] == label.evidence
    assert text.batch == "a"


@pytest.mark.parametrize(
    "row",
    [
        "{",
        "[1]",
        {k: v for k, v in GOOD.items() if k != "body"},
        GOOD | {"findings": [GOOD["findings"][0] | {"evidence": "ここにない"}]},
        GOOD | {"findings": [GOOD["findings"][0] | {"stage": "maybe"}]},
        GOOD | {"findings": GOOD["findings"] * 2},
    ],
)
def test_a_faulty_label_stops_the_run(tmp_path, row):
    with pytest.raises(InputError, match=r"a_01\.jsonl:1"):
        read_gold(write(tmp_path, row))


def test_missing_empty_and_doubled(tmp_path):
    with pytest.raises(InputError, match="no such file"):
        read_gold(tmp_path / "none.jsonl")
    with pytest.raises(InputError, match="no labelled text"):
        read_gold(write(tmp_path, ""))
    path = write(tmp_path, GOOD)
    with pytest.raises(InputError, match="twice"):
        read_all([path, path])


def test_the_blind_set_is_never_trained_on():
    assert training_files()
    assert not [p for p in training_files() if p.stem.startswith("blind")]


def test_there_are_enough_texts_and_hard_negatives():
    texts = read_all(training_files())
    positives = [t for t in texts if t.labels]
    assert len(texts) >= 1500
    assert len(texts) - len(positives) >= len(positives)
