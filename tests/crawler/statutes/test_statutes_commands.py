"""The verb `statutes` on a real store: import, list, show and diff, and every way to call it wrongly."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from law_fixture import MARKDOWN, REVISION_ID, envelope, json_tree

from crawler.statutes.views import day_named
from crawler.statutes_commands import statutes
from data.errors import InputError, ScopewatchError, UsageError

LAW = "399AC0000000001"
FIRST = "399AC0000000001_20230401_405AC0000000009"
SHADOWED = "399AC0000000001_20240401_405AC0000000001"
SCHEDULED = "399AC0000000001_20310604_408AC0000000031"

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    path = tmp_path / "scopewatch.toml"
    path.write_text('[store]\ndirectory = "var"\n')
    monkeypatch.setenv("SCOPEWATCH_CONFIG", str(path))
    monkeypatch.setenv("SCOPEWATCH_NOW", "2026-11-24T07:00+09:00")
    runner = CliRunner()

    def call(*arguments: str, stdin: bytes | None = None) -> Result:
        return runner.invoke(statutes, list(arguments), input=stdin)

    return call


def output(result: Result) -> Any:
    assert result.exception is None, result.exception
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    return lines[0] if len(lines) == 1 else lines


def before(text: str) -> str:
    """The state of a year earlier: without 二の二, with 削除 not yet written, without the proviso."""
    return (
        text.replace(
            "| 二　削除 |  |\n", "| 二　青葉町長 | 花火税法による花火税の調査に関する事務 |\n"
        )
        .replace(text[text.index("| 二の二") : text.index("\n\n**別表第二**")], "")
        .replace("ただし、雨の日は、この限りでない。", "")
        .replace('"2024-04-01"', '"2023-04-01"')
    )


@pytest.fixture
def kept(run: Run, tmp_path: Path) -> Run:
    """Two states, a shadowed revision of the second's day, and a scheduled one that is only listed."""
    laws = tmp_path / "laws"
    laws.mkdir()
    (laws / f"{FIRST}.md").write_text(before(MARKDOWN))
    (laws / f"{SHADOWED}.md").write_text("**第一条**　個人番号は、まだ何も変わらない。\n")
    (laws / f"{REVISION_ID}.json").write_bytes(envelope(json_tree()))
    (laws / "law_revisions.json").write_text(
        json.dumps(
            [
                {
                    "revisionId": SCHEDULED,
                    "enforcedAt": "2031-06-04",
                    "promulgatedAt": "2026-06-05",
                    "enforcementComment": "公布の日から起算して五年を超えない範囲内において政令で定める日",
                    "isFuture": True,
                }
            ]
        )
    )
    done = output(run("import", str(laws)))
    assert (done["files"], done["new_texts"], done["states_compared"]) == (4, 3, 1)
    assert done["new_revisions"] == 1
    return run


def test_diff_between_two_days(kept: Run) -> None:
    found = output(kept("diff", "花火番号法", "2023-12-31", "令和6年4月1日", "--json"))
    assert (found["from_revision"], found["to_revision"]) == (FIRST, REVISION_ID)
    assert [(r["number"], r["body"]) for r in found["added"]] == [("二の二", "青葉町長")]
    assert found["added"][0]["task"].startswith("一　旅券法による")
    assert [(r["number"], r["task"]) for r in found["removed"]] == [
        ("二", "花火税法による花火税の調査に関する事務")
    ]
    assert (found["amended"], found["renumbered"], found["moved"]) == ([], [], [])
    assert [(c["kind"], c["article"]) for c in found["changed_sentences"]] == [("added", "30_15")]
    assert found["via"] == [REVISION_ID]
    assert not found["empty"]


def test_diff_is_the_same_by_revision_ids_and_mirrored(kept: Run) -> None:
    there = output(kept("diff", LAW, FIRST, REVISION_ID, "--json"))
    back = output(kept("diff", LAW, REVISION_ID, FIRST, "--json"))
    assert [r["number"] for r in there["added"]] == [r["number"] for r in back["removed"]]
    assert output(kept("diff", LAW, "2024-04-01", "2024-12-31", "--json"))["empty"]


