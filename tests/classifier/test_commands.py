import json

import pytest
from click.testing import CliRunner

from classifier.commands import classify
from classifier.evaluate_commands import evaluate
from classifier.train_commands import train
from data.errors import InputError

TEXT = {
    "id": "one",
    "title": "<b>免許</b>",
    "body": "警察庁は運転免許証とマイナンバーカードの一体化を始めた。",
}


def run(command, arguments, **more):
    return CliRunner().invoke(command, arguments, catch_exceptions=False, **more)


def rows(text):
    return [json.loads(line) for line in text.splitlines()]


def test_each_line_has_its_answer_and_faults_disturb_nobody(tmp_path):
    lines = [
        json.dumps(TEXT),
        "{broken",
        json.dumps({"title": "no id", "body": ""}),
        json.dumps({"id": "two", "title": 5, "body": ""}),
        '{"id": "three", "title": "\\ud800", "body": "x"}',
        json.dumps({"id": "four", "title": "", "body": ""}),
        json.dumps([1]),
        "[" * 100_000,
    ]
    path = tmp_path / "texts.jsonl"
    path.write_text("\n".join(lines), "utf-8")
    found = rows(run(classify, [str(path)]).output)
    assert [r["id"] for r in found] == ["one", None, None, "two", "three", "four", None, None]
    assert found[0]["flagged"] is True
    assert set(found[0]["findings"][0]) == {
        "sector", "domain", "system", "identifier", "stage", "unlawful", "actor", "evidence",
        "start", "end", "score", "why", "conflated_headline",
    }  # fmt: skip
    assert all("error" in found[n] for n in (1, 2, 3, 4, 6, 7))
    assert found[5] == {"id": "four", "flagged": False, "findings": []}


def test_standard_input_and_an_output_file(tmp_path):
    out = tmp_path / "out.jsonl"
    run(classify, ["-", "-o", str(out)], input=json.dumps(TEXT, ensure_ascii=False))
    assert rows(out.read_text("utf-8"))[0]["id"] == "one"
    assert [p.name for p in tmp_path.iterdir()] == ["out.jsonl"]


@pytest.mark.parametrize(
    "content", [b"", b"\n\n", b"plain words", b"\x00\xff\xfe" * 500, b"PK\x03\x04junk"]
)
def test_a_file_of_something_else(tmp_path, content):
    path = tmp_path / "wrong"
    path.write_bytes(content)
    for command in (classify, evaluate):
        with pytest.raises(InputError, match="wrong"):
            run(command, [str(path)])


def test_missing_files_and_folders(tmp_path):
    for command in (classify, evaluate):
        with pytest.raises(InputError, match="no such file"):
            run(command, [str(tmp_path / "none")])
    with pytest.raises(InputError, match="cannot be written"):
        run(classify, ["-", "-o", str(tmp_path / "no" / "where")], input=json.dumps(TEXT))
    with pytest.raises(InputError, match="no labelled texts"):
        run(train, ["--gold", str(tmp_path)])


def test_explain_in_colour_and_html(tmp_path):
    path = tmp_path / "texts.jsonl"
    path.write_text(json.dumps(TEXT), "utf-8")
    drawn = run(classify, [str(path), "--explain", "one"]).output
    assert "police·card" in drawn
    page = run(classify, [str(path), "--explain", "one", "--html"]).output
    assert "&lt;b&gt;免許" in page
    assert "<b>" not in page
    with pytest.raises(InputError, match="no text has the id"):
        run(classify, [str(path), "--explain", "two"])
    with pytest.raises(InputError, match="--explain"):
        run(classify, [str(path), "--html"])


def test_help_has_an_example():
    for command in (classify, evaluate, train):
        assert "Example" in run(command, ["--help"]).output


def test_evaluate_and_compare(tmp_path):
    gold = tmp_path / "g.jsonl"
    label = {
        "sector": "police",
        "identifier": "card",
        "stage": "adopted",
        "unlawful": False,
        "actor": "警察庁",
        "evidence": TEXT["body"],
    }
    negative = {
        "id": "two",
        "title": "",
        "body": "銀行は金利を下げた。",
        "findings": [],
        "note": "plain negative",
    }
    gold.write_text(
        "\n".join(json.dumps(r) for r in (TEXT | {"findings": [label]}, negative)), "utf-8"
    )
    first = run(evaluate, [str(gold), "--json"]).output
    result = json.loads(first)
    assert result["flag"]["f1"] == 1.0
    assert {"keyword_flag", "tfidf_flag"} <= set(result["baselines"])
    old = tmp_path / "old.json"
    old.write_text(first, "utf-8")
    compared = json.loads(run(evaluate, [str(gold), "--json", "--compare", str(old)]).output)
    assert compared["compared"]["gained"] == compared["compared"]["lost"] == []
    assert "flag" in run(evaluate, [str(gold)]).output
    old.write_text("[]", "utf-8")
    with pytest.raises(InputError, match="--json"):
        run(evaluate, [str(gold), "--compare", str(old)])