def test_diff_for_people(kept: Run) -> None:
    shown = kept("diff", LAW, "2023-12-31", "2024-04-01").stdout
    assert "+ 別表第一 二の二  青葉町長" in shown
    assert "- 別表第一 二  青葉町長  花火税法" in shown


def test_a_scheduled_state_is_planned_and_its_missing_text_is_named(kept: Run) -> None:
    found = output(kept("diff", LAW, "2024-04-01", "2031-06-04", "--json"))
    assert found["missing"] == [SCHEDULED]
    lines = output(kept("list", LAW, "--json"))
    assert [(line["revision_id"], line["stage"]) for line in lines] == [
        (FIRST, "adopted"),
        (REVISION_ID, "adopted"),
        (SCHEDULED, "planned"),
    ]
    assert lines[1]["changes"]["added"] == 1
    assert lines[2]["when"] == "by 2031-06-04 at the latest"
    assert lines[2]["comment"].startswith("公布の日から")


def test_show_a_day(kept: Run) -> None:
    state = output(kept("show", "花火番号法", "--at", "2024-04-01", "--json"))
    assert state["revision_id"] == REVISION_ID
    assert [row["number"] for row in state["rows"] if row["table"] == "別表第一"] == [
        "一",
        "二",
        "二の二",
    ]
    assert state["rows"][1]["deleted"]
    assert [r["revision_id"] for r in state["scheduled"]] == [SCHEDULED]
    assert "§ 30_15 1" in kept("show", LAW).stdout


def test_uses_over_time(kept: Run) -> None:
    lines = output(kept("list", "--uses", "--json"))
    assert [(line["date"], line["total"]) for line in lines] == [
        ("2023-04-01", 4),
        ("2024-04-01", 4),
    ]
    assert lines[0]["uses"] == {"other": 3, "passport": 1}
    assert lines[1]["uses"] == {"other": 2, "passport": 2}


def test_a_second_import_changes_nothing(kept: Run, tmp_path: Path) -> None:
    done = output(kept("import", str(tmp_path / "laws")))
    assert (done["new_texts"], done["new_revisions"], done["states_compared"]) == (0, 0, 0)


def test_a_revision_in_between_renews_the_differences(kept: Run, tmp_path: Path) -> None:
    middle = tmp_path / "399AC0000000001_20231001_405AC0000000020.md"
    middle.write_text(
        before(MARKDOWN).replace("花火税法による花火税の調査", "花火税法による花火税の徴収")
    )
    assert output(kept("import", str(middle)))["states_compared"] == 2
    lines = output(kept("list", LAW, "--json"))
    assert [line.get("changes", {}).get("amended") for line in lines] == [None, 1, 0, None]


def test_standard_input(run: Run) -> None:
    assert output(run("import", "-", stdin=envelope(json_tree())))["laws"] == [LAW]


def test_a_bad_file_among_good_ones_is_named_and_the_good_ones_are_kept(
    run: Run, tmp_path: Path
) -> None:
    (tmp_path / f"{REVISION_ID}.md").write_text(MARKDOWN)
    (tmp_path / "sorry.json").write_text("<!DOCTYPE html><title>sorry</title>")
    result = run("import", str(tmp_path))
    assert isinstance(result.exception, UsageError)
    assert "1 of 2 files could not be read" in str(result.exception)
    assert json.loads(result.stderr)["file"] == "sorry.json"
    assert output(run("show", LAW, "--json"))["revision_id"] == REVISION_ID


def test_publish_hands_the_changes_to_the_ledger_once(kept: Run, tmp_path: Path) -> None:
    done = output(kept("publish", "--since", "2024-01-01"))
    assert done == {"notices": 1, "new": 1, "findings": 1}
    assert output(kept("publish", "--since", "2024-01-01"))["new"] == 0
    assert output(kept("publish"))["notices"] == 0  # nothing took effect within the last year
    with closing(sqlite3.connect(tmp_path / "var" / "watch.db")) as db:
        found = db.execute(
            "SELECT sector, system, stage, source_class, at FROM findings"
        ).fetchall()
        assert found == [
            ("passport", "passport_application", "adopted", "law", "2024-03-31T15:00:00Z")
        ]
        (title,) = db.execute("SELECT title FROM documents").fetchone()
        assert title == "花火番号法 2024-04-01 令和六年法律第二号"


def test_publish_needs_no_source_of_the_catalogue(kept: Run, tmp_path: Path) -> None:
    """An operator whose configuration names only sources of its own: the notices have their source all the same."""
    (tmp_path / "mine").mkdir()
    (tmp_path / "scopewatch.toml").write_text(
        '[store]\ndirectory = "var"\n[crawl]\nsources = ["mine"]\n'
    )
    assert output(kept("publish", "--since", "2023-01-01"))["new"] >= 1
    with closing(sqlite3.connect(tmp_path / "var" / "watch.db")) as db:
        [row] = db.execute("SELECT id, enabled FROM sources").fetchall()
    assert row == ("egov_law_revisions", 0)


def test_what_is_planned_is_published_again_once_in_force(
    kept: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    later = tmp_path / f"{SCHEDULED}.md"
    later.write_text(
        MARKDOWN.replace("**別表第二**", "**別表第二**\n").replace(
            "| 二　削除 |  |", "| 二　青葉町長 | 預金保険法による債権の額の把握に関する事務 |"
        )
    )
    output(kept("import", str(later)))
    assert output(kept("publish"))["new"] == 1
    with closing(sqlite3.connect(tmp_path / "var" / "watch.db")) as db:
        ahead = db.execute("SELECT id, kind, due, state FROM deadlines").fetchall()
    assert ahead == [(f"law:{SCHEDULED}", "plan", "2031-06-04", "open")]
    monkeypatch.setenv("SCOPEWATCH_NOW", "2031-06-05T07:00+09:00")
    assert output(kept("publish"))["new"] == 1
    with closing(sqlite3.connect(tmp_path / "var" / "watch.db")) as db:
        found = db.execute("SELECT sector, stage, at FROM findings ORDER BY at").fetchall()
    assert found == [
        ("bank", "planned", "2026-06-04T15:00:00Z"),
        ("bank", "adopted", "2031-06-03T15:00:00Z"),
    ]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("diff", "民法", "2023-12-31", "2024-04-01"), "no such law"),
        (("diff", LAW, "2020-01-01", "2024-04-01"), "begin on 2023-04-01"),
        (("diff", LAW, "yesterday", "2024-04-01"), "no date"),
        (("diff", LAW, "2023-02-30", "2024-04-01"), "no date"),
        (("diff", LAW, FIRST, SCHEDULED), "not imported"),
        (("diff", LAW, FIRST, "399AC0000000001_20990401_405AC0000000009"), "no revision"),
        (("diff", "番号法", "2023-12-31", "2024-04-01"), "no text of this law"),
        (("show", LAW, "--at", "2020-01-01"), "begin on"),
        (("import", "absent.md"), "no such file"),
    ],
)
def test_a_wrong_call_says_what_is_wrong(kept: Run, arguments: tuple[str, ...], says: str) -> None:
    result = kept(*arguments)
    assert isinstance(result.exception, ScopewatchError)
    assert says in str(result.exception)
    assert "\n" not in str(result.exception)


def test_nothing_is_kept_yet(run: Run) -> None:
    assert isinstance(run("list").exception, InputError)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2024-05-27", date(2024, 5, 27)),
        ("20240527", date(2024, 5, 27)),
        ("令和6年5月27日", date(2024, 5, 27)),
        ("令和六年五月二十七日", date(2024, 5, 27)),
        ("平成29年4月1日", date(2017, 4, 1)),
    ],
)
def test_days_in_both_writings(text: str, day: date) -> None:
    assert day_named(text) == day
